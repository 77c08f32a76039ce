package dev.signet.ca.policy;

import java.util.function.Supplier;

/// Told what a decision did on its way; the way is the same whether anybody listens or not.
interface Trace {

    Trace NONE = (_, _) -> {};

    /// @param part `spiffeId`, `names`, `lifetime`, ...
    /// @param text made only where it is kept
    void step(String part, Supplier<String> text);
}
