package dev.signet.ca.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.TestCertificates.SubjectKeyType;
import dev.signet.ca.TestDatabase;
import dev.signet.ca.authority.TestAuthority;
import dev.signet.ca.certificate.AlternativeNames;
import dev.signet.ca.certificate.CertificateContent;
import dev.signet.ca.certificate.CertificateProfile;
import dev.signet.ca.certificate.CertificateStatus;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.certificate.SigningRequest;
import dev.signet.ca.certificate.SigningRequestReader;
import dev.signet.ca.certificate.StatusInformation;
import dev.signet.ca.certificate.SubjectName;
import dev.signet.ca.certificate.Validity;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.revocation.RevocationReason;
import dev.signet.ca.wire.HttpDocuments;
import dev.signet.ca.wire.HttpRig;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// openssl and the JDK, over HTTP, agree with what is on record: good, revoked, unknown, expired.
class OpensslIT {

    @RegisterExtension static final TestDatabase DATABASE = TestDatabase.create();

    @TempDir static Path directory;

    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    private static HttpRig http;
    private static String url;
    private static TestAuthority CA;
    private static FakeFeed feed;
    private static CrlReplica crls;
    private static OcspRig ocsp;
    private static PlannedStatus planned;

    /// Known when the port is.
    private static final class Late implements HttpDocuments {
        private final String prefix;
        private volatile HttpDocuments real;

        Late(String prefix) {
            this.prefix = prefix;
        }

        @Override
        public String prefix() {
            return prefix;
        }

        @Override
        public int maxBody() {
            return prefix.equals("/ocsp") ? OcspRequestReader.MAX_LENGTH : 0;
        }

        @Override
        public Document answer(Request request) {
            return real.answer(request);
        }
    }

    @BeforeAll
    static void start() throws Exception {
        Late crl = new Late("/crl");
        Late status = new Late("/ocsp");
        http = new HttpRig(List.of(crl, status));
        url = "http://127.0.0.1:" + http.port();
        InstantSource clock = InstantSource.system();
        feed = new FakeFeed(clock);
        StatusSettings settings = StatusSettings.at(url);
        CA =
                TestAuthority.naming(
                        new StatusConfiguration().crlAddresses(settings),
                        NOW.minus(Duration.ofDays(40)));
        crls =
                new CrlReplica(
                        DATABASE,
                        List.of(CA.status(), CA.rootStatus()),
                        feed,
                        settings,
                        clock,
                        () -> 0,
                        records -> records);
        ocsp = new OcspRig(CA.status(), feed, settings, clock);
        crl.real = crls.documents;
        status.real = ocsp.documents;
        planned = new PlannedStatus(crls.plans, settings);
        crls.signing.sign();
        ocsp.responders.renew();
        write("root.pem", CA.root());
        write("issuing.pem", CA.status().certificate());
        Files.writeString(
                directory.resolve("both.pem"),
                Files.readString(directory.resolve("root.pem"))
                        + Files.readString(directory.resolve("issuing.pem")));
    }

    @AfterAll
    static void stop() {
        http.close();
    }

    private static void write(String name, byte[] der) throws Exception {
        Files.write(directory.resolve(name), TestCertificates.pem("CERTIFICATE", der));
    }

    /// @param recorded whether the ledger has it
    private record Leaf(String file, SerialNumber serialNumber, byte[] der) {}

    private static Leaf leaf(String name, Instant from, Duration lifetime, boolean recorded)
            throws Exception {
        byte[] random = new byte[SerialNumber.RANDOM_LENGTH];
        TestCertificates.CRYPTO.secureRandom().nextBytes(random);
        Validity validity = Validity.of(from, lifetime);
        SerialNumber serialNumber = SerialNumber.of(validity.notAfter(), random);
        var choice =
                planned.choose(
                        CA.status().id(), serialNumber, CertificateProfile.WORKLOAD, lifetime);
        CertificateStatus status = ((StatusInformation.Choice.Says) choice).status();
        var reading =
                new SigningRequestReader(TestCertificates.CRYPTO)
                        .read(TestCertificates.request(SubjectKeyType.P256));
        CertificateContent content =
                new CertificateContent(
                        serialNumber,
                        CA.issuing().issuer(),
                        validity,
                        SpiffeId.parse("spiffe://example.org/" + name).orElseThrow(),
                        AlternativeNames.NONE,
                        SubjectName.EMPTY,
                        ((SigningRequest.Reading.Accepted) reading).request().key(),
                        CertificateProfile.WORKLOAD,
                        CertificateProfile.WORKLOAD.extendedKeyUsages(),
                        status);
        byte[] der = CA.issuing().prepare(content).sign().der();
        write(name + ".pem", der);
        if (recorded) {
            ocsp.issue(serialNumber, validity);
        }
        return new Leaf(name + ".pem", serialNumber, der);
    }

