package dev.signet.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;

import dev.signet.proto.v1.CertificateServiceGrpc;
import dev.signet.proto.v1.GetTrustBundleRequest;
import dev.signet.proto.v1.GetTrustBundleResponse;
import dev.signet.proto.v1.IssueCertificateForSubjectRequest;
import dev.signet.proto.v1.IssueCertificateForSubjectResponse;
import dev.signet.proto.v1.IssueCertificateRequest;
import dev.signet.proto.v1.IssueCertificateResponse;
import dev.signet.proto.v1.IssuedCertificate;
import dev.signet.proto.v1.RenewCertificateRequest;
import dev.signet.proto.v1.RenewCertificateResponse;
import dev.signet.proto.v1.RenewalWindow;
import dev.signet.proto.v1.RevokedSerialNumbers;
import dev.signet.proto.v1.TrustServiceGrpc;
import dev.signet.proto.v1.WatchRevocationsRequest;
import dev.signet.proto.v1.WatchRevocationsResponse;
import dev.signet.proto.v1.WatchTrustBundleRequest;
import dev.signet.proto.v1.WatchTrustBundleResponse;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsServerCredentials;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/// A CA on real gRPC over real TLS, as far as a client can see one. The join token is the path of
/// the SPIFFE ID that its bearer gets.
final class FakeGrpcCa implements AutoCloseable {

    private static final Context.Key<String> AUTHORIZATION = Context.key("authorization");
    private static final Context.Key<SSLSession> SESSION = Context.key("session");

    final TestCa ca = TestCa.create("example.org", Instant.now());
    final AtomicReference<TrustBundle> published = new AtomicReference<>(ca.bundle(1));
    final AtomicReference<Status> refusal = new AtomicReference<>();
    final List<String> requestIds = new CopyOnWriteArrayList<>();
    final List<IssueCertificateForSubjectRequest> forSubjects = new CopyOnWriteArrayList<>();
    final List<IssueCertificateRequest> issues = new CopyOnWriteArrayList<>();
    final List<RenewCertificateRequest> renewals = new CopyOnWriteArrayList<>();

    /// So many answers get lost after their certificate was issued.
    final AtomicLong lostAnswers = new AtomicLong();

    final List<X509Certificate> shownBy = new CopyOnWriteArrayList<>();
    final AtomicReference<StatusRuntimeException> subjectRefusal = new AtomicReference<>();
    final AtomicReference<byte[]> otherRequest = new AtomicReference<>();
    private final Map<String, IssuedCertificate> answered = new ConcurrentHashMap<>();
    private final List<StreamObserver<WatchTrustBundleResponse>> watches =
            new CopyOnWriteArrayList<>();
    private final AtomicLong sequence = new AtomicLong();
    final List<Long> acknowledged = new CopyOnWriteArrayList<>();
    final List<Long> revocationRequests = new CopyOnWriteArrayList<>();
    private final AtomicReference<WatchTrustBundleResponse> extras =
            new AtomicReference<>(WatchTrustBundleResponse.getDefaultInstance());
    private final List<WatchRevocationsResponse> revocations = new ArrayList<>();
    private final List<StreamObserver<WatchRevocationsResponse>> revocationWatches =
            new CopyOnWriteArrayList<>();
    private final Duration lifetime;
    private final String serverName;
    volatile X509Certificate serverCertificate;
    private Server server;
    private int port;

    FakeGrpcCa(Duration lifetime) {
        this(lifetime, "127.0.0.1");
    }

    FakeGrpcCa(Duration lifetime, String serverIp) {
        this.lifetime = lifetime;
        this.serverName = serverIp;
        start();
    }

    void start() {
        KeyPair keys = TestCa.keys();
        List<X509Certificate> chain =
                ca.leaf("/signet/ca")
                        .ip(serverName)
                        .validity(Instant.now().minusSeconds(15), Duration.ofHours(1))
                        .chain(keys.getPublic());
        serverCertificate = chain.get(0);
        try {
            server =
                    Grpc.newServerBuilderForPort(
                                    port,
                                    TlsServerCredentials.newBuilder()
                                            .keyManager(
                                                    pem(Pem.encode(chain)),
                                                    pem(Pem.encode(keys.getPrivate())))
                                            .trustManager(pem(ca.bundle(1).pem()))
                                            .clientAuth(TlsServerCredentials.ClientAuth.OPTIONAL)
                                            .build())
                            .addService(new Certificates())
                            .addService(new Trust())
                            .intercept(new Evidence())
                            .permitKeepAliveTime(10, TimeUnit.SECONDS)
                            .build()
                            .start();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        port = server.getPort();
    }

    /// Something that listens and does not speak TLS.
    static Server plaintext() throws IOException {
        return Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create()).build().start();
    }

