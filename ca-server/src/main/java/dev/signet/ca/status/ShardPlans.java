package dev.signet.ca.status;

import dev.signet.ca.status.ShardPlanRecords.Plan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/// Into which shards the certificates of each authority are spread. A certificate names the shard
/// of the greatest number of bits at the time; its URL stays good whatever is planned later, for
/// every shard that was ever planned has a CRL. There are more bits when the certificates on record
/// grow so many that a CRL could pass its limit if all of them were revoked at once, which is what
/// a compromise comes to.
///
/// Thread-safe; [#bits] never blocks.
final class ShardPlans {

    /// Octets of the longest entry before the year 2050.
    static final int ENTRY_LENGTH = 53;

    /// A replica that has not read the plans for longer must not name a shard: others may have gone
    /// on to a plan that it does not know.
    static final Duration LONGEST_UNREAD = Duration.ofMinutes(5);

    private final ShardPlanRecords records;
    private final String baseUrl;
    private final long entriesPerShard;
    private final LongSupplier unexpired;
    private final LongSupplier nanoTime;

    private volatile Map<String, List<Plan>> plans = Map.of();
    private volatile Map<String, Integer> named = Map.of();
    private volatile long readAtNanos;

    /// @param unexpired about how many certificates on record have not expired
    ShardPlans(
            ShardPlanRecords records,
            StatusSettings settings,
            LongSupplier unexpired,
            LongSupplier nanoTime) {
        this.records = records;
        this.baseUrl = settings.baseUrl();
        this.entriesPerShard = settings.crl().maxSize() / ENTRY_LENGTH;
        this.unexpired = unexpired;
        this.nanoTime = nanoTime;
    }

    /// Reads what is on record.
    ///
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL cannot be asked
    void refresh() {
        long before = nanoTime.getAsLong();
        Map<String, List<Plan>> read = new HashMap<>();
        for (Plan plan : records.all()) {
            read.computeIfAbsent(plan.authorityId(), _ -> new ArrayList<>()).add(plan);
        }
        Map<String, Integer> current = new HashMap<>();
        read.forEach((authorityId, all) -> {
            int bits = all.stream().mapToInt(Plan::bits).max().orElse(0);
            if (!baseUrl.isEmpty() && all.contains(new Plan(authorityId, bits, baseUrl))) {
                current.put(authorityId, bits);
            }
        });
        plans = Map.copyOf(read);
        named = Map.copyOf(current);
        readAtNanos = before;
    }

    /// Makes sure that there is a plan under this server's base URL, with room for what is on
    /// record.
    ///
    /// @param whole one CRL about all, named nowhere: the certificates of this authority name none
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL did not confirm
    void ensure(String authorityId, boolean whole) {
        if (plans.isEmpty()) {
            refresh();
        }
        List<Plan> known = plans.getOrDefault(authorityId, List.of());
        int bits = known.stream().mapToInt(Plan::bits).max().orElse(0);
        String url = whole ? "" : baseUrl;
        if (!url.isEmpty() && unexpired.getAsLong() > (entriesPerShard / 2) << bits) {
            bits = Math.max(bits, bitsFor(unexpired.getAsLong()));
        }
        Plan wanted = new Plan(authorityId, bits, url);
        if (!known.contains(wanted)) {
            records.add(wanted);
            refresh();
        }
    }

    /// So many that a shard has a quarter of its limit: there is time until the next growth.
    private int bitsFor(long certificates) {
        int bits = 0;
        while (bits < Shard.MAX_BITS && certificates > (entriesPerShard / 4) << bits) {
            bits++;
        }
        return bits;
    }

    /// Of the shard that a new certificate of the authority names; empty: none can be named now.
    OptionalInt bits(String authorityId) {
        Integer bits = named.get(authorityId);
        return bits == null || nanoTime.getAsLong() - readAtNanos > LONGEST_UNREAD.toNanos()
                ? OptionalInt.empty()
                : OptionalInt.of(bits);
    }

    /// The different numbers of bits that were ever planned, at least one.
    SortedSet<Integer> everyBits(String authorityId) {
        SortedSet<Integer> bits = new TreeSet<>();
        plans.getOrDefault(authorityId, List.of()).forEach(plan -> bits.add(plan.bits()));
        if (bits.isEmpty()) {
            bits.add(0);
        }
        return bits;
    }

    /// Every shard that has a CRL, the full one among them.
    List<Shard> shards(String authorityId) {
        List<Shard> shards = new ArrayList<>();
        shards.add(Shard.full(authorityId));
        for (int bits : everyBits(authorityId)) {
            for (int id = 1 << bits; id < 2 << bits; id++) {
                shards.add(new Shard(authorityId, id));
            }
        }
        return shards;
    }

    /// Under which certificates name it, and its distribution point with them; none for a full CRL,
    /// which is to be good for certificates that name another one or none.
    List<String> uris(Shard shard) {
        if (shard.isFull()) {
            return List.of();
        }
        return plans.getOrDefault(shard.authorityId(), List.of()).stream()
                .filter(plan -> plan.bits() == shard.bits() && !plan.baseUrl().isEmpty())
                .map(plan -> plan.baseUrl() + shard.path())
                .sorted()
                .toList();
    }
}
