package dev.signet.ca.wire;

import java.util.Optional;
import java.util.function.Supplier;

/// What else has to be so before this server is ready. Thread-safe.
public interface ReadinessConditions {

    /// @param code permanent, upper case with underscores
    /// @param objection why not, for a human; empty: so it is. Must not block
    void require(String code, Supplier<Optional<String>> objection);
}
