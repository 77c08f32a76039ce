package dev.signet.ca.wire;

import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.revocation.RevocationFeed;
import dev.signet.ca.revocation.RevocationLoss;
import dev.signet.proto.v1.WatchRevocationsRequest;
import dev.signet.proto.v1.WatchRevocationsResponse;

import io.grpc.ServerCall;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Pushes revocations to all who watch: at once when the feed has grown, and how current they are
/// every few seconds. Thread-safe.
final class RevocationPush {

    private static final Logger LOG = LoggerFactory.getLogger(RevocationPush.class);

    private final RevocationFeed feed;
    private final RevocationLoss loss;
    private final InstantSource clock;
    private final RevocationChunks chunks;
    private final Counter lost;
    private final Set<RevocationWatch> watches = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean signalled = new AtomicBoolean();
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("signet-revocation-push").factory());
    private volatile Optional<Refusal> closed = Optional.empty();

    /// @param heartbeat how often a client hears how current it is
    RevocationPush(
            RevocationFeed feed,
            RevocationLoss loss,
            Duration heartbeat,
            InstantSource clock,
            MeterRegistry registry) {
        this.feed = feed;
        this.loss = loss;
        this.clock = clock;
        this.chunks = new RevocationChunks(feed);
        this.lost =
                Counter.builder("signet.revocation.lost.suspected")
                        .description("Clients that knew of revocations which are not on record")
                        .register(registry);
        Gauge.builder("signet.revocation.watches", watches, Set::size)
                .description("Open watches of revocations")
                .register(registry);
        feed.watch(this::grown);
        // It never throws, so there is nothing to ask the future.
        var _ =
                thread.scheduleAtFixedRate(
                        () -> pump(true),
                        heartbeat.toMillis(),
                        heartbeat.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    ServerCall.Listener<Optional<WatchRevocationsRequest>> watch(
            ServerCall<Optional<WatchRevocationsRequest>, WatchRevocationsResponse> call) {
        RevocationWatch watch = new RevocationWatch(call, this);
        watches.add(watch);
        closed.ifPresent(watch::refuse);
        // Two: a second message is seen, and refused.
        call.request(2);
        return watch;
    }

    /// Ends every watch, and those to come.
    void close(Refusal refusal) {
        closed = Optional.of(refusal);
        thread.shutdown();
        watches.forEach(watch -> watch.refuse(refusal));
    }

    void remove(RevocationWatch watch) {
        watches.remove(watch);
    }

    RevocationFeed.Knowledge knowledge() {
        return feed.knowledge();
    }

    RevocationChunks chunks() {
        return chunks;
    }

    /// Whether the record has what a client says it has seen. One whose entries have only expired
    /// since is no sign of a loss.
    boolean isKnown(long sequence) {
        if (feed.knows(sequence)) {
            return true;
        }
        long end = feed.knowledge().sequence();
        if (sequence > end || sequence > oldest()) {
            lost.increment();
            loss.suspect(sequence, end);
        }
        return false;
    }

    private long oldest() {
        RevocationChunks.Chunk first = chunks.after(0);
        return first.message() == null ? Long.MAX_VALUE : first.oldest();
    }

    /// Tells a client that it is as current as this replica.
    WatchRevocationsResponse current(
            long reached, RevocationFeed.Knowledge knowledge, boolean snapshotEnd) {
        Duration age = Duration.between(knowledge.asOf(), clock.instant());
        return WatchRevocationsResponse.newBuilder()
                .setSequence(reached)
                .setSnapshotEnd(snapshotEnd)
                .setAsOf(Protobuf.timestamp(knowledge.asOf()))
                .setAge(Protobuf.duration(age.isNegative() ? Duration.ZERO : age))
                .build();
    }

    private void grown() {
        if (closed.isEmpty() && signalled.compareAndSet(false, true)) {
            try {
                thread.execute(() -> {
                    signalled.set(false);
                    pump(false);
                });
            } catch (java.util.concurrent.RejectedExecutionException _) {
                LOG.debug("revocations came while stopping");
            }
        }
    }

    private void pump(boolean heartbeat) {
        for (RevocationWatch watch : watches) {
            try {
                watch.pump(heartbeat);
            } catch (RuntimeException e) {
                LOG.error("a watch of revocations met a fault", e);
            }
        }
    }
}
