package dev.signet.ca.status;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The CRLs that this replica hands out, each on record before it came here. The number of a shard
/// never falls. Thread-safe.
final class PublishedCrls {

    private final Map<Shard, CrlRecord> byShard = new ConcurrentHashMap<>();

    /// Takes a CRL in unless there is a newer one.
    void publish(CrlRecord recorded) {
        byShard.merge(
                recorded.shard(),
                recorded,
                (held, fresh) -> fresh.number() > held.number() ? fresh : held);
    }

    Optional<CrlRecord> find(Shard shard) {
        return Optional.ofNullable(byShard.get(shard));
    }

    Collection<CrlRecord> all() {
        return List.copyOf(byShard.values());
    }
}