    private static ByteArrayInputStream pem(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    void stop() {
        server.shutdownNow();
        try {
            server.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        watches.clear();
        revocationWatches.clear();
    }

    void publish(TrustBundle bundle) {
        published.set(bundle);
        synchronized (watches) {
            watches.forEach(watch -> watch.onNext(state()));
        }
    }

    /// Sends this to all who watch, and to those who come later.
    void revocations(WatchRevocationsResponse... responses) {
        synchronized (revocationWatches) {
            for (WatchRevocationsResponse response : responses) {
                revocations.add(response);
                revocationWatches.forEach(watch -> watch.onNext(response));
            }
        }
    }

    /// As if an operator had revoked these.
    void revoke(X509Certificate... certificates) {
        WatchRevocationsResponse.Builder response =
                WatchRevocationsResponse.newBuilder()
                        .setSequence(sequence.incrementAndGet())
                        .setAge(com.google.protobuf.Duration.getDefaultInstance());
        for (X509Certificate certificate : certificates) {
            ByteBuffer serial = ByteBuffer.wrap(certificate.getSerialNumber().toByteArray());
            response.addRevoked(
                    RevokedSerialNumbers.newBuilder()
                            .setExpiryPeriod(serial.getInt())
                            .setRandomBytes(ByteString.copyFrom(serial)));
        }
        revocations(response.build());
    }

    private WatchTrustBundleResponse state() {
        return extras.get().toBuilder().setBundle(proto(published.get())).build();
    }

    /// Sends the state anew with these orders and federated bundles.
    void publish(WatchTrustBundleResponse others) {
        extras.set(others);
        publish(published.get());
    }

    int openWatches() {
        return watches.size();
    }

    @Override
    public void close() {
        stop();
    }

    private static final class Evidence implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            String authorization =
                    headers.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER));
            Context context =
                    Context.current()
                            .withValue(AUTHORIZATION, authorization == null ? "" : authorization)
                            .withValue(
                                    SESSION,
                                    call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
            return Contexts.interceptCall(context, call, headers, next);
        }
    }

    static StatusRuntimeException refused(Status.Code code, String reason, Duration retryAfter) {
        com.google.rpc.Status.Builder status =
                com.google.rpc.Status.newBuilder().setCode(code.value()).setMessage("refused");
        status.addDetails(
                com.google.protobuf.Any.pack(
                        ErrorInfo.newBuilder().setDomain("signet.dev").setReason(reason).build()));
        if (retryAfter != null) {
            status.addDetails(
                    com.google.protobuf.Any.pack(
                            RetryInfo.newBuilder()
                                    .setRetryDelay(
                                            com.google.protobuf.Duration.newBuilder()
                                                    .setSeconds(retryAfter.toSeconds()))
                                    .build()));
        }
        return StatusProto.toStatusRuntimeException(status.build());
    }

    private IssuedCertificate issue(String path, byte[] csr, String requestId) {
        Status status = refusal.get();
        if (status != null) {
            throw status.asRuntimeException();
        }
        requestIds.add(requestId);
        IssuedCertificate issued = answered.computeIfAbsent(requestId, id -> sign(path, csr));
        if (lostAnswers.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw refused(Status.Code.UNAVAILABLE, "LEDGER_UNAVAILABLE", null);
        }
        return issued;
    }

    private IssuedCertificate sign(String path, byte[] csr) {
        try {
            JcaPKCS10CertificationRequest request = new JcaPKCS10CertificationRequest(csr);
            PublicKey key = request.getPublicKey();
            if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
                throw refused(Status.Code.INVALID_ARGUMENT, "CSR_SIGNATURE_INVALID", null);
            }
            Instant now = Instant.now();
            List<X509Certificate> chain =
                    ca.leaf(path).validity(now.minus(lifetime.dividedBy(10)), lifetime).chain(key);
            Instant end = chain.get(0).getNotAfter().toInstant();
            Duration left = Duration.between(now, end);
            IssuedCertificate.Builder issued =
                    IssuedCertificate.newBuilder()
                            .setNotAfter(timestamp(end))
                            .setTrustBundleVersion(published.get().version())
                            .setRenewalWindow(
                                    RenewalWindow.newBuilder()
                                            .setStart(timestamp(now.plus(left.dividedBy(2))))
                                            .setEnd(
                                                    timestamp(
                                                            now.plus(
                                                                    left.multipliedBy(2)
                                                                            .dividedBy(3)))));
            for (X509Certificate certificate : chain) {
                issued.addCertificateChain(ByteString.copyFrom(certificate.getEncoded()));
            }
            return issued.build();
        } catch (StatusRuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    private static dev.signet.proto.v1.TrustBundle proto(TrustBundle bundle) {
        dev.signet.proto.v1.TrustBundle.Builder proto =
                dev.signet.proto.v1.TrustBundle.newBuilder()
                        .setTrustDomain(bundle.trustDomain().name())
                        .setVersion(bundle.version());
        try {
            for (X509Certificate authority : bundle.authorities()) {
                proto.addX509Authorities(ByteString.copyFrom(authority.getEncoded()));
            }
        } catch (java.security.cert.CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
        return proto.build();
    }

    private final class Certificates extends CertificateServiceGrpc.CertificateServiceImplBase {
        @Override
        public void issueCertificate(
                IssueCertificateRequest request,
                StreamObserver<IssueCertificateResponse> observer) {
            try {
                String authorization = AUTHORIZATION.get();
                issues.add(request);
                if (!authorization.startsWith("Join /")) {
                    throw refused(Status.Code.UNAUTHENTICATED, "UNAUTHENTICATED", null);
                }
                observer.onNext(
                        IssueCertificateResponse.newBuilder()
                                .setCertificate(
                                        issue(
                                                authorization.substring(5),
                                                request.getCertificateSigningRequest()
                                                        .toByteArray(),
                                                request.getRequestId()))
                                .build());
                observer.onCompleted();
            } catch (StatusRuntimeException e) {
                observer.onError(e);
            }
        }

        @Override
        public void issueCertificateForSubject(
                IssueCertificateForSubjectRequest request,
                StreamObserver<IssueCertificateForSubjectResponse> observer) {
            try {
                shownBy.add((X509Certificate) SESSION.get().getPeerCertificates()[0]);
                forSubjects.add(request);
                StatusRuntimeException no = subjectRefusal.get();
                if (no != null) {
                    throw no;
                }
                observer.onNext(
                        IssueCertificateForSubjectResponse.newBuilder()
                                .setCertificate(
                                        issue(
                                                "/for/subject",
                                                otherRequest.get() == null
                                                        ? request.getCertificateSigningRequest()
                                                                .toByteArray()
                                                        : otherRequest.get(),
                                                request.getRequestId()))
                                .build());
                observer.onCompleted();
            } catch (SSLPeerUnverifiedException e) {
                observer.onError(refused(Status.Code.UNAUTHENTICATED, "UNAUTHENTICATED", null));
            } catch (StatusRuntimeException e) {
                observer.onError(e);
            }
        }

        @Override
        public void renewCertificate(
                RenewCertificateRequest request,
                StreamObserver<RenewCertificateResponse> observer) {
            try {
                X509Certificate peer = (X509Certificate) SESSION.get().getPeerCertificates()[0];
                renewals.add(request);
                observer.onNext(
                        RenewCertificateResponse.newBuilder()
                                .setCertificate(
                                        issue(
                                                SvidVerifier.spiffeId(peer).path(),
                                                request.getCertificateSigningRequest()
                                                        .toByteArray(),
                                                request.getRequestId()))
                                .build());
                observer.onCompleted();
            } catch (SSLPeerUnverifiedException | java.security.cert.CertificateException e) {
                observer.onError(refused(Status.Code.UNAUTHENTICATED, "UNAUTHENTICATED", null));
            } catch (StatusRuntimeException e) {
                observer.onError(e);
            }
        }
    }

    private final class Trust extends TrustServiceGrpc.TrustServiceImplBase {
        @Override
        public void getTrustBundle(
                GetTrustBundleRequest request, StreamObserver<GetTrustBundleResponse> observer) {
            observer.onNext(
                    GetTrustBundleResponse.newBuilder().setBundle(proto(published.get())).build());
            observer.onCompleted();
        }

        @Override
        public StreamObserver<WatchTrustBundleRequest> watchTrustBundle(
                StreamObserver<WatchTrustBundleResponse> observer) {
            boolean identified = certified(SESSION.get());
            return new StreamObserver<>() {
                private boolean open;

                @Override
                public void onNext(WatchTrustBundleRequest request) {
                    if (identified && request.getHeldVersion() > 0) {
                        acknowledged.add(request.getHeldVersion());
                    }
                    if (!open) {
                        open = true;
                        synchronized (watches) {
                            observer.onNext(state());
                            watches.add(observer);
                        }
                    }
                }

                @Override
                public void onError(Throwable t) {
                    watches.remove(observer);
                }

                @Override
                public void onCompleted() {}
            };
        }

        @Override
        public void watchRevocations(
                WatchRevocationsRequest request,
                StreamObserver<WatchRevocationsResponse> observer) {
            ServerCallStreamObserver<WatchRevocationsResponse> watch =
                    (ServerCallStreamObserver<WatchRevocationsResponse>) observer;
            watch.setOnCancelHandler(() -> revocationWatches.remove(observer));
            synchronized (revocationWatches) {
                revocationRequests.add(request.getAfterSequence());
                revocations.forEach(observer::onNext);
                revocationWatches.add(observer);
            }
        }
    }

    private static boolean certified(SSLSession session) {
        try {
            return session != null && session.getPeerCertificates().length > 0;
        } catch (SSLPeerUnverifiedException e) {
            return false;
        }
    }
}