    private static void revoke(Leaf leaf) throws Exception {
        feed.revoke(leaf.serialNumber(), CA.status().id(), RevocationReason.KEY_COMPROMISE);
        long sequence = feed.knowledge().sequence();
        while (crls.held().sequence() < sequence || crls.full().sequence() < sequence) {
            TimeUnit.MILLISECONDS.sleep(50); // the pause between two CRLs
            crls.signing.sign();
        }
    }

    private static String openssl(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        Process process;
        try {
            process =
                    new ProcessBuilder(command)
                            .directory(directory.toFile())
                            .redirectErrorStream(true)
                            .start();
        } catch (java.io.IOException e) {
            assumeTrue(false, "there is no openssl on the PATH: " + e.getMessage());
            throw e;
        }
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return output;
    }

    private static String ocsp(Leaf leaf, String... more) throws Exception {
        List<String> arguments =
                new ArrayList<>(List.of("ocsp", "-CAfile", "both.pem", "-url", url + "/ocsp"));
        arguments.addAll(List.of(more));
        arguments.addAll(List.of("-issuer", "issuing.pem", "-cert", leaf.file()));
        return openssl(arguments.toArray(String[]::new));
    }

    /// openssl gets the CRL itself, from where the certificate says.
    private static String verify(Leaf leaf) throws Exception {
        return openssl(
                "verify",
                "-crl_check",
                "-crl_download",
                "-CAfile",
                "root.pem",
                "-untrusted",
                "issuing.pem",
                leaf.file());
    }

    @Test
    void opensslAgreesWithTheLedger() throws Exception {
        Leaf good = leaf("good", NOW, Duration.ofDays(2), true);
        Leaf revoked = leaf("revoked", NOW, Duration.ofDays(2), true);
        Leaf unknown = leaf("unknown", NOW, Duration.ofDays(2), false);
        Leaf expired = leaf("expired", NOW.minus(Duration.ofDays(10)), Duration.ofDays(2), true);
        revoke(revoked);
        for (String[] more :
                new String[][] {{}, {"-sha256"}, {"-no_nonce"}, {"-no_nonce", "-sha256"}}) {
            assertThat(ocsp(good, more)).contains("Response verify OK", "good.pem: good");
            assertThat(ocsp(revoked, more))
                    .contains(
                            "Response verify OK", "revoked.pem: revoked", "Reason: keyCompromise");
            assertThat(ocsp(unknown, more)).contains("Response verify OK", "unknown.pem: unknown");
            assertThat(ocsp(expired, more)).contains("Response verify OK", "expired.pem: unknown");
        }
        assertThat(verify(good)).contains("good.pem: OK");
        assertThat(verify(revoked)).contains("certificate revoked");
        assertThat(verify(unknown)).contains("unknown.pem: OK"); // a CRL cannot tell
        assertThat(verify(expired)).contains("certificate has expired");
    }

    /// OpenSSL asks for the CRL of a root about itself, too, and downloads that of no root.
    @Test
    void opensslDownloadsTheCrlOfEveryCertificateBelowTheRoot() throws Exception {
        Leaf good = leaf("chain-good", NOW, Duration.ofDays(2), true);
        Leaf revoked = leaf("chain-revoked", NOW, Duration.ofDays(2), true);
        revoke(revoked);
        Files.write(
                directory.resolve("root.crl"),
                get("/crl/" + CA.rootStatus().id() + "/full.crl").body());
        String alone = verifyAll("root.pem", good, "-crl_download");
        assertThat(alone.lines().filter(line -> line.startsWith("error ")))
                .containsExactly(
                        "error 3 at 2 depth lookup: unable to get certificate CRL",
                        "error chain-good.pem: verification failed");
        String[] withRoots = {"-crl_download", "-CRLfile", "root.crl"};
        assertThat(verifyAll("root.pem", good, withRoots)).contains("chain-good.pem: OK");
        assertThat(verifyAll("root.pem", revoked, withRoots))
                .contains("error 23 at 0 depth lookup: certificate revoked");
    }

