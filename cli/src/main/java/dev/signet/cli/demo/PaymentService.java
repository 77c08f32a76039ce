package dev.signet.cli.demo;

import dev.signet.client.PeerPredicate;
import dev.signet.client.WorkloadIdentity;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettySslContextServerCredentials;
import io.grpc.stub.ServerCalls;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/// `payments`: a gRPC service that one identity may call. Thread-safe.
final class PaymentService implements AutoCloseable {

    /// Takes an order's text, answers `paid: ` and that text.
    static final MethodDescriptor<String, String> PAY =
            MethodDescriptor.<String, String>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("demo.Payments/Pay")
                    .setRequestMarshaller(new Text())
                    .setResponseMarshaller(new Text())
                    .build();

    private final Server server;
    private final JudgedPeers judged;
    private final AtomicLong calls = new AtomicLong();
    private final Set<String> serialsSeen = ConcurrentHashMap.newKeySet();

    private PaymentService(WorkloadIdentity identity, PeerPredicate permitted) throws IOException {
        this.judged = new JudgedPeers(identity.trustManager(permitted));
        this.server =
                Grpc.newServerBuilderForPort(0, credentials(identity, judged))
                        .addService(
                                ServerInterceptors.intercept(
                                        ServerServiceDefinition.builder("demo.Payments")
                                                .addMethod(
                                                        PAY,
                                                        ServerCalls.asyncUnaryCall(
                                                                (order, answer) -> {
                                                                    calls.incrementAndGet();
                                                                    answer.onNext("paid: " + order);
                                                                    answer.onCompleted();
                                                                }))
                                                .build(),
                                        new CallerNote()))
                        .build()
                        .start();
    }

    // What WorkloadIdentity.serverCredentials does, with a trust manager in between that notes why
    // a
    // peer was refused. The platform's TLS: it tells the peer certificate_unknown, and judges anew
    // at every connection.
    private static ServerCredentials credentials(WorkloadIdentity identity, JudgedPeers judged)
            throws IOException {
        return NettySslContextServerCredentials.create(
                GrpcSslContexts.configure(
                                SslContextBuilder.forServer(identity.keyManager())
                                        .trustManager(judged)
                                        .clientAuth(ClientAuth.REQUIRE),
                                SslProvider.JDK)
                        .build());
    }

    static PaymentService start(WorkloadIdentity identity, PeerPredicate permitted) {
        try {
            return new PaymentService(identity, permitted);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return server.getPort();
    }

    /// Calls that reached the service.
    long calls() {
        return calls.get();
    }

    /// Serial numbers of the certificates that callers showed.
    Set<String> serialsSeen() {
        return Set.copyOf(serialsSeen);
    }

    /// Why strangers were refused.
    JudgedPeers judged() {
        return judged;
    }

    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class CallerNote implements ServerInterceptor {
        @Override
        public <A, B> ServerCall.Listener<A> interceptCall(
                ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
            SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
            if (session != null) {
                note(session);
            }
            return next.startCall(call, headers);
        }

        private void note(SSLSession session) {
            try {
                Certificate[] chain = session.getPeerCertificates();
                if (chain[0] instanceof X509Certificate leaf) {
                    serialsSeen.add(
                            java.util.HexFormat.of()
                                    .formatHex(leaf.getSerialNumber().toByteArray()));
                }
            } catch (SSLPeerUnverifiedException e) {
                throw new IllegalStateException("a caller without a certificate got in", e);
            }
        }
    }

    private static final class Text implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(String text) {
            return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
