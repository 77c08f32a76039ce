package dev.signet.ca.rest;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/// Writes that were done, by the digest of their idempotency key. Thread-safe; every call blocks on
/// PostgreSQL, for 5 s at most, and throws [dev.signet.ca.ledger.LedgerUnavailableException] when
/// it did not answer.
interface CompletedWrites {

    /// Keeps the key to this transaction until its end. Call it within one.
    ///
    /// @return false: another transaction has it now
    boolean take(byte[] key);

    Optional<Completed> find(byte[] key);

    /// In the caller's transaction.
    void add(byte[] key, Completed completed);

    /// @param request digest of the request, hexadecimal
    /// @param entityTag without its quotes
    /// @param body JSON; null where the answer held a secret
    record Completed(
            String request,
            int status,
            @Nullable String location,
            @Nullable String entityTag,
            @Nullable String body) {}
}