    @Test
    void theBundleOfFullCrlsIsEnoughForCertificatesThatNameNoCrl() throws Exception {
        Leaf good = leaf("file-good", NOW, Duration.ofHours(1), true);
        Leaf revoked = leaf("file-revoked", NOW, Duration.ofHours(1), true);
        Leaf named = leaf("file-named", NOW, Duration.ofDays(2), true);
        revoke(revoked);
        HttpResponse<byte[]> fetched = get("/crl/full.pem");
        assertThat(fetched.statusCode()).isEqualTo(200);
        assertThat(fetched.headers().firstValue("Content-Type")).hasValue("application/x-pem-file");
        String tag = fetched.headers().firstValue("ETag").orElseThrow();
        assertThat(get("/crl/full.pem", "If-None-Match", tag).statusCode()).isEqualTo(304);
        Files.write(directory.resolve("full.crl.pem"), fetched.body());
        String[] fromFile = {"-CRLfile", "full.crl.pem"};
        assertThat(verifyAll("root.pem", good, fromFile)).contains("file-good.pem: OK");
        assertThat(verifyAll("root.pem", named, fromFile)).contains("file-named.pem: OK");
        assertThat(verifyAll("root.pem", revoked, fromFile))
                .contains("error 23 at 0 depth lookup: certificate revoked");
        // The CRL of a shard is about certificates that name it, and about no others.
        Files.write(directory.resolve("shard.crl"), get(crls.held().shard().path()).body());
        assertThat(verifyAll("root.pem", good, "-CRLfile", "shard.crl"))
                .contains("error 44 at 0 depth lookup: different CRL scope");
    }

    @Test
    void anIssuingCaThatItsRootRevokedIsRefusedByTheBundle() throws Exception {
        Leaf leaf = leaf("below-revoked", NOW, Duration.ofHours(1), true);
        TestAuthority other =
                TestAuthority.naming(
                        new FullCrlAddresses("http://127.0.0.1"), NOW.minus(Duration.ofDays(1)));
        FakeFeed feed = new FakeFeed(InstantSource.system());
        feed.revoke(
                SerialNumber.fromOctets(
                                TestCertificates.parse(CA.status().certificate())
                                        .getSerialNumber()
                                        .toByteArray())
                        .orElseThrow(),
                CA.rootStatus().id(),
                RevocationReason.CA_COMPROMISE);
        try (TestDatabase database = TestDatabase.create()) {
            CrlReplica replica =
                    new CrlReplica(
                            database,
                            List.of(CA.status(), CA.rootStatus(), other.rootStatus()),
                            feed,
                            StatusSettings.at(url),
                            InstantSource.system(),
                            () -> 0,
                            records -> records);
            assertThat(
                            replica.documents
                                    .answer(
                                            new HttpDocuments.Request(
                                                    "GET", "/full.pem", null, new byte[0]))
                                    .status())
                    .isEqualTo(503);
            replica.signing.sign();
            Files.write(
                    directory.resolve("ca-revoked.crl.pem"),
                    replica.documents
                            .answer(
                                    new HttpDocuments.Request(
                                            "GET", "/full.pem", null, new byte[0]))
                            .body());
        }
        assertThat(verifyAll("root.pem", leaf, "-CRLfile", "ca-revoked.crl.pem"))
                .contains("error 23 at 1 depth lookup: certificate revoked");
    }

