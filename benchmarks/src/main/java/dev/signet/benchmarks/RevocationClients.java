package dev.signet.benchmarks;

import dev.signet.client.ClientOptions;
import dev.signet.client.CredentialSource;
import dev.signet.client.FirstTrust;
import dev.signet.client.PeerPredicate;
import dev.signet.client.WorkloadIdentity;

import io.grpc.ConnectivityState;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;

import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import javax.net.ssl.SSLSocket;

/// Workloads by the hundred in one process, each as a service has it: `ca-client`, a certificate of
/// its own, the two watches, a thread.
final class RevocationClients implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int STARTED_AT_ONCE = 16;
    private static final long PROBE_PAUSE_MILLIS = 50;

    private final Endpoint endpoint;
    private final TokenIssuer tokens;
    private final Path directory;
    private final String bundle;
    private final List<WorkloadIdentity> identities = new ArrayList<>();
    private final AtomicInteger tokenNumbers = new AtomicInteger();

    RevocationClients(Endpoint endpoint, TokenIssuer tokens, Path directory) {
        this.endpoint = endpoint;
        this.tokens = tokens;
        this.directory = directory;
        StringBuilder pem = new StringBuilder();
        for (byte[] certificate : endpoint.bundle()) {
            pem.append("-----BEGIN CERTIFICATE-----\n")
                    .append(Base64.getMimeEncoder().encodeToString(certificate))
                    .append("\n-----END CERTIFICATE-----\n");
        }
        this.bundle = pem.toString();
    }

    private WorkloadIdentity start() {
        int number = tokenNumbers.incrementAndGet();
        Path token = directory.resolve("token-" + number);
        try {
            OwnerOnly.write(
                    token,
                    tokens.text(number % Workloads.COUNT, number, Instant.now())
                            .getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return WorkloadIdentity.builder()
                .caAddress(endpoint.host() + ":" + endpoint.port())
                .firstTrust(FirstTrust.bundle(bundle))
                .credential(CredentialSource.tokenFile(token))
                .options(ClientOptions.DEFAULTS.withFirstCertificateTimeout(Duration.ofMinutes(2)))
                .start();
    }

    /// Returns when each has its certificate, and knows what is revoked.
    void connect(int count, Progress progress) throws Exception {
        try (ExecutorService starting = Executors.newFixedThreadPool(STARTED_AT_ONCE)) {
            List<Future<WorkloadIdentity>> started = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                started.add(starting.submit(this::start));
            }
            for (Future<WorkloadIdentity> each : started) {
                identities.add(each.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
                progress.part("workloads", identities.size(), count);
            }
        }
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (WorkloadIdentity identity : identities) {
            while (identity.status().revocationAge() == null) {
                if (System.nanoTime() - end > 0) {
                    throw new IllegalStateException("a workload was told nothing of revocations");
                }
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }
    }

    /// Revokes one peer to which every workload has an idle connection.
    void round(
            int number,
            int probers,
            RevocationLedger ledger,
            Histogram closed,
            Histogram refused,
            Histogram commits)
            throws Exception {
        WorkloadIdentity peer = start();
        Server server =
                Grpc.newServerBuilderForPort(0, peer.serverCredentials(PeerPredicate.anyTrusted()))
                        .build()
                        .start();
        List<ManagedChannel> channels = new ArrayList<>();
        try (ExecutorService probing = Executors.newCachedThreadPool()) {
            CountDownLatch open = new CountDownLatch(identities.size());
            CountDownLatch gone = new CountDownLatch(identities.size());
            ConcurrentLinkedQueue<Long> closedAt = new ConcurrentLinkedQueue<>();
            for (WorkloadIdentity identity : identities) {
                ManagedChannel channel =
                        Grpc.newChannelBuilderForAddress(
                                        "127.0.0.1",
                                        server.getPort(),
                                        identity.channelCredentials(PeerPredicate.anyTrusted()))
                                .build();
                channels.add(channel);
                follow(channel, open, gone, closedAt);
            }
            if (!open.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException(open.getCount() + " connections did not open");
            }
            ConcurrentLinkedQueue<Long> refusedAt = new ConcurrentLinkedQueue<>();
            AtomicLong end = new AtomicLong(System.nanoTime() + PATIENCE.toNanos());
            for (int i = 0; i < probers; i++) {
                WorkloadIdentity prober =
                        identities.get((number * probers + i) % identities.size());
                int turn = i;
                probing.execute(
                        () -> probe(prober, server.getPort(), turn, probers, end, refusedAt));
            }
            TimeUnit.SECONDS.sleep(1);
            long begin = System.nanoTime();
            ledger.revoke(peer.current());
            commits.recordValue((System.nanoTime() - begin) / 1000);
            boolean all = gone.await(1, TimeUnit.MINUTES);
            end.set(System.nanoTime() + TimeUnit.SECONDS.toNanos(5));
            probing.shutdown();
            if (!all || !probing.awaitTermination(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException(
                        gone.getCount() + " connections to a revoked peer stayed open");
            }
            closedAt.forEach(at -> closed.recordValue((at - begin) / 1000));
            refusedAt.forEach(at -> refused.recordValue((at - begin) / 1000));
        } finally {
            channels.forEach(ManagedChannel::shutdownNow);
            server.shutdownNow();
            peer.close();
        }
    }

    private static void follow(
            ManagedChannel channel,
            CountDownLatch open,
            CountDownLatch gone,
            ConcurrentLinkedQueue<Long> closedAt) {
        ConnectivityState state = channel.getState(true);
        if (state == ConnectivityState.READY) {
            open.countDown();
            channel.notifyWhenStateChanged(
                    state,
                    () -> {
                        closedAt.add(System.nanoTime());
                        gone.countDown();
                    });
        } else {
            channel.notifyWhenStateChanged(state, () -> follow(channel, open, gone, closedAt));
        }
    }

    /// One handshake after the other until one is refused.
    private static void probe(
            WorkloadIdentity prober,
            int port,
            int turn,
            int turns,
            AtomicLong end,
            ConcurrentLinkedQueue<Long> refusedAt) {
        var sockets = prober.sslContext(PeerPredicate.anyTrusted()).getSocketFactory();
        try {
            TimeUnit.MILLISECONDS.sleep(PROBE_PAUSE_MILLIS * turn / turns);
            while (System.nanoTime() - end.get() < 0) {
                try (Socket plain = new Socket()) {
                    plain.connect(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5000);
                    plain.setSoTimeout(5000);
                    try (SSLSocket socket =
                            (SSLSocket) sockets.createSocket(plain, "127.0.0.1", port, true)) {
                        socket.startHandshake();
                    }
                } catch (IOException _) {
                    // Refused, or broken off under way.
                    refusedAt.add(System.nanoTime());
                    return;
                }
                TimeUnit.MILLISECONDS.sleep(PROBE_PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        identities.forEach(WorkloadIdentity::close);
    }
}
