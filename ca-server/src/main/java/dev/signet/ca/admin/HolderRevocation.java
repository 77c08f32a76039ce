package dev.signet.ca.admin;

import dev.signet.ca.revocation.RevocationReason;

import org.jspecify.annotations.Nullable;

import java.security.cert.X509Certificate;
import java.util.List;

/// What the holder of a certificate may do to it: have it revoked. Thread-safe; blocks on
/// PostgreSQL, for 5 s at most a statement.
public interface HolderRevocation {

    /// Revokes the leaf, audited in the same commit. Whoever holds its key may: the handshake has
    /// proved that; everything else is checked here. Done with `changed` false where it was revoked
    /// before, if the caller gets so far. Refused: UNAUTHENTICATED, LEDGER_UNAVAILABLE,
    /// INVALID_ARGUMENT, NOT_FOUND (not on record).
    ///
    /// @param chain leaf first
    /// @param address where the holder came from, an IP literal; null: not known
    /// @param comment at most 1,024 printable characters; empty: `by its holder`
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL did not confirm
    ActOutcome<RevocationActs.Revoked> revoke(
            List<X509Certificate> chain,
            @Nullable String address,
            RevocationReason reason,
            String comment);
}