    private static String verifyAll(String root, Leaf leaf, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("verify", "-crl_check_all"));
        arguments.addAll(List.of(more));
        arguments.addAll(List.of("-CAfile", root, "-untrusted", "issuing.pem", leaf.file()));
        return openssl(arguments.toArray(String[]::new));
    }

    @Test
    void opensslTakesTheShortLivedFormAndFindsNoPointers() throws Exception {
        Leaf leaf = leaf("short", NOW, Duration.ofHours(1), true);
        String text = openssl("x509", "-in", leaf.file(), "-noout", "-text");
        assertThat(text)
                .containsAnyOf("2.5.29.56", "X509v3 No Revocation Available: \n")
                .doesNotContain("CRL Distribution", "OCSP -");
        assertThat(
                        openssl(
                                "verify",
                                "-CAfile",
                                "root.pem",
                                "-untrusted",
                                "issuing.pem",
                                "-x509_strict",
                                leaf.file()))
                .contains("short.pem: OK");
        validate(leaf, null);
    }

    @Test
    void opensslReadsTheCrl() throws Exception {
        byte[] crl = get(crls.held().shard().path()).body();
        Files.write(directory.resolve("read.crl"), crl);
        assertThat(
                        openssl(
                                "crl",
                                "-inform",
                                "DER",
                                "-in",
                                "read.crl",
                                "-noout",
                                "-text",
                                "-CAfile",
                                "both.pem"))
                .contains("verify OK", "X509v3 Issuing Distribution Point: critical", url)
                .contains("X509v3 CRL Number");
    }

    @Test
    void theJdkAsksTheResponderThatTheCertificateNames() throws Exception {
        Leaf good = leaf("jdk-good", NOW, Duration.ofDays(2), true);
        Leaf revoked = leaf("jdk-revoked", NOW, Duration.ofDays(2), true);
        revoke(revoked);
        PKIXRevocationChecker checker = checker();
        validate(good, checker);
        assertThat(reason(revoked)).isEqualTo(CertPathValidatorException.BasicReason.REVOKED);
        assertThat(reason(leaf("jdk-unknown", NOW, Duration.ofDays(2), false)))
                .isEqualTo(CertPathValidatorException.BasicReason.UNDETERMINED_REVOCATION_STATUS);
    }

    private static PKIXRevocationChecker checker() throws Exception {
        PKIXRevocationChecker checker =
                (PKIXRevocationChecker)
                        CertPathValidator.getInstance("PKIX").getRevocationChecker();
        checker.setOptions(
                EnumSet.of(
                        PKIXRevocationChecker.Option.ONLY_END_ENTITY,
                        PKIXRevocationChecker.Option.NO_FALLBACK));
        return checker;
    }

    private static CertPathValidatorException.Reason reason(Leaf leaf) throws Exception {
        try {
            validate(leaf, checker());
        } catch (CertPathValidatorException e) {
            return e.getReason();
        }
        throw new AssertionError("accepted");
    }

    private static void validate(Leaf leaf, PKIXRevocationChecker checker) throws Exception {
        X509Certificate root = TestCertificates.parse(CA.root());
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
        parameters.setRevocationEnabled(false);
        if (checker != null) {
            parameters.addCertPathChecker(checker);
        }
        CertPathValidator.getInstance("PKIX")
                .validate(
                        CertificateFactory.getInstance("X.509")
                                .generateCertPath(
                                        List.of(
                                                TestCertificates.parse(leaf.der()),
                                                TestCertificates.parse(CA.status().certificate()))),
                        parameters);
    }

    private static HttpResponse<byte[]> get(String path, String... headers) throws Exception {
        return send("GET", path, headers);
    }

    private static HttpResponse<byte[]> send(String method, String path, String... headers)
            throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url + path))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .timeout(Duration.ofSeconds(10));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        }
    }

    @Test
    void crlsAreServedWithValidatorsAndAgeAndOverNoOtherMethod() throws Exception {
        String path = crls.held().shard().path();
        HttpResponse<byte[]> first = get(path);
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.headers().firstValue("Content-Type")).hasValue("application/pkix-crl");
        String tag = first.headers().firstValue("ETag").orElseThrow();
        assertThat(tag).matches("\"1-[0-9]+\"");
        assertThat(first.headers().firstValue("Cache-Control"))
                .hasValue("public, no-transform, max-age=60");
        assertThat(get(path, "If-None-Match", tag).statusCode()).isEqualTo(304);
        assertThat(get(path, "If-None-Match", "\"other\", " + tag).statusCode()).isEqualTo(304);
        assertThat(get(path, "If-None-Match", "\"1-1\"").statusCode()).isEqualTo(200);
        HttpResponse<byte[]> head = send("HEAD", path);
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("Content-Length"))
                .hasValue(Integer.toString(first.body().length));
        assertThat(head.headers().firstValue("ETag")).hasValue(tag);
        assertThat(send("POST", path).statusCode()).isEqualTo(405);
        assertThat(send("DELETE", "/ocsp").statusCode()).isEqualTo(405);
        for (String absent :
                List.of(
                        "/crl",
                        "/crl/",
                        "/crl/x/1.crl",
                        path + "x",
                        path.replace("/1.", "/8192."),
                        path.replace("/1.", "/9999."),
                        path.replace("/1.", "/2."))) {
            assertThat(get(absent).statusCode()).as(absent).isEqualTo(404);
        }
        assertThat(get("/crlx").statusCode()).isEqualTo(404);
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertThat(
                            client.send(
                                            HttpRequest.newBuilder(URI.create(url + "/ocsp"))
                                                    .POST(
                                                            HttpRequest.BodyPublishers.ofByteArray(
                                                                    new byte
                                                                            [OcspRequestReader
                                                                                            .MAX_LENGTH
                                                                                    + 1]))
                                                    .build(),
                                            HttpResponse.BodyHandlers.discarding())
                                    .statusCode())
                    .isEqualTo(413);
        }
    }
}
