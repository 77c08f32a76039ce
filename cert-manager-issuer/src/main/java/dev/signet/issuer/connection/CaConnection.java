package dev.signet.issuer.connection;

import dev.signet.client.SubjectCertificate;
import dev.signet.client.SubjectRequest;
import dev.signet.client.TrustBundle;

import java.util.Optional;
import java.util.function.Consumer;

/// The CA behind an issuer, as a registration authority uses it. Thread-safe.
public interface CaConnection extends AutoCloseable {

    /// Asks for a certificate; ends within a bounded time.
    ///
    /// @throws dev.signet.client.SignetClientException as
    ///   [dev.signet.client.RegistrationAuthority#issue]
    SubjectCertificate issue(SubjectRequest request);

    /// Whether it can be asked now.
    Health health();

    /// The trust bundle of the CA as last seen; empty before the first.
    Optional<TrustBundle> trustBundle();

    /// Tells of changes of health and of trust, on a thread that must not be held up.
    ///
    /// @return ends it
    Runnable listen(Consumer<Change> listener);

    @Override
    void close();

    /// What changed.
    enum Change {
        HEALTH,
        TRUST
    }

    /// Whether a connection can be used now.
    sealed interface Health {

        /// It can.
        ///
        /// @param spiffeId whom the controller is to this CA
        record Usable(String spiffeId) implements Health {}

        /// It is too early to say: no attempt has ended yet.
        record Connecting() implements Health {}

        /// It cannot; it is tried further.
        ///
        /// @param code as errors of the client have them
        record Unusable(String code, String message) implements Health {}
    }
}
