package dev.signet.ca.replay;

import dev.signet.ca.ledger.CertificateRecords;
import dev.signet.ca.ledger.CertificateRecords.CertificateRecord;
import dev.signet.ca.policy.Decision;
import dev.signet.ca.policy.Policies;
import dev.signet.ca.policy.PolicySnapshot;
import dev.signet.ca.refusal.Refusal;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Replays over the ledger.
final class LedgerReplays implements Replays {

    private final CertificateRecords records;
    private final Policies policies;
    private final InstantSource clock;

    LedgerReplays(CertificateRecords records, Policies policies, InstantSource clock) {
        this.records = records;
        this.policies = policies;
        this.clock = clock;
    }

    @Override
    public Summary replay(
            PolicySnapshot candidate,
            @Nullable Instant issuedFrom,
            @Nullable Instant issuedBefore,
            int maxDifferences,
            Listener listener) {
        if (maxDifferences < 0 || maxDifferences > MAX_DIFFERENCES) {
            throw new IllegalArgumentException(
                    "maxDifferences is " + maxDifferences + " (expected: 0 to 100000)");
        }
        Instant before = issuedBefore != null ? issuedBefore : clock.instant();
        Run run =
                new Run(
                        policies.current(),
                        candidate,
                        new ReplayProgress(issuedFrom, before, listener),
                        maxDifferences,
                        listener);
        records.stream(
                CertificateRecords.Criteria.builder()
                        .issuedFrom(issuedFrom)
                        .issuedBefore(before)
                        .build(),
                run::replay);
        return run.finish();
    }

    /// One replay, on one thread.
    private static final class Run {

        private final PolicySnapshot inForce;
        private final PolicySnapshot candidate;
        private final ReplayProgress progress;
        private final int maxDifferences;
        private final Listener listener;
        private final Map<Change, Long> changed = new EnumMap<>(Change.class);
        private long replayed;
        private long unchanged;
        private long deniedByBoth;
        private long notReproduced;
        private long unreadable;
        private long told;

        Run(
                PolicySnapshot inForce,
                PolicySnapshot candidate,
                ReplayProgress progress,
                int maxDifferences,
                Listener listener) {
            this.inForce = inForce;
            this.candidate = candidate;
            this.progress = progress;
            this.maxDifferences = maxDifferences;
            this.listener = listener;
        }

        void replay(CertificateRecord row) {
            Optional<RecordedRequest> recorded = RecordedRequest.of(row);
            if (recorded.isEmpty()) {
                unreadable++;
                return;
            }
            MinimalRequest requested = MinimalRequest.of(recorded.get(), inForce);
            Decision now = requested.inForce();
            Decision then = candidate.decide(requested.request());
            replayed++;
            if (!requested.reproduced()) {
                notReproduced++;
            }
            Set<Change> changes = changes(now, then);
            if (changes.isEmpty()) {
                unchanged++;
                if (now instanceof Decision.Denied) {
                    deniedByBoth++;
                }
            } else {
                changes.forEach(change -> changed.merge(change, 1L, Long::sum));
                tell(changes, row, now, then);
            }
            progress.one(row.issuedAt());
        }

        private void tell(Set<Change> changes, CertificateRecord row, Decision now, Decision then) {
            if (told >= maxDifferences) {
                return;
            }
            told++;
            listener.difference(
                    new Difference(
                            changes,
                            row.serialNumber(),
                            row.issuedAt(),
                            row.spiffeId(),
                            row.evidenceKind(),
                            row.evidenceSubject(),
                            row.policyVersion(),
                            row.policyRule(),
                            verdict(now),
                            verdict(then)));
        }

        Summary finish() {
            progress.end();
            return new Summary(
                    replayed,
                    unchanged,
                    deniedByBoth,
                    count(Change.NEWLY_DENIED),
                    count(Change.NEWLY_ALLOWED),
                    count(Change.IDENTITY),
                    count(Change.LIFETIME),
                    count(Change.PROFILE),
                    count(Change.SUBJECT),
                    count(Change.KEY_USAGES),
                    count(Change.EXTENDED_KEY_USAGES),
                    count(Change.KEY_TYPES),
                    count(Change.RATE_LIMIT),
                    notReproduced,
                    unreadable,
                    told);
        }

        private long count(Change change) {
            return changed.getOrDefault(change, 0L);
        }
    }

    private static Set<Change> changes(Decision now, Decision then) {
        Set<Change> changes = EnumSet.noneOf(Change.class);
        if (now instanceof Decision.Granted a && then instanceof Decision.Granted b) {
            add(changes, Change.IDENTITY, a.spiffeId(), b.spiffeId());
            add(changes, Change.LIFETIME, a.lifetime(), b.lifetime());
            add(changes, Change.PROFILE, a.profile(), b.profile());
            add(changes, Change.SUBJECT, a.subject(), b.subject());
            add(changes, Change.KEY_USAGES, a.keyUsages(), b.keyUsages());
            add(changes, Change.EXTENDED_KEY_USAGES, a.extendedKeyUsages(), b.extendedKeyUsages());
            add(changes, Change.KEY_TYPES, a.keyTypes(), b.keyTypes());
            add(changes, Change.RATE_LIMIT, a.rateLimit(), b.rateLimit());
        } else if (now instanceof Decision.Granted) {
            changes.add(Change.NEWLY_DENIED);
        } else if (then instanceof Decision.Granted) {
            changes.add(Change.NEWLY_ALLOWED);
        }
        return changes;
    }

    private static void add(
            Set<Change> changes, Change change, @Nullable Object a, @Nullable Object b) {
        if (!Objects.equals(a, b)) {
            changes.add(change);
        }
    }

    private static Verdict verdict(Decision decision) {
        return switch (decision) {
            case Decision.Granted granted ->
                    new Verdict.Granted(
                            granted.spiffeId().toString(),
                            granted.lifetime(),
                            granted.profile().name(),
                            granted.subject().text(),
                            granted.rule());
            case Decision.Denied(Refusal refusal, _, _) ->
                    new Verdict.Denied(
                            refusal.code(),
                            refusal.diagnosis().isEmpty()
                                    ? refusal.message()
                                    : refusal.diagnosis());
        };
    }

    /// Says now and then how far a replay is.
    private static final class ReplayProgress {

        private static final Duration INTERVAL = Duration.ofMillis(250);

        private final Instant before;
        private final Listener listener;
        private @Nullable Instant from;
        private @Nullable Instant reached;
        private long replayed;
        private long lastTold = System.nanoTime();

        ReplayProgress(@Nullable Instant from, Instant before, Listener listener) {
            this.from = from;
            this.before = before;
            this.listener = listener;
        }

        void one(Instant issuedAt) {
            if (from == null) {
                from = issuedAt;
            }
            reached = issuedAt;
            replayed++;
            if (System.nanoTime() - lastTold > INTERVAL.toNanos()) {
                lastTold = System.nanoTime();
                listener.progress(new Progress(replayed, reached, estimate(from, issuedAt)));
            }
        }

        void end() {
            listener.progress(new Progress(replayed, reached, replayed));
        }

        private long estimate(Instant begin, Instant now) {
            double done = Duration.between(begin, now).toNanos();
            double all = Duration.between(begin, before).toNanos();
            return done <= 0 || all <= done ? replayed : Math.round(replayed * (all / done));
        }
    }
}
