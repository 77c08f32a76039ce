package dev.signet.ca.status;

import dev.signet.ca.authority.StatusAuthorities;
import dev.signet.ca.authority.StatusAuthority;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.ledger.ClockGuard;
import dev.signet.ca.revocation.RevocationFeed;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Predicate;

/// Which CRLs are to be signed now: those that do not have the newest revocations of their shard,
/// those that are old, those that this replica has none of. All replicas do this; who comes second
/// takes the CRL of the first. One call at a time.
final class CrlSigning {

    private static final Logger LOG = LoggerFactory.getLogger(CrlSigning.class);

    /// Shards of one pass over the feed: bounds what is in memory at a time.
    private static final int MAX_ROUND = 64;

    /// CRLs are signed for so long after the authority's end: those of its last certificates.
    private static final Duration AFTER_END = Duration.ofDays(1);

    private final StatusAuthorities authorities;
    private final Predicate<String> isRoot;
    private final RevocationFeed feed;
    private final ClockGuard clockGuard;
    private final ShardPlans plans;
    private final CrlIssue issue;
    private final CrlRecords records;
    private final PublishedCrls published;
    private final StatusMetrics metrics;
    private final InstantSource clock;

    private final Map<Shard, Long> wanted = new HashMap<>();
    private final Set<Shard> failed = new HashSet<>();
    private long scanned;
    private boolean failedBefore;

    /// @param isRoot whether an authority id is a root's
    CrlSigning(
            StatusAuthorities authorities,
            Predicate<String> isRoot,
            RevocationFeed feed,
            ClockGuard clockGuard,
            ShardPlans plans,
            CrlIssue issue,
            CrlRecords records,
            PublishedCrls published,
            StatusMetrics metrics,
            InstantSource clock) {
        this.authorities = authorities;
        this.isRoot = isRoot;
        this.feed = feed;
        this.clockGuard = clockGuard;
        this.plans = plans;
        this.issue = issue;
        this.records = records;
        this.published = published;
        this.metrics = metrics;
        this.clock = clock;
    }

    /// Signs what is to be signed. Never throws: what failed is tried again at the next call.
    synchronized void sign() {
        try {
            if (clockGuard.objection().isPresent()) {
                // A clock that is wrong could let revocations out of a CRL before their time.
                metrics.crlFailed();
                complain(
                        "CRLs are not signed: this clock and PostgreSQL's are too far apart", null);
                return;
            }
            List<StatusAuthority> live =
                    authorities.statusAuthorities().stream().filter(this::isLive).toList();
            for (StatusAuthority authority : live) {
                plans.ensure(authority.id(), isRoot.test(authority.id()));
            }
            scan();
            if (signAll(live)) {
                failedBefore = false;
            }
            published.await(
                    live.stream()
                            .map(authority -> Shard.full(authority.id()))
                            .filter(full -> !failed.contains(full))
                            .toList());
        } catch (RuntimeException e) {
            metrics.crlFailed();
            complain("CRLs could not be brought up to date; trying again", e);
        }
    }

    private void complain(String message, @Nullable RuntimeException e) {
        if (!failedBefore) {
            LOG.warn(message, e);
        }
        failedBefore = true;
    }

    private boolean isLive(StatusAuthority authority) {
        return !authority.issuer().validity().notAfter().plus(AFTER_END).isBefore(clock.instant());
    }

    /// Notes which shards have something new.
    private void scan() {
        if (feed.knowledge().sequence() < scanned) {
            scanned = 0; // another record than the one that was read: look at all of it
        }
        Map<String, SortedSet<Integer>> bits = new HashMap<>();
        long[] sequence = {scanned};
        feed.forEachAfter(
                scanned,
                revoked -> {
                    SerialNumber serial = revoked.serialNumber();
                    sequence[0] = Math.max(sequence[0], revoked.sequence());
                    for (int each : bits.computeIfAbsent(revoked.authorityId(), plans::everyBits)) {
                        wanted.merge(
                                Shard.of(revoked.authorityId(), serial, each),
                                revoked.sequence(),
                                Math::max);
                    }
                    wanted.merge(Shard.full(revoked.authorityId()), revoked.sequence(), Math::max);
                });
        scanned = sequence[0];
    }

    /// @return whether all that was due was done
    private boolean signAll(List<StatusAuthority> live) {
        Map<Shard, StatusAuthority> due = new HashMap<>();
        for (StatusAuthority authority : live) {
            for (Shard shard : plans.shards(authority.id())) {
                if (isDue(shard)) {
                    due.put(shard, authority);
                }
            }
        }
        List<Shard> shards = new ArrayList<>(due.keySet());
        boolean all = true;
        for (int from = 0; from < shards.size(); from += MAX_ROUND) {
            List<Shard> some = shards.subList(from, Math.min(shards.size(), from + MAX_ROUND));
            CrlIssue.Round round = issue.collect(some);
            for (Shard shard : some) {
                all &= sign(due.get(shard), shard, round);
            }
        }
        return all;
    }

    private boolean isDue(Shard shard) {
        Optional<CrlRecord> held = published.find(shard);
        return held.isEmpty()
                || issue.isOld(held.get())
                || (lacks(shard, held.get()) && !issue.isRecent(held.get()));
    }

    private boolean lacks(Shard shard, CrlRecord held) {
        Long sequence = wanted.get(shard);
        if (sequence != null && held.sequence() >= sequence) {
            wanted.remove(shard);
            return false;
        }
        return sequence != null;
    }

    private boolean sign(@Nullable StatusAuthority authority, Shard shard, CrlIssue.Round round) {
        if (authority == null) {
            return true;
        }
        try {
            boolean refresh = published.find(shard).map(issue::isOld).orElse(true);
            long before = System.nanoTime();
            Optional<CrlRecord> done = issue.issue(authority, shard, round, refresh);
            metrics.crlSigned(System.nanoTime() - before);
            failed.remove(shard);
            return done.isPresent();
        } catch (RuntimeException e) {
            failed.add(shard);
            metrics.crlFailed();
            complain("The CRL " + shard.path() + " was not signed; trying again", e);
            return false;
        }
    }

    /// Takes over what other replicas have signed. Never throws.
    synchronized void take() {
        try {
            plans.refresh();
            for (CrlRecords.Head head : records.heads()) {
                Optional<CrlRecord> held = published.find(head.shard());
                boolean newer =
                        held.isPresent()
                                ? head.number() > held.get().number()
                                // Not at first: it may be older than one that was handed out.
                                : failed.contains(head.shard());
                if (newer) {
                    records.newest(head.shard()).ifPresent(published::publish);
                }
            }
        } catch (RuntimeException e) {
            complain("CRLs of other replicas could not be read; trying again", e);
        }
    }
}
