package dev.signet.ca.attestation;

/// Where an issuer's keys are read. Not thread-safe; blocks, for 15 s at most.
interface KeySource extends AutoCloseable {

    /// A JWK Set of at most [KeySet#MAX_OCTETS], not looked at yet.
    ///
    /// @throws KeysUnavailableException when it cannot be read now; the message is for the log
    byte[] read() throws KeysUnavailableException;

    /// Ends a read that is under way.
    @Override
    default void close() {}
}
