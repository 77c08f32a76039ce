package dev.signet.ca.revocation;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// Collects the signs that this CA has lost revocations: clients that have seen a sequence which is
/// not on record, as after PostgreSQL was put back to an earlier moment. They keep refusing what
/// they knew of; CRL, OCSP and new clients do not, until an operator revokes it again. Thread-safe;
/// never blocks.
public final class RevocationLoss {

    private static final Logger LOG = LoggerFactory.getLogger(RevocationLoss.class);

    private final InstantSource clock;
    private volatile Optional<Suspicion> suspicion = Optional.empty();

    public RevocationLoss(InstantSource clock) {
        this.clock = clock;
    }

    /// What clients have shown since this replica started.
    ///
    /// @param clients how often a client showed such a sequence
    /// @param greatestSequence the greatest of them; microseconds since the Unix epoch at which
    ///   that revocation was recorded, at the earliest
    /// @param knownSequence what was on record when that was shown
    /// @param first when it was first seen
    /// @param last when it was last seen
    public record Suspicion(
            long clients, long greatestSequence, long knownSequence, Instant first, Instant last) {}

    /// A client has seen `presented`, the record ends at `known` and has no such entry.
    public synchronized void suspect(long presented, long known) {
        Instant now = clock.instant();
        Suspicion before = suspicion.orElse(new Suspicion(0, 0, 0, now, now));
        boolean news = presented > before.greatestSequence();
        suspicion =
                Optional.of(
                        new Suspicion(
                                before.clients() + 1,
                                news ? presented : before.greatestSequence(),
                                news ? known : before.knownSequence(),
                                before.first(),
                                now));
        if (news) {
            LOG.error(
                    "A client knows of revocations up to sequence {} that are not on record, which"
                            + " ends at {}: was PostgreSQL put back to an earlier moment? Revoke"
                            + " again what was revoked since (docs/runbooks/restore.md)",
                    presented,
                    known);
        }
    }

    /// Empty: nothing speaks for a loss.
    public Optional<Suspicion> suspicion() {
        return suspicion;
    }
}
