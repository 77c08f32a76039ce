package dev.signet.client;

import dev.signet.client.rotation.Timeline;

import org.jspecify.annotations.Nullable;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What this workload knows of its CA's revocations, and how old that is. What it knew stays, also
/// where the CA has forgotten it, until it has expired. Thread-safe.
final class RevocationKnowledge {

    private static final System.Logger LOG = System.getLogger(RevocationKnowledge.class.getName());
    private static final Duration PRUNE_INTERVAL = Duration.ofMinutes(10);

    private final Timeline clock;
    private final WhenRevocationUnknown whenUnknown;
    private final RevokedSerials serials = new RevokedSerials();
    private long sequence;
    private Instant pruned;
    private volatile @Nullable Freshness freshness;

    RevocationKnowledge(Timeline clock, WhenRevocationUnknown whenUnknown) {
        this.clock = clock;
        this.whenUnknown = whenUnknown;
        this.pruned = clock.instant();
    }

    private record Freshness(Instant heardAt, long heardNanos, Duration ageThen) {}

    /// Takes a message of the feed.
    ///
    /// @return whether it named certificates
    synchronized boolean take(RevocationUpdate update) {
        if (update.snapshotBegin()) {
            if (update.afterUnknown()) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the CA has no record of revocations that it published before; they stay"
                                + " in force here");
            }
            sequence = 0;
        }
        for (RevocationUpdate.Serials group : update.revoked()) {
            serials.add(group.period(), group.random());
        }
        sequence = Math.max(sequence, update.sequence());
        Duration age = update.age();
        if (age != null) {
            freshness = new Freshness(clock.instant(), clock.nanoTime(), age);
        }
        Instant now = clock.instant();
        if (now.isAfter(pruned.plus(PRUNE_INTERVAL)) || now.isBefore(pruned)) {
            pruned = now;
            serials.prune(now);
        }
        return !update.revoked().isEmpty();
    }

    /// What to come back with after a loss of the feed.
    synchronized long sequence() {
        return sequence;
    }

    long size() {
        return serials.size();
    }

    /// How old the knowledge is: revocations that are older than this are known. Empty before the
    /// first snapshot is complete. By whichever clock says more, so that a suspend counts.
    Optional<Duration> age() {
        Freshness heard = freshness;
        if (heard == null) {
            return Optional.empty();
        }
        Duration byWall = Duration.between(heard.heardAt(), clock.instant());
        Duration byNanos = Duration.ofNanos(clock.nanoTime() - heard.heardNanos());
        return Optional.of(heard.ageThen().plus(byWall.compareTo(byNanos) > 0 ? byWall : byNanos));
    }

    boolean isRevoked(X509Certificate certificate) {
        return serials.contains(certificate.getSerialNumber().toByteArray());
    }

    /// @throws CertificateException when one of a peer's certificates is revoked
    void checkNotRevoked(List<X509Certificate> chain) throws CertificateException {
        for (X509Certificate certificate : chain) {
            if (isRevoked(certificate)) {
                throw new CertificateException(
                        "certificate with serial number "
                                + certificate.getSerialNumber().toString(16)
                                + " is revoked");
            }
        }
    }

    /// @throws CertificateException when the knowledge is older than this workload puts up with
    void checkFresh() throws CertificateException {
        Duration longest = whenUnknown.longestAge();
        if (longest == null) {
            return;
        }
        Optional<Duration> age = age();
        if (age.isEmpty() || age.get().compareTo(longest) > 0) {
            throw new CertificateException(
                    "no peer is accepted: what is revoked was last known "
                            + age.map(known -> known.toSeconds() + " s ago").orElse("never")
                            + " (expected: within "
                            + longest.toSeconds()
                            + " s); is the CA reachable?");
        }
    }
}
