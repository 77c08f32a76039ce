package dev.signet.issuer.lifecycle;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// One leader among the replicas, by a Lease. A replica that loses it stops beginning work and
/// stands for election again. Two that lead for a moment, which a lease cannot exclude, do no harm:
/// request ids make the second signature the first one, and status writes name the version that
/// they are based on. Thread-safe.
public final class Leadership implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Leadership.class.getName());
    private static final String LEASE = "signet-issuer";
    private static final Duration LEASE_DURATION = Duration.ofSeconds(15);
    private static final Duration RENEW_DEADLINE = Duration.ofSeconds(10);
    private static final Duration RETRY_PERIOD = Duration.ofSeconds(2);

    private final KubernetesClient client;
    private final String namespace;
    private final String identity;
    private final Runnable lead;
    private final Runnable follow;
    private final ExecutorService executor =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("signet-lease").factory());
    private @Nullable CompletableFuture<?> election;
    private boolean closed;

    /// @param namespace of the Lease `signet-issuer`
    /// @param identity of this replica, unique among them
    public Leadership(
            KubernetesClient client,
            String namespace,
            String identity,
            Runnable lead,
            Runnable follow) {
        this.client = client;
        this.namespace = namespace;
        this.identity = identity;
        this.lead = lead;
        this.follow = follow;
    }

    /// Stands for election until closed.
    public synchronized void start() {
        if (closed) {
            return;
        }
        CompletableFuture<?> running =
                new LeaderElector(
                                client,
                                new LeaderElectionConfig(
                                        new LeaseLock(namespace, LEASE, identity),
                                        LEASE_DURATION,
                                        RENEW_DEADLINE,
                                        RETRY_PERIOD,
                                        new LeaderCallbacks(
                                                () -> {
                                                    LOG.log(
                                                            System.Logger.Level.INFO,
                                                            "leading as {0}",
                                                            identity);
                                                    guarded(lead);
                                                },
                                                () -> {
                                                    LOG.log(
                                                            System.Logger.Level.INFO,
                                                            "leading no more");
                                                    guarded(follow);
                                                },
                                                leader -> {}),
                                        true,
                                        LEASE),
                                executor)
                        .start();
        election = running;
        var ignored = running.whenCompleteAsync((done, failure) -> start(), executor);
    }

    /// What fails here must not end the election.
    private static void guarded(Runnable change) {
        try {
            change.run();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a change of leadership met a fault", e);
        }
    }

    /// Gives the lease up, so that another replica leads at once.
    @Override
    public void close() {
        CompletableFuture<?> running;
        synchronized (this) {
            closed = true;
            running = election;
        }
        if (running != null) {
            running.cancel(true);
        }
        executor.shutdown();
    }
}
