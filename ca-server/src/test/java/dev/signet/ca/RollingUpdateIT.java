package dev.signet.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;

import dev.signet.proto.v1.CertificateServiceGrpc;
import dev.signet.proto.v1.IssueCertificateRequest;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;

import org.junit.jupiter.api.Test;

import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// A rolling update as the chart does it: a replica goes while another one is ready, behind one
/// address, under load.
class RollingUpdateIT {

    private static final int CALLERS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Map<String, String> SETTINGS =
            Map.of(
                    "signet.stop.drain-time",
                    "1s",
                    "signet.issuance.rate-limits.identity",
                    "unlimited",
                    "signet.issuance.rate-limits.subject",
                    "unlimited");

    @Test
    void noIssuanceIsRefusedWhileAReplicaGoes() throws Exception {
        try (TestDatabase database = TestDatabase.create();
                ServerRig.Site site = new ServerRig.Site();
                ServerRig stays = ServerRig.start(site, database, SETTINGS)) {
            ServerRig goes = ServerRig.start(site, database, SETTINGS);
            AtomicBoolean enough = new AtomicBoolean();
            try (ReadyBalancer balancer = new ReadyBalancer(List.of(goes, stays));
                    var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                try {
                    await().atMost(PATIENCE).until(() -> balancer.ready() == 2);
                    AtomicInteger issued = new AtomicInteger();
                    Queue<String> failures = new ConcurrentLinkedQueue<>();
                    List<Future<?>> callers = new ArrayList<>();
                    for (int i = 0; i < CALLERS; i++) {
                        callers.add(
                                threads.submit(
                                        caller(stays, balancer.port(), enough, issued, failures)));
                    }
                    await().atMost(PATIENCE)
                            .until(() ->
                                    issued.get() >= 200
                                            && balancer.given(goes) == CALLERS / 2
                                            && balancer.given(stays) == CALLERS / 2);
                    goes.close();
                    int then = issued.get();
                    await().atMost(PATIENCE).until(() -> issued.get() >= then + 200);
                    enough.set(true);
                    for (Future<?> caller : callers) {
                        caller.get(30, TimeUnit.SECONDS);
                    }
                    assertThat(failures).isEmpty();
                    assertThat(balancer.given(stays)).isEqualTo(CALLERS);
                } finally {
                    enough.set(true);
                }
            } finally {
                goes.close();
            }
        }
    }

    /// Calls without pause, by one connection at a time and without retries of its own.
    private static Runnable caller(
            ServerRig any,
            int port,
            AtomicBoolean enough,
            AtomicInteger issued,
            Queue<String> failures)
            throws Exception {
        KeyPair keys = ServerRig.newKeys();
        IssueCertificateRequest request =
                IssueCertificateRequest.newBuilder()
                        .setCertificateSigningRequest(ByteString.copyFrom(ServerRig.csr(keys)))
                        .build();
        String token = "Bearer " + any.site.serviceAccountToken("shop", "orders");
        ManagedChannel channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port)
                        .sslContext(GrpcSslContexts.forClient().trustManager(any.roots()).build())
                        .disableRetry()
                        .build();
        return () -> {
            var stub = ServerRig.with(CertificateServiceGrpc.newBlockingStub(channel), token);
            while (!enough.get()) {
                try {
                    var _ = stub.withDeadlineAfter(10, TimeUnit.SECONDS).issueCertificate(request);
                    issued.incrementAndGet();
                } catch (StatusRuntimeException e) {
                    failures.add(String.valueOf(e.getStatus()));
                }
            }
            channel.shutdownNow();
        };
    }
}
