package dev.signet.ca.authority;

/// Whose leaves this CA believes when they are shown to it. Thread-safe; never blocks.
public interface BelievedIssuers {

    /// Whether it is an issuing CA of ours that was not revoked, whatever its dates say.
    ///
    /// @param authorityId lower-case hexadecimal SHA-256 of its certificate
    boolean isBelieved(String authorityId);
}
