package dev.signet.benchmarks;

import dev.signet.proto.v1.GetTrustBundleRequest;
import dev.signet.proto.v1.TrustBundle;
import dev.signet.proto.v1.TrustServiceGrpc;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// First contact with a server of our own on this machine: its trust bundle is taken from itself,
/// which proves nothing of who it is and is never done with any other server.
final class Bootstrap {

    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(20);

    private Bootstrap() {}

    /// Asks until the server answers.
    ///
    /// @throws IOException when it does not within `patience`, or its process has ended
    static Endpoint awaitEndpoint(String host, int port, ProcessHandle process, Duration patience)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        ManagedChannel channel =
                NettyChannelBuilder.forAddress(host, port)
                        .sslContext(
                                GrpcSslContexts.forClient()
                                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                                        .build())
                        .build();
        try {
            while (true) {
                try {
                    TrustBundle bundle =
                            TrustServiceGrpc.newBlockingStub(channel)
                                    .withDeadlineAfter(5, TimeUnit.SECONDS)
                                    .getTrustBundle(GetTrustBundleRequest.getDefaultInstance())
                                    .getBundle();
                    List<byte[]> roots =
                            bundle.getX509AuthoritiesList().stream()
                                    .map(root -> root.toByteArray())
                                    .toList();
                    return new Endpoint(host, port, bundle.getTrustDomain(), roots);
                } catch (StatusRuntimeException e) {
                    if (!process.isAlive()) {
                        throw new IOException("the server's process has ended", e);
                    }
                    if (System.nanoTime() - deadline > 0) {
                        throw new IOException(
                                "no answer from the server within " + patience.toSeconds() + " s",
                                e);
                    }
                    channel.resetConnectBackoff();
                    TimeUnit.NANOSECONDS.sleep(BETWEEN_ATTEMPTS.toNanos());
                }
            }
        } finally {
            channel.shutdownNow();
        }
    }
}
