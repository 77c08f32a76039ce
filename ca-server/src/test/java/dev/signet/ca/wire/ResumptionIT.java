package dev.signet.ca.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.attestation.Attestation;
import dev.signet.ca.attestation.TestAttestation;
import dev.signet.ca.authority.IssuingAuthority;
import dev.signet.ca.authority.TestAuthority;
import dev.signet.ca.certificate.CertificateContent;
import dev.signet.ca.certificate.CertificateProfile;
import dev.signet.ca.certificate.SigningRequest;
import dev.signet.ca.certificate.SigningRequestReader;
import dev.signet.ca.certificate.Validity;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.issuance.IssuanceOutcome;
import dev.signet.ca.trust.TrustBundle;
import dev.signet.proto.v1.CertificateServiceGrpc;
import dev.signet.proto.v1.CertificateServiceGrpc.CertificateServiceBlockingStub;
import dev.signet.proto.v1.IssueCertificateForSubjectRequest;
import dev.signet.proto.v1.RenewCertificateRequest;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;

import org.bouncycastle.asn1.x500.X500Name;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/// R9: what a client was once does not let it in again, neither by a session of an earlier
/// connection nor by a connection that is still open.
class ResumptionIT {

    private static final byte[] HTTP2_PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EMPTY_SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};

    @TempDir private Path directory;

    @ParameterizedTest
    @CsvSource({"OPENSSL,TLSv1.3", "OPENSSL,TLSv1.2", "JDK,TLSv1.3", "JDK,TLSv1.2"})
    void R9_aJavaClientsSessionIsNotResumedAfterItsRootIsGone(String provider, String version)
            throws Exception {
        try (WireRig rig = start(provider)) {
            WireRig.Client client = client(rig, Duration.ofMinutes(5));
            // One context: its session cache is what a second connection would resume from.
            SSLContext context = context(rig, client);
            byte[] first = session(rig, context, version);
            byte[] second = session(rig, context, version);
            assertThat(second).as("a session of its own each time").isNotEqualTo(first);

            // The server's own certificate stays trusted by the client; the client's does not.
            rig.bundles.publish(new TestCa().bundle(2));
            assertThatThrownBy(() -> session(rig, context, version))
                    .isInstanceOf(IOException.class);

            rig.bundles.publish(rig.ca.bundle(3));
            assertThat(session(rig, context, version)).isNotEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"OPENSSL,TLSv1.3", "OPENSSL,TLSv1.2", "JDK,TLSv1.3", "JDK,TLSv1.2"})
    void R9_aJavaClientsSessionIsNotResumedAfterItsCertificateExpired(
            String provider, String version) throws Exception {
        try (WireRig rig = start(provider)) {
            WireRig.Client client = client(rig, Duration.ofSeconds(4));
            SSLContext context = context(rig, client);
            assertThat(session(rig, context, version)).isNotEmpty();
            awaitExpiry(client.certificate());
            assertThatThrownBy(() -> session(rig, context, version))
                    .isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"OPENSSL,tls1_3", "OPENSSL,tls1_2", "JDK,tls1_3", "JDK,tls1_2"})
    void R9_opensslsSessionIsNotResumedAfterTheRootIsGone(String provider, String version)
            throws Exception {
        try (WireRig rig = start(provider)) {
            WireRig.Client client = client(rig, Duration.ofMinutes(5));
            Path session = directory.resolve("session.pem");
            assertThat(openssl(rig, client, version, "-sess_out", session.toString()))
                    .contains("New, TLS")
                    .doesNotContain("alert");
            List<String> again = new ArrayList<>();
            // With TLS 1.2 and the JDK there may be a session id to come back with, with TLS 1.3
            // none at all: then the client comes as a new one.
            if (Files.exists(session) && Files.size(session) > 0) {
                again.addAll(List.of("-sess_in", session.toString()));
            }
            rig.bundles.publish(new TestCa().bundle(2));
            assertThat(openssl(rig, client, version, again.toArray(String[]::new)))
                    .doesNotContain("Reused, TLS")
                    .contains("alert");
        }
    }

    @Test
    void R9_aLiveConnectionIsHeldToItsCertificateAtEachCall() throws Exception {
        try (WireRig rig = start("OPENSSL")) {
            TestAuthority authority = attestForReal(rig);
            Member member = member(authority, Duration.ofSeconds(6));
            ManagedChannel channel = channel(rig, member);
            try {
                CertificateServiceBlockingStub stub =
                        CertificateServiceGrpc.newBlockingStub(channel);
                renew(stub);
                askForOther(stub);
                awaitExpiry(member.chain().getFirst());

                assertUnauthenticated(() -> renew(stub));
                assertUnauthenticated(() -> askForOther(stub));
                // A new connection would have failed in its handshake, as UNAVAILABLE.
                assertThat(channel.getState(false)).isEqualTo(ConnectivityState.READY);
            } finally {
                channel.shutdownNow();
            }
        }
    }

    @Test
    void R9_aLiveConnectionIsHeldToTheTrustBundleAtEachCall() throws Exception {
        try (WireRig rig = start("OPENSSL")) {
            TestAuthority authority = attestForReal(rig);
            ManagedChannel channel = channel(rig, member(authority, Duration.ofMinutes(5)));
            try {
                CertificateServiceBlockingStub stub =
                        CertificateServiceGrpc.newBlockingStub(channel);
                renew(stub);
                askForOther(stub);
                rig.bundles.publish(rig.ca.bundle(3));

                assertUnauthenticated(() -> renew(stub));
                assertUnauthenticated(() -> askForOther(stub));
                assertThat(channel.getState(false)).isEqualTo(ConnectivityState.READY);
            } finally {
                channel.shutdownNow();
            }
        }
    }

    /// A workload of the trust domain, as an issuing CA of ours certified it.
    private record Member(PrivateKey key, List<X509Certificate> chain) {}

    private static Member member(TestAuthority authority, Duration life) {
        KeyPair key = TestCa.newKeys();
        SigningRequest request =
                switch (new SigningRequestReader(TestCertificates.CRYPTO)
                        .read(
                                TestCertificates.request(
                                        key, "SHA256withECDSA", new X500Name(""), null))) {
                    case SigningRequest.Reading.Accepted(SigningRequest accepted) -> accepted;
                    case SigningRequest.Reading.Rejected(var refusal) ->
                            throw new AssertionError(refusal);
                };
        IssuingAuthority issuing = authority.issuing();
        Validity validity =
                Validity.of(Instant.now().minusSeconds(1).truncatedTo(ChronoUnit.SECONDS), life);
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(
                TestCertificates.parse(
                        issuing.prepare(
                                        CertificateContent.ofWorkload(
                                                TestCa.serial(validity.notAfter()),
                                                issuing.issuer(),
                                                validity,
                                                new SpiffeId(
                                                        TestAuthority.TRUST_DOMAIN, "/workload"),
                                                request.key(),
                                                CertificateProfile.WORKLOAD))
                                .sign()
                                .der()));
        issuing.chain().forEach(der -> chain.add(TestCertificates.parse(der)));
        return new Member(key.getPrivate(), chain);
    }

    private static ManagedChannel channel(WireRig rig, Member member) throws Exception {
        return NettyChannelBuilder.forAddress("127.0.0.1", rig.grpcPort())
                .overrideAuthority("localhost")
                .sslContext(
                        GrpcSslContexts.forClient()
                                .trustManager(rig.ca.root())
                                .keyManager(
                                        member.key(),
                                        member.chain().toArray(new X509Certificate[0]))
                                .build())
                .disableRetry()
                .build();
    }

    private static WireRig start(String provider) {
        return WireRig.start(
                Map.of("signet.grpc.tls.provider", provider, "signet.grpc.tls.tls12", "true"));
    }

    private static WireRig.Client client(WireRig rig, Duration life) {
        return rig.client(Validity.of(Instant.now().minusSeconds(1), life));
    }

    /// Client certificates are attested as a server does it, against an authority of their own.
    private static TestAuthority attestForReal(WireRig rig) {
        TestAuthority authority = TestAuthority.at(Instant.now());
        rig.bundles.publish(
                new TrustBundle(
                        TestCa.DOMAIN, 2, List.of(authority.root()), Duration.ofMinutes(1)));
        Attestation attestation =
                TestAttestation.ofCertificates(TestAuthority.TRUST_DOMAIN, rig.bundles);
        rig.issuance.forWorkloads =
                (request, answer, fault) -> {
                    switch (attestation.attest(request.evidence(), Instant.now())) {
                        case Attestation.Outcome.Attested _ ->
                                rig.issuance.issueNow(request, answer, fault);
                        case Attestation.Outcome.Refused(var refusal, _) ->
                                answer.accept(new IssuanceOutcome.Refused(refusal));
                    }
                };
        return authority;
    }

    private static void renew(CertificateServiceBlockingStub stub) {
        var _ =
                stub.withDeadlineAfter(20, TimeUnit.SECONDS)
                        .renewCertificate(
                                RenewCertificateRequest.newBuilder()
                                        .setCertificateSigningRequest(csr())
                                        .build());
    }

    private static void askForOther(CertificateServiceBlockingStub stub) {
        var _ =
                stub.withDeadlineAfter(20, TimeUnit.SECONDS)
                        .issueCertificateForSubject(
                                IssueCertificateForSubjectRequest.newBuilder()
                                        .setCertificateSigningRequest(csr())
                                        .setSubject("somebody")
                                        .build());
    }

    private static ByteString csr() {
        try {
            return ByteString.copyFrom(GrpcServerIT.csr());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertUnauthenticated(Runnable call) {
        StatusRuntimeException end = catchThrowableOfType(StatusRuntimeException.class, call::run);
        assertThat(end.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(WireRig.reason(end)).isEqualTo("UNAUTHENTICATED");
    }

    private static void awaitExpiry(X509Certificate certificate) {
        Instant end = certificate.getNotAfter().toInstant().plusSeconds(1);
        await().atMost(Duration.ofSeconds(20)).until(() -> Instant.now().isAfter(end));
    }

    private static SSLContext context(WireRig rig, WireRig.Client client) throws Exception {
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry("own", client.key(), new char[0], new Certificate[] {client.certificate()});
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(own, new char[0]);
        KeyStore roots = KeyStore.getInstance("PKCS12");
        roots.load(null, null);
        roots.setCertificateEntry("root", rig.ca.root());
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(roots);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    /// Speaks HTTP/2 until the server does: only then has it accepted the certificate, and sent
    /// what a session could be resumed with.
    private static byte[] session(WireRig rig, SSLContext context, String version)
            throws IOException {
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket("localhost", rig.grpcPort())) {
            socket.setSoTimeout(10_000);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setProtocols(new String[] {version});
            parameters.setApplicationProtocols(new String[] {"h2"});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            socket.getOutputStream().write(HTTP2_PREFACE);
            socket.getOutputStream().write(EMPTY_SETTINGS);
            socket.getOutputStream().flush();
            InputStream input = socket.getInputStream();
            byte[] header = input.readNBytes(9);
            if (header.length < 9) {
                throw new IOException("the server closed the connection");
            }
            assertThat(HexFormat.of().toHexDigits(header[3]))
                    .as("a SETTINGS frame")
                    .isEqualTo("04");
            assertThat(socket.getSession().getLocalCertificates()).isNotEmpty();
            byte[] id = socket.getSession().getId();
            return id.length == 0
                    ? Long.toString(socket.getSession().getCreationTime())
                            .getBytes(StandardCharsets.US_ASCII)
                    : id;
        }
    }

    private String openssl(WireRig rig, WireRig.Client client, String version, String... more)
            throws Exception {
        Path certificate = directory.resolve("client.pem");
        Path key = directory.resolve("client.key");
        Files.writeString(certificate, pem("CERTIFICATE", client.certificate().getEncoded()));
        Files.writeString(key, pem("PRIVATE KEY", client.key().getEncoded()));
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "openssl",
                                "s_client",
                                "-connect",
                                "127.0.0.1:" + rig.grpcPort(),
                                "-alpn",
                                "h2",
                                "-" + version,
                                "-cert",
                                certificate.toString(),
                                "-key",
                                key.toString()));
        command.addAll(List.of(more));
        Path output = directory.resolve("openssl.log");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        process.getOutputStream().write(HTTP2_PREFACE);
        process.getOutputStream().write(EMPTY_SETTINGS);
        process.getOutputStream().flush();
        // Either the server's SETTINGS, behind the report of the handshake, or its alert.
        await().atMost(Duration.ofSeconds(20))
                .until(() -> {
                    String text = Files.readString(output, StandardCharsets.ISO_8859_1);
                    int report = text.lastIndexOf("---");
                    return !process.isAlive()
                            || text.contains("alert")
                            || (report > 0 && text.indexOf('\u0004', report) > 0);
                });
        process.getOutputStream().close();
        if (!process.waitFor(3, TimeUnit.SECONDS)) {
            process.destroy();
            process.waitFor();
        }
        return Files.readString(output, StandardCharsets.ISO_8859_1);
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN "
                + label
                + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END "
                + label
                + "-----\n";
    }
}
