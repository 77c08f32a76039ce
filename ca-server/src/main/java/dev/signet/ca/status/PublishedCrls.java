package dev.signet.ca.status;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The CRLs that this replica hands out, each on record before it came here. The number of a shard
/// never falls. Thread-safe.
final class PublishedCrls implements CrlInventory {

    private final Map<Shard, CrlRecord> byShard = new ConcurrentHashMap<>();
    private volatile @Nullable List<Shard> awaited;

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

    /// @param full CRLs that are or will be here: all but those which cannot be made
    void await(List<Shard> full) {
        awaited = List.copyOf(full);
    }

    /// The full CRLs of all authorities, by authority; empty: not all of them are here yet.
    Optional<List<CrlRecord>> full() {
        List<Shard> all = awaited;
        return all == null || !byShard.keySet().containsAll(all)
                ? Optional.empty()
                : Optional.of(
                        byShard.values().stream()
                                .filter(crl -> crl.shard().isFull())
                                .sorted(Comparator.comparing(crl -> crl.shard().authorityId()))
                                .toList());
    }

    @Override
    public List<Description> crls() {
        return byShard.values().stream()
                .sorted(
                        Comparator.comparing((CrlRecord crl) -> crl.shard().authorityId())
                                .thenComparingInt(crl -> crl.shard().id()))
                .map(crl ->
                        new Description(
                                crl.shard().authorityId(),
                                crl.shard().id(),
                                crl.number(),
                                crl.thisUpdate(),
                                crl.nextUpdate(),
                                crl.entries(),
                                crl.der().length,
                                crl.shard().path(),
                                crl.uris()))
                .toList();
    }

    Collection<CrlRecord> all() {
        return List.copyOf(byShard.values());
    }
}
