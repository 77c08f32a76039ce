package dev.signet.benchmarks;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;

import dev.signet.proto.v1.CertificateServiceGrpc;
import dev.signet.proto.v1.IssueCertificateRequest;
import dev.signet.proto.v1.IssueCertificateResponse;
import dev.signet.proto.v1.IssuedCertificate;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContextBuilder;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A certificate authority of a few lines, without a record: something for the generator to talk
/// to.
final class StubServer implements AutoCloseable {

    static final String TRUST_DOMAIN = "stub.example";

    private static final Context.Key<String> AUTHORIZATION = Context.key("authorization");
    private static final Pattern SUBJECT =
            Pattern.compile("\"sub\":\"system:serviceaccount:([^:]*):([^\"]*)\"");

    private final KeyPair authorityKeys = keys();
    private final X509Certificate authority;
    private final Server server;
    private final SecureRandom random = new SecureRandom();
    final Set<String> requestIds = ConcurrentHashMap.newKeySet();
    final Set<String> tokens = ConcurrentHashMap.newKeySet();
    final AtomicInteger calls = new AtomicInteger();

    /// Of so many calls one is refused; 0: none.
    volatile int refuseOneIn;

    /// Of so many certificates one names somebody else; 0: none.
    volatile int misnameOneIn;

    StubServer() throws Exception {
        authority =
                certificate(
                        SubjectPublicKeyInfo.getInstance(authorityKeys.getPublic().getEncoded()),
                        "CN=stub",
                        null,
                        true);
        KeyPair tls = keys();
        X509Certificate own =
                certificate(
                        SubjectPublicKeyInfo.getInstance(tls.getPublic().getEncoded()),
                        "CN=127.0.0.1",
                        new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
                        false);
        server =
                NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                        .sslContext(
                                GrpcSslContexts.configure(
                                                SslContextBuilder.forServer(tls.getPrivate(), own))
                                        .build())
                        .directExecutor()
                        .intercept(new TokenReader())
                        .addService(new Service())
                        .build()
                        .start();
    }

    Endpoint endpoint() throws Exception {
        return new Endpoint(
                "127.0.0.1", server.getPort(), TRUST_DOMAIN, List.of(authority.getEncoded()));
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private static KeyPair keys() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private X509Certificate certificate(
            SubjectPublicKeyInfo key, String subject, GeneralName name, boolean ca)
            throws Exception {
        Instant now = Instant.now();
        var builder =
                new X509v3CertificateBuilder(
                        new X500Name("CN=stub"),
                        new BigInteger(120, random).add(BigInteger.ONE),
                        Date.from(now.minusSeconds(10)),
                        Date.from(now.plusSeconds(3600)),
                        new X500Name(subject),
                        key);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
        if (name != null) {
            builder.addExtension(
                    Extension.subjectAlternativeName, subject.isEmpty(), new GeneralNames(name));
        }
        byte[] der =
                builder.build(
                                new JcaContentSignerBuilder("SHA256withECDSA")
                                        .build(authorityKeys.getPrivate()))
                        .getEncoded();
        return (X509Certificate)
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(der));
    }

    private static final class TokenReader implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            String value =
                    headers.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER));
            return Contexts.interceptCall(
                    Context.current().withValue(AUTHORIZATION, value), call, headers, next);
        }
    }

    private final class Service extends CertificateServiceGrpc.CertificateServiceImplBase {
        @Override
        public void issueCertificate(
                IssueCertificateRequest request,
                StreamObserver<IssueCertificateResponse> observer) {
            int call = calls.incrementAndGet();
            requestIds.add(request.getRequestId());
            String token = AUTHORIZATION.get();
            tokens.add(token);
            if (refuseOneIn > 0 && call % refuseOneIn == 0) {
                observer.onError(Status.RESOURCE_EXHAUSTED.asRuntimeException());
                return;
            }
            try {
                String claims =
                        new String(
                                Base64.getUrlDecoder().decode(token.split("[ .]")[2]),
                                StandardCharsets.UTF_8);
                Matcher subject = SUBJECT.matcher(claims);
                if (!subject.find()) {
                    throw new IllegalArgumentException(claims);
                }
                String account =
                        misnameOneIn > 0 && call % misnameOneIn == 0 ? "other" : subject.group(2);
                String id =
                        "spiffe://" + TRUST_DOMAIN + "/ns/" + subject.group(1) + "/sa/" + account;
                X509Certificate leaf =
                        certificate(
                                new PKCS10CertificationRequest(
                                                request.getCertificateSigningRequest()
                                                        .toByteArray())
                                        .getSubjectPublicKeyInfo(),
                                "",
                                new GeneralName(GeneralName.uniformResourceIdentifier, id),
                                false);
                observer.onNext(
                        IssueCertificateResponse.newBuilder()
                                .setCertificate(
                                        IssuedCertificate.newBuilder()
                                                .addCertificateChain(
                                                        ByteString.copyFrom(leaf.getEncoded()))
                                                .setSpiffeId(id)
                                                .setSerialNumber(
                                                        leaf.getSerialNumber().toString(16))
                                                .setNotAfter(
                                                        Timestamp.newBuilder()
                                                                .setSeconds(
                                                                        leaf.getNotAfter().getTime()
                                                                                / 1000)))
                                .build());
                observer.onCompleted();
            } catch (Exception e) {
                observer.onError(Status.INTERNAL.withCause(e).asRuntimeException());
            }
        }
    }
}
