package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signet.cli.home.DataDirectory;
import dev.signet.cli.output.Json;
import dev.signet.cli.output.Progress;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.server.LocalServer;
import dev.signet.client.Pem;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509ExtensionUtils;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.math.BigInteger;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/// An operator's way to his server while its root changes: by the data directory, by a context that
/// is used meanwhile, and by one that is not. The server runs on through each change.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class TrustChangeIT {

    private static final String TRUST_DOMAIN = "signet.local";
    private static final String PEOPLE = "spiffe://" + TRUST_DOMAIN + "/people/";
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir Path directory;
    private DataDirectory data;
    private LocalServer server;
    private final Map<String, String> settings = new LinkedHashMap<>();

    @BeforeEach
    void settings() throws IOException {
        data = DataDirectory.at(directory.resolve("data"));
        for (String part : List.of("grpc", "http", "admin")) {
            try (ServerSocket socket = new ServerSocket(0)) {
                settings.put("signet." + part + ".port", String.valueOf(socket.getLocalPort()));
            }
        }
        settings.put("signet.stop.drain-time", "0s");
        int number = 0;
        for (String person : List.of("used", "late", "away")) {
            String entry = "signet.admin.certificates[" + number++ + "].";
            settings.put(entry + "spiffe-id", PEOPLE + person);
            settings.put(entry + "roles[0]", "viewer");
        }
    }

    private void start(String... more) {
        Map<String, String> all = new LinkedHashMap<>(settings);
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        try (Progress progress = new Progress(Terminal.plain(nowhere, nowhere))) {
            server = LocalServer.start(data, TRUST_DOMAIN, null, all, new SecureRandom(), progress);
        }
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void anOperatorGoesOnWhileARootElsewhereTakesOver() throws Exception {
        start("signet.rotation.automatic", "false");
        String before = bundleOfDirectory();
        String oldRoot = authority("root", "active");
        login("used");
        login("away");

        Path request = directory.resolve("request.pem");
        ok("authorities", "request", "--out", request.toString(), "--reason", "another root");
        Root root = new Root("CN=Elsewhere", Instant.now().minusSeconds(60), Duration.ofDays(90));
        Path issuing = directory.resolve("issuing.pem");
        Files.writeString(issuing, Pem.encode(List.of(root.signed(Files.readString(request)))));
        Path external = directory.resolve("root.pem");
        Files.writeString(external, root.pem());
        JsonNode accepted =
                json(
                        "authorities",
                        "accept",
                        issuing.toString(),
                        external.toString(),
                        "--reason",
                        "another root");
        String id = issuing(accepted);

        awaitBundle(root.certificate());
        assertThat(certificates(bundleOfDirectory())).containsAll(certificates(before));
        use("used");
        assertThat(certificates(bundleOfContext("used"))).contains(root.certificate());

        ok("authorities", "activate", id, "--override", "--reason", "another root");
        Run away = theOldWaysWork("used", oldRoot, root.certificate());
        Path bundle = contextDirectory("away").resolve("bundle.pem");
        assertThat(away.err())
                .contains("is not the server of the trust bundle " + bundle)
                .contains("new root", "/trust-bundle.pem");
        // As it was told: the new bundle, and as its certificate is no longer good, a login.
        Files.copy(data.bundle(), bundle, StandardCopyOption.REPLACE_EXISTING);
        assertThat(asPerson("away").err()).contains("log in again");
        loginFollows("away", root.certificate());
    }

    @Test
    void anOperatorGoesOnWhileTheRootIsReplacedByItself() throws Exception {
        // A root that is near its end: the automation begins as soon as it runs.
        start("signet.rotation.automatic", "false");
        Instant begin = Instant.now().minus(Duration.ofDays(20));
        Root ageing = new Root("CN=Ageing", begin, Duration.ofDays(21));
        Path imported = directory.resolve("ageing.pem");
        Files.writeString(imported, ageing.pem() + Pem.encode(ageing.keys().getPrivate()));
        String first = authority("root", "active");
        String id =
                issuing(
                        json(
                                "authorities",
                                "import",
                                imported.toString(),
                                "--reason",
                                "a root of before"));
        ok("authorities", "activate", id, "--override", "--reason", "a root of before");
        ok("authorities", "revoke", first, "--cause", "superseded", "--reason", "never used");
        server.close();

        start("signet.rotation.automatic", "false");
        login("used");
        login("late");
        login("away");
        assertThat(certificates(bundleOfDirectory())).containsExactly(ageing.certificate());
        String oldRoot = authority("root", "active");
        server.close();
        start("signet.rotation.interval", "100ms", "signet.rotation.acknowledged-share", "0");

        await().atMost(SOON).until(() -> !authority("root", "active").equals(oldRoot));
        await().atMost(SOON).until(() -> certificates(bundleOfDirectory()).size() > 1);
        X509Certificate root =
                certificates(bundleOfDirectory()).stream()
                        .filter(one -> !one.equals(ageing.certificate()))
                        .findFirst()
                        .orElseThrow();
        use("used");
        assertThat(certificates(bundleOfContext("used"))).contains(root);

        // The server's own certificate is below the new root before this one has heard of it.
        BigInteger shown = serialNumberOfServer();
        ok("reissue", "start", "--rate", "100", "--reason", "hygiene");
        await().atMost(SOON).until(() -> !serialNumberOfServer().equals(shown));
        use("late");
        assertThat(certificates(bundleOfContext("late"))).contains(root);
        Run away = theOldWaysWork("used", oldRoot, root);
        // The old root has signed the new one, so that the server is still known.
        assertThat(away.err()).contains("log in again");
        loginFollows("away", root);
    }

    /// After the activation, and after the old root has left the bundle.
    ///
    /// @return what the context that was not used meanwhile is told
    private Run theOldWaysWork(String used, String oldRoot, X509Certificate root) throws Exception {
        use(used);
        ok("authorities", "list");
        String before = bundleOfContext("away");

        ok("authorities", "revoke", oldRoot, "--cause", "superseded", "--reason", "over");
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(certificates(bundleOfDirectory())).containsExactly(root));
        // The data directory's own way first, as the server has to follow, too.
        ok("authorities", "list");
        ok("token", "create", "--spiffe-id", PEOPLE + "used");

        // The certificate of the context is below the root that was revoked.
        Run refused = asPerson(used);
        assertThat(refused.code()).as(refused.err()).isNotEqualTo(ExitCode.OK);
        assertThat(refused.err()).contains("log in again");
        loginFollows(used, root);

        Run away = asPerson("away");
        assertThat(away.code()).as(away.err()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(bundleOfContext("away")).isEqualTo(before);
        return away;
    }

    private void loginFollows(String name, X509Certificate root) throws Exception {
        login(name);
        use(name);
        assertThat(certificates(bundleOfContext(name))).containsExactly(root);
    }

    private String authority(String role, String state) {
        for (JsonNode authority : json("authorities", "list")) {
            if (authority.path("role").asString().equals(role)
                    && authority.path("state").asString().equals(state)) {
                return authority.path("id").asString();
            }
        }
        throw new AssertionError("no " + role + " is " + state);
    }

    private static String issuing(JsonNode changes) {
        for (JsonNode changed : changes.path("changed")) {
            if (changed.path("role").asString().equals("issuing")) {
                return changed.path("id").asString();
            }
        }
        throw new AssertionError(changes.toString());
    }

    private BigInteger serialNumberOfServer() throws Exception {
        X509TrustManager anybody =
                new X509ExtendedTrustManager() {
                    @Override
                    public void checkClientTrusted(X509Certificate[] chain, String type) {}

                    @Override
                    public void checkClientTrusted(
                            X509Certificate[] chain, String type, Socket socket) {}

                    @Override
                    public void checkClientTrusted(
                            X509Certificate[] chain, String type, SSLEngine engine) {}

                    @Override
                    public void checkServerTrusted(X509Certificate[] chain, String type) {}

                    @Override
                    public void checkServerTrusted(
                            X509Certificate[] chain, String type, Socket socket) {}

                    @Override
                    public void checkServerTrusted(
                            X509Certificate[] chain, String type, SSLEngine engine) {}

                    @Override
                    public X509Certificate[] getAcceptedIssuers() {
                        return new X509Certificate[0];
                    }
                };
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {anybody}, null);
        try (SSLSocket socket =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket("localhost", server.adminPort().getAsInt())) {
            socket.startHandshake();
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                    .getSerialNumber();
        }
    }

    private void awaitBundle(X509Certificate root) {
        await().atMost(SOON).until(() -> certificates(bundleOfDirectory()).contains(root));
    }

    private String bundleOfDirectory() throws IOException {
        return Files.readString(data.bundle());
    }

    private Path contextDirectory(String name) {
        return directory.resolve(name);
    }

    private String bundleOfContext(String name) throws IOException {
        return Files.readString(contextDirectory(name).resolve("bundle.pem"));
    }

    private static List<X509Certificate> certificates(String pem) {
        return Pem.certificates(pem);
    }

    /// By the data directory.
    private Run signet(String... arguments) {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(List.of("--data-dir", data.path().toString()));
        return Run.signet(all.toArray(String[]::new));
    }

    private String ok(String... arguments) {
        Run run = signet(arguments);
        assertThat(run.code()).as(run.out() + run.err()).isEqualTo(ExitCode.OK);
        return run.out();
    }

    private JsonNode json(String... arguments) {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.add("--json");
        return Json.read(ok(all.toArray(String[]::new)));
    }

    private Run asPerson(String name) {
        return Run.signet(
                "whoami",
                "--context",
                name,
                "--contexts-file",
                directory.resolve("contexts.yaml").toString());
    }

    private void use(String name) {
        Run run = asPerson(name);
        assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).contains(PEOPLE + name);
        assertThat(run.err()).isEmpty();
    }

    private void login(String name) throws IOException {
        Path token =
                Files.writeString(
                        directory.resolve("token"),
                        ok("token", "create", "--spiffe-id", PEOPLE + name));
        ok(
                "login",
                "--join-token-file",
                token.toString(),
                "--name",
                name,
                "--force",
                "--contexts-file",
                directory.resolve("contexts.yaml").toString());
    }

    /// A root that is not Signet's.
    private record Root(X509Certificate certificate, KeyPair keys) {

        Root(String name, Instant begin, Duration life) throws Exception {
            this(name, begin, life, newKeys());
        }

        private Root(String name, Instant begin, Duration life, KeyPair keys) throws Exception {
            this(
                    signed(
                            name,
                            keys,
                            name,
                            SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()),
                            begin,
                            begin.plus(life),
                            false),
                    keys);
        }

        private static KeyPair newKeys() throws Exception {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(384);
            return generator.generateKeyPair();
        }

        String pem() {
            return Pem.encode(List.of(certificate));
        }

        X509Certificate signed(String request) throws Exception {
            try (PEMParser parser = new PEMParser(new StringReader(request))) {
                PKCS10CertificationRequest asked = (PKCS10CertificationRequest) parser.readObject();
                return signed(
                        "CN=Elsewhere",
                        keys,
                        asked.getSubject().toString(),
                        asked.getSubjectPublicKeyInfo(),
                        Instant.now().minusSeconds(30),
                        Instant.now().plus(Duration.ofDays(30)),
                        true);
            }
        }

        private static X509Certificate signed(
                String issuer,
                KeyPair issuerKeys,
                String subject,
                SubjectPublicKeyInfo key,
                Instant begin,
                Instant end,
                boolean below)
                throws Exception {
            X509ExtensionUtils extensions = new BcX509ExtensionUtils();
            JcaX509v3CertificateBuilder builder =
                    new JcaX509v3CertificateBuilder(
                            new X500Name(issuer),
                            new BigInteger(120, new SecureRandom()),
                            Date.from(begin),
                            Date.from(end),
                            new X500Name(subject),
                            new org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter()
                                    .getPublicKey(key));
            builder.addExtension(
                    Extension.basicConstraints,
                    true,
                    below ? new BasicConstraints(0) : new BasicConstraints(true));
            builder.addExtension(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            builder.addExtension(
                    Extension.subjectKeyIdentifier,
                    false,
                    extensions.createSubjectKeyIdentifier(key));
            if (below) {
                builder.addExtension(
                        Extension.authorityKeyIdentifier,
                        false,
                        extensions.createAuthorityKeyIdentifier(
                                SubjectPublicKeyInfo.getInstance(
                                        issuerKeys.getPublic().getEncoded())));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(
                                    new JcaContentSignerBuilder("SHA384withECDSA")
                                            .build(issuerKeys.getPrivate())));
        }
    }
}
