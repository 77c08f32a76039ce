package dev.signet.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;

import dev.signet.ca.authority.KeyFinding;
import dev.signet.ca.pkcs11.SoftHsm;
import dev.signet.proto.v1.CertificateServiceGrpc;
import dev.signet.proto.v1.IssueCertificateRequest;
import dev.signet.proto.v1.IssuedCertificate;

import io.grpc.StatusRuntimeException;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/// Whole servers whose root and issuing CA SoftHSM keeps.
class TokenServerIT {

    private static final String TOKEN = "server test";
    private static final String PIN = "servertoken-0815";

    @TempDir static Path directory;

    private static TestDatabase database;
    private static ServerRig.Site site;
    private static ServerRig rig;
    private static Map<String, String> inToken;

    @BeforeAll
    static void start() throws Exception {
        SoftHsm.makeToken(TOKEN, PIN);
        Path pin = directory.resolve("pin");
        Files.writeString(pin, PIN + "\n");
        Files.setPosixFilePermissions(pin, PosixFilePermissions.fromString("rw-------"));
        inToken =
                Map.of(
                        "signet.authority.new-keys",
                        "PKCS11",
                        "signet.authority.pkcs11.library",
                        SoftHsm.library().toString(),
                        "signet.authority.pkcs11.token-label",
                        TOKEN,
                        "signet.authority.pkcs11.pin-file",
                        pin.toString());
        database = TestDatabase.create();
        site = new ServerRig.Site();
        rig = ServerRig.start(site, database, inToken);
    }

    @AfterAll
    static void stop() {
        if (rig != null) {
            rig.close();
            site.close();
            database.close();
        }
    }

    private static IssuedCertificate issue(
            CertificateServiceGrpc.CertificateServiceBlockingStub stub) throws Exception {
        return stub.issueCertificate(
                        IssueCertificateRequest.newBuilder()
                                .setCertificateSigningRequest(
                                        ByteString.copyFrom(ServerRig.csr(ServerRig.newKeys())))
                                .build())
                .getCertificate();
    }

    private static CertificateServiceGrpc.CertificateServiceBlockingStub shop(ServerRig from)
            throws Exception {
        return ServerRig.with(
                from.certificates(), "Bearer " + from.site.serviceAccountToken("shop", "orders"));
    }

    private static String pem(X509Certificate certificate) throws Exception {
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(certificate.getEncoded())
                + "\n-----END CERTIFICATE-----\n";
    }

    @Test
    void opensslVerifiesWhatTheTokenSigned(@TempDir Path files) throws Exception {
        List<X509Certificate> chain = ServerRig.chain(issue(shop(rig)));
        Files.writeString(files.resolve("root.pem"), pem(rig.roots().getFirst()));
        Files.writeString(files.resolve("issuing.pem"), pem(chain.get(1)));
        Files.writeString(files.resolve("leaf.pem"), pem(chain.getFirst()));
        Process openssl =
                new ProcessBuilder(
                                "openssl",
                                "verify",
                                "-x509_strict",
                                "-purpose",
                                "sslserver",
                                "-CAfile",
                                "root.pem",
                                "-untrusted",
                                "issuing.pem",
                                "leaf.pem")
                        .directory(files.toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(openssl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(openssl.waitFor()).as(said).isZero();
        assertThat(said).contains("leaf.pem: OK");
        assertThat(
                        database.ownerJdbcClient()
                                .sql("SELECT count(*) FROM authority.private_key")
                                .query(Integer.class)
                                .single())
                .isZero();
    }

    /// No bound on the ratio: it is the machine's. What is proved is that a hundred callers at once
    /// with four sessions all get theirs.
    @Test
    void aHundredCallersAtOnceAreServed() throws Exception {
        try (TestDatabase other = TestDatabase.create();
                ServerRig software = ServerRig.start(site, other, Map.of())) {
            rate(software, 200);
            rate(rig, 200);
            double inSoftware = rate(software, 1_000);
            double inTheToken = rate(rig, 1_000);
            System.out.printf(
                    "issued in software %.0f/s, in the token %.0f/s, ratio %.2f%n",
                    inSoftware, inTheToken, inTheToken / inSoftware);
            assertThat(inTheToken).isGreaterThan(1);
        }
    }

    private static double rate(ServerRig from, int count) throws Exception {
        byte[] csr = ServerRig.csr(ServerRig.newKeys());
        CertificateServiceGrpc.CertificateServiceBlockingStub stub = shop(from);
        List<Callable<IssuedCertificate>> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            calls.add(() ->
                    stub.issueCertificate(
                                    IssueCertificateRequest.newBuilder()
                                            .setCertificateSigningRequest(ByteString.copyFrom(csr))
                                            .build())
                            .getCertificate());
        }
        long begin = System.nanoTime();
        try (ExecutorService callers = Executors.newFixedThreadPool(100)) {
            for (Future<IssuedCertificate> result : callers.invokeAll(calls)) {
                assertThat(result.get().getCertificateChainCount()).isEqualTo(2);
            }
        }
        return count / ((System.nanoTime() - begin) / 1e9);
    }

    @Test
    void whileTheTokenIsAwayCallersAreToldAndReadinessSaysSo() throws Exception {
        CertificateServiceGrpc.CertificateServiceBlockingStub stub = shop(rig);
        issue(stub);
        Path home = homeOf(TOKEN);
        Path elsewhere = SoftHsm.tokens().resolveSibling("away");
        Files.move(home, elsewhere);
        try {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> rig.get("/readyz").statusCode() == 503);
            assertThat(rig.get("/readyz").body())
                    .contains("AUTHORITY_NOT_USABLE")
                    .doesNotContain(TOKEN)
                    .doesNotContain(PIN);
            long begin = System.nanoTime();
            try {
                issue(stub);
                throw new AssertionError("issued without the token");
            } catch (StatusRuntimeException e) {
                assertThat(ServerRig.reason(e)).isEqualTo("AUTHORITY_NOT_USABLE");
                assertThat(String.valueOf(e.getMessage())).doesNotContain(TOKEN);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isLessThan(Duration.ofSeconds(5));
        } finally {
            Files.move(elsewhere, home);
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> rig.get("/readyz").statusCode() == 200);
        issue(stub);
    }

    @Test
    void theDoctorFindsTheTokensKeysSound() {
        Map<String, String> settings =
                new HashMap<>(
                        site.settings(database.url(), database.username(), database.password()));
        settings.putAll(inToken);
        List<KeyFinding> findings = KeyDoctor.examine(settings, InstantSource.system());
        assertThat(findings)
                .noneMatch(finding -> finding.level() == KeyFinding.Level.FAIL)
                .anyMatch(finding -> finding.text().contains("signs (pkcs11:token=server%20test"))
                .noneMatch(finding -> finding.toString().contains(PIN));
    }

    private static Path homeOf(String label) throws Exception {
        try (Stream<Path> tokens = Files.list(SoftHsm.tokens())) {
            return tokens.filter(token -> holds(token, label)).findFirst().orElseThrow();
        }
    }

    private static boolean holds(Path token, String label) {
        try {
            return new String(
                            Files.readAllBytes(token.resolve("token.object")),
                            StandardCharsets.ISO_8859_1)
                    .contains(label);
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }
}
