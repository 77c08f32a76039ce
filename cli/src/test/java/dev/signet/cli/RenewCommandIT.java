package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.signet.cli.output.Json;
import dev.signet.client.Pem;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// `signet issue` and `signet renew` against a server as it runs in production.
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class RenewCommandIT {

    private static final String POLICY =
            """
            apiVersion: signet.dev/v1
            rules:
              - name: servers
                when: evidence.kind == "join-token" && request.profile == "server"
                grant:
                  spiffeId: "{evidence.spiffeId}"
                  profile: server
              - name: tokens
                when: evidence.kind == "join-token"
                grant:
                  spiffeId: "{evidence.spiffeId}"
                  names:
                    dns: ["*.shop.svc"]
                    ip: [10.0.0.0/8, "2001:db8::/32"]
                  lifetime: {default: 1h, max: 12h}
              - name: renewals-without-names
                when: evidence.kind == "current-certificate" && evidence.spiffeId.endsWith("/bare")
                grant:
                  spiffeId: "{evidence.spiffeId}"
              - name: renewals
                when: evidence.kind == "current-certificate"
                grant:
                  spiffeId: "{evidence.spiffeId}"
                  names:
                    dns: ["*.shop.svc"]
                    ip: [10.0.0.0/8, "2001:db8::/32"]
                  lifetime: {default: 1h, max: 12h}
            """;

    @TempDir static Path directory;
    private static PostgresProcess postgres;
    private static ServerProcess server;
    private static int count;

    @TempDir Path own;
    private String id;
    private Path files;

    @BeforeAll
    static void start() throws Exception {
        postgres = PostgresProcess.start(directory.resolve("postgres"));
        server = ServerProcess.start(directory.resolve("server"), postgres, Map.of());
        done(
                signet(
                        "policy",
                        "apply",
                        Files.writeString(directory.resolve("policy.yaml"), POLICY).toString(),
                        "--reason",
                        "renewals",
                        "--activate"));
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        postgres.close();
    }

    @BeforeEach
    void name() {
        id = "spiffe://test.signet/ns/shop/sa/w" + ++count;
        files = own.resolve("files");
    }

    private static Run signet(String... arguments) {
        return signet(InstantSource.system(), arguments);
    }

    private static Run signet(InstantSource clock, String... arguments) {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(List.of("--data-dir", server.dataDirectory().toString()));
        return Run.signet(clock, all.toArray(String[]::new));
    }

    private static Run done(Run run) {
        assertThat(run.code()).as(run.err() + run.out()).isEqualTo(ExitCode.OK);
        return run;
    }

    private Path token() throws IOException {
        return Files.writeString(own.resolve("token"), server.joinToken(id));
    }

    private Run issueBy(Path token, String... more) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "issue",
                                "--token-file",
                                token.toString(),
                                "--out",
                                files.toString()));
        all.addAll(Arrays.asList(more));
        return signet(all.toArray(String[]::new));
    }

    private Run issue(String... more) throws IOException {
        return issueBy(token(), more);
    }

    private Run renew(InstantSource clock, String... more) {
        List<String> all = new ArrayList<>(List.of("renew", "--dir", files.toString()));
        all.addAll(Arrays.asList(more));
        return signet(clock, all.toArray(String[]::new));
    }

    private Run renew(String... more) {
        return renew(InstantSource.system(), more);
    }

    private Path file(String name) {
        return files.resolve(name);
    }

    private String text(String name) throws IOException {
        return Files.readString(file(name));
    }

    private X509Certificate leaf() throws IOException {
        return Pem.certificates(text("cert.pem")).getFirst();
    }

    /// Proves that the key is the one of the certificate.
    private X509Certificate pair() throws IOException {
        return (X509Certificate) Pem.keyEntry(text("cert.pem"), text("key.pem")).getCertificate();
    }

    private static List<String> names(X509Certificate leaf) throws Exception {
        return leaf.getSubjectAlternativeNames().stream()
                .map(name -> String.valueOf(name.get(1)))
                .filter(name -> !name.startsWith("spiffe:"))
                .toList();
    }

    private static InstantSource at(Instant instant) {
        return InstantSource.fixed(instant);
    }

    private static Instant due(X509Certificate leaf) {
        Instant begin = leaf.getNotBefore().toInstant();
        return begin.plus(
                Duration.between(begin, leaf.getNotAfter().toInstant())
                        .multipliedBy(2)
                        .dividedBy(3));
    }

    private long onRecord() {
        JsonNode page =
                Json.read(done(signet("certificates", "list", "--spiffe-id", id, "--json")).out());
        return page.path("items").isArray() ? page.path("items").size() : page.size();
    }

    private static String run(String... command) throws Exception {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            assumeTrue(false, "no " + command[0] + " here");
            throw e;
        }
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    @Test
    void whatIsAskedForIsInTheCertificate() throws Exception {
        done(
                issue(
                        "--dns",
                        "a.shop.svc",
                        "--dns",
                        "b.shop.svc",
                        "--ip",
                        "10.0.0.7",
                        "--ip",
                        "2001:db8::7",
                        "--lifetime",
                        "2h"));
        X509Certificate leaf = pair();
        assertThat(names(leaf))
                .containsExactlyInAnyOrder(
                        "a.shop.svc", "b.shop.svc", "10.0.0.7", "2001:db8:0:0:0:0:0:7");
        assertThat(
                        Duration.between(
                                leaf.getNotBefore().toInstant(), leaf.getNotAfter().toInstant()))
                .isEqualTo(Duration.ofHours(2).minusSeconds(1));
    }

    @Test
    void aProfileIsAskedForAndOneThatIsNotGrantedIsRefused() throws Exception {
        Run refused = issue("--profile", "client");
        assertThat(refused.code()).isEqualTo(ExitCode.FAILED);
        assertThat(refused.err()).contains("PROFILE_NOT_GRANTED");
        done(issueBy(own.resolve("token"), "--profile", "server"));
        assertThat(leaf().getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        Run renewed = renew("--force");
        assertThat(renewed.code()).isEqualTo(ExitCode.FAILED);
        assertThat(renewed.err()).contains("clientAuth", "signet issue");
    }

    @Test
    void aNameThatIsNotGrantedLeavesTheTokenUnspentAndNoFile() throws Exception {
        Path token = token();
        Run refused = issueBy(token, "--dns", "shop.example.com");
        assertThat(refused.code()).isEqualTo(ExitCode.FAILED);
        assertThat(refused.err()).contains("NAME_NOT_GRANTED");
        assertThat(file("key.pem")).doesNotExist();
        done(issueBy(token, "--dns", "a.shop.svc"));
    }

    @Test
    void aKeyThatStaysWhereItIsGetsACertificateAndTheNamesOfItsRequestAreTold() throws Exception {
        Path key = own.resolve("own.key");
        Path csr = own.resolve("own.csr");
        run(
                "openssl",
                "req",
                "-new",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-keyout",
                key.toString(),
                "-out",
                csr.toString(),
                "-subj",
                "/",
                "-addext",
                "subjectAltName=DNS:c.shop.svc");
        Run issued = done(issue("--csr", csr.toString()));
        assertThat(issued.err()).contains("CSR_NAMES_IGNORED", "--dns");
        assertThat(file("key.pem")).doesNotExist();
        assertThat(issued.out().lines())
                .containsExactly(file("cert.pem").toString(), file("bundle.pem").toString());
        Pem.keyEntry(text("cert.pem"), Files.readString(key));
        assertThat(issue("--csr", csr.toString()).err()).contains("cert.pem", "--force");

        Run nowhere = renew("--force");
        assertThat(nowhere.code()).isEqualTo(ExitCode.FAILED);
        assertThat(nowhere.err()).contains("key.pem", "--cert");
        done(
                signet(
                        "renew",
                        "--force",
                        "--keep-key",
                        "--cert",
                        file("cert.pem").toString(),
                        "--key",
                        key.toString()));
        Pem.keyEntry(text("cert.pem"), Files.readString(key));
    }

    @Test
    void aRequestThatProvesNoKeyIsRefusedBeforeTheTokenIsSpent() throws Exception {
        Path csr = own.resolve("own.csr");
        run(
                "openssl",
                "req",
                "-new",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-keyout",
                own.resolve("own.key").toString(),
                "-outform",
                "DER",
                "-out",
                csr.toString(),
                "-subj",
                "/");
        byte[] whole = Files.readAllBytes(csr);
        Path token = token();
        byte[] forged = whole.clone();
        forged[forged.length - 1] ^= 1;
        assertThat(issueBy(token, "--csr", Files.write(own.resolve("a"), forged).toString()).err())
                .contains("own private key");
        byte[] half = Arrays.copyOf(whole, whole.length / 2);
        assertThat(issueBy(token, "--csr", Files.write(own.resolve("b"), half).toString()).err())
                .contains("is no certification request");
        byte[] large = new byte[20_000];
        assertThat(issueBy(token, "--csr", Files.write(own.resolve("c"), large).toString()).err())
                .contains("16 KiB");
        Run both = issueBy(token, "--csr", csr.toString(), "--key-type", "p384");
        assertThat(both.code()).isEqualTo(ExitCode.USAGE);
        assertThat(both.err()).contains("--key-type");
        done(issueBy(token, "--csr", csr.toString()));
    }

    private enum Keystore {
        P12,
        JKS
    }

    @ParameterizedTest
    @EnumSource(Keystore.class)
    void keystoresAreReadByOpensslAndKeytoolBeforeAndAfterARenewal(Keystore kind) throws Exception {
        String suffix = kind.name().toLowerCase(java.util.Locale.ROOT);
        Path password = Files.writeString(own.resolve("password"), "correct horse\nsecond line\n");
        String[] options = {"--format", suffix, "--password-file", password.toString()};
        done(issue(concat(options, "--dns", "a.shop.svc")));
        assertThat(file("key.pem")).doesNotExist();
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(file("keystore." + suffix))))
                .isEqualTo("rw-------");
        X509Certificate before = readable(kind, suffix);
        done(renew(concat(options, "--force")));
        X509Certificate after = readable(kind, suffix);
        assertThat(after.getSerialNumber()).isNotEqualTo(before.getSerialNumber());
        assertThat(after.getPublicKey()).isNotEqualTo(before.getPublicKey());
        assertThat(names(after)).containsExactly("a.shop.svc");

        Path wrong = Files.writeString(own.resolve("wrong"), "another one\n");
        Run refused = renew("--force", "--password-file", wrong.toString());
        assertThat(refused.code()).isEqualTo(ExitCode.FAILED);
        assertThat(refused.err())
                .contains("keystore." + suffix)
                .contains("password")
                .doesNotContain("should not happen", "another one");
        assertThat(readable(kind, suffix)).isEqualTo(after);
    }

    private X509Certificate readable(Keystore kind, String suffix) throws Exception {
        Path keystore = file("keystore." + suffix);
        String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        assertThat(
                        run(
                                keytool,
                                "-list",
                                "-keystore",
                                keystore.toString(),
                                "-storepass",
                                "correct horse"))
                .contains("PrivateKeyEntry");
        assertThat(
                        run(
                                keytool,
                                "-list",
                                "-keystore",
                                file("truststore." + suffix).toString(),
                                "-storepass",
                                "correct horse"))
                .contains("trustedCertEntry");
        if (kind == Keystore.P12) {
            String pem =
                    run(
                            "openssl",
                            "pkcs12",
                            "-in",
                            keystore.toString(),
                            "-passin",
                            "pass:correct horse",
                            "-nodes");
            Pem.keyEntry(pem, pem);
        }
        KeyStore store = KeyStore.getInstance(keystore.toFile(), "correct horse".toCharArray());
        String alias = store.aliases().nextElement();
        assertThat(store.getKey(alias, "correct horse".toCharArray())).isNotNull();
        assertThat(store.getCertificateChain(alias)).hasSizeGreaterThan(1);
        return (X509Certificate) store.getCertificate(alias);
    }

    private static String[] concat(String[] first, String... more) {
        List<String> all = new ArrayList<>(Arrays.asList(first));
        all.addAll(Arrays.asList(more));
        return all.toArray(String[]::new);
    }

    @Test
    void aShortPasswordIsRefusedBeforeTheTokenIsSpent() throws Exception {
        Path token = token();
        Path password = Files.writeString(own.resolve("password"), "short\n");
        Run refused = issueBy(token, "--format", "p12", "--password-file", password.toString());
        assertThat(refused.code()).isEqualTo(ExitCode.FAILED);
        assertThat(refused.err()).contains("at least 6");
        done(issueBy(token));
    }

    @Test
    void whatIsNotDueIsNotRenewedAndSaysWhenItWillBe() throws Exception {
        done(issue());
        X509Certificate before = pair();
        Run early = renew(at(due(before).minusSeconds(1)));
        assertThat(early.code()).isEqualTo(ExitCode.ANSWER_IS_NO);
        assertThat(early.out()).contains(due(before).toString(), "--force");
        assertThat(pair()).isEqualTo(before);
        assertThat(onRecord()).isEqualTo(1);
        Run machine = renew(at(due(before).minusSeconds(1)), "--json");
        assertThat(Json.read(machine.out()).path("due").asString())
                .isEqualTo(due(before).toString());
        done(renew(at(due(before))));
        assertThat(pair().getSerialNumber()).isNotEqualTo(before.getSerialNumber());
    }

    @Test
    void aRenewalHasTheSameNamesAndANewKeyOfTheSameTypeAndTheFilesTheirModes() throws Exception {
        done(issue("--dns", "a.shop.svc", "--ip", "2001:db8::7", "--key-type", "p384"));
        X509Certificate before = pair();
        Files.setPosixFilePermissions(
                file("key.pem"), PosixFilePermissions.fromString("rw-r-----"));
        Files.setPosixFilePermissions(
                file("cert.pem"), PosixFilePermissions.fromString("rw-rw-r--"));
        Run run = done(renew("--force", "--json"));
        X509Certificate after = pair();
        assertThat(names(after)).containsExactlyInAnyOrderElementsOf(names(before));
        assertThat(after.getPublicKey()).isNotEqualTo(before.getPublicKey());
        assertThat(after.getPublicKey().getEncoded())
                .hasSameSizeAs(before.getPublicKey().getEncoded());
        assertThat(Json.read(run.out()).path("spiffe_id").asString()).isEqualTo(id);
        assertThat(Json.read(run.out()).path("notices").isArray()).isTrue();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file("key.pem"))))
                .isEqualTo("rw-r-----");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file("cert.pem"))))
                .isEqualTo("rw-rw-r--");
        done(renew("--force", "--keep-key"));
        assertThat(pair().getPublicKey()).isEqualTo(after.getPublicKey());
    }

    @Test
    void anEndedCertificateIsRefusedWithWhatToDo() throws Exception {
        done(issue());
        X509Certificate leaf = pair();
        Run run = renew(at(leaf.getNotAfter().toInstant().plusSeconds(1)), "--force");
        assertThat(run.code()).isEqualTo(ExitCode.NOT_PERMITTED);
        assertThat(run.err())
                .contains(leaf.getNotAfter().toInstant().toString())
                .contains("signet issue --token-file FILE --out " + files, "--force");
        assertThat(pair()).isEqualTo(leaf);
    }

    @Test
    void namesThatRenewalsAreNotGrantedLeaveEverythingAsItWas() throws Exception {
        id = "spiffe://test.signet/ns/shop/sa/bare";
        done(issue("--dns", "a.shop.svc"));
        X509Certificate before = pair();
        Run run = renew("--force");
        assertThat(run.code()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).contains("NAME_NOT_GRANTED", "current-certificate", "--no-names");
        assertThat(pair()).isEqualTo(before);
        done(renew("--force", "--no-names"));
        assertThat(names(pair())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing", "the key", "both"})
    void aReplacementThatWasInterruptedIsCompletedByTheNextRun(String placed) throws Exception {
        done(issue());
        Path before = Files.createDirectory(own.resolve("before"));
        for (String name : List.of("key.pem", "cert.pem")) {
            Files.copy(file(name), before.resolve(name));
        }
        done(renew("--force"));
        X509Certificate after = pair();
        Files.writeString(file(".key.pem.next"), text("key.pem") + text("cert.pem"));
        if (!placed.equals("both")) {
            back(before, "cert.pem");
        }
        if (placed.equals("nothing")) {
            back(before, "key.pem");
        }
        Path told = own.resolve("told");
        Run run = done(renew("--exec", "touch " + told));
        assertThat(pair()).isEqualTo(after);
        assertThat(run.out()).contains("interrupted");
        assertThat(told).as("whoever uses the files is told").exists();
        assertThat(file(".key.pem.next")).doesNotExist();
        assertThat(onRecord()).as("no certificate more").isEqualTo(2);
    }

    private void back(Path before, String name) throws IOException {
        Files.copy(before.resolve(name), file(name), StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void anInterruptedReplacementDoesNotUndoALaterOne() throws Exception {
        done(issue());
        String left = text("key.pem") + text("cert.pem");
        Awaitility.await().until(() -> Instant.now().isAfter(leafBegin().plusSeconds(17)));
        done(renew("--force"));
        X509Certificate newest = pair();
        Files.writeString(file(".key.pem.next"), left);
        assertThat(renew().code()).isEqualTo(ExitCode.ANSWER_IS_NO);
        assertThat(pair()).isEqualTo(newest);
        assertThat(file(".key.pem.next")).doesNotExist();
    }

    private Instant leafBegin() throws IOException {
        return leaf().getNotBefore().toInstant();
    }

    @Test
    void manyRenewersOfOneDirectoryMakeOneCertificate() throws Exception {
        done(issue());
        Instant due = due(pair());
        List<Future<Run>> runs = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 8; i++) {
                runs.add(threads.submit((Callable<Run>) () -> renew(at(due), "--lifetime", "12h")));
            }
        }
        List<Integer> codes = new ArrayList<>();
        for (Future<Run> run : runs) {
            codes.add(run.get().code());
        }
        assertThat(codes).contains(ExitCode.OK);
        assertThat(new HashSet<>(codes)).isSubsetOf(ExitCode.OK, ExitCode.ANSWER_IS_NO);
        pair();
        assertThat(onRecord()).isEqualTo(2);
    }

    @Test
    void renewersInProcessesOfTheirOwnLeaveAPair() throws Exception {
        done(issue());
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            processes.add(process(own.resolve("out" + i), "--force"));
        }
        for (Process process : processes) {
            assertThat(process.waitFor()).isZero();
        }
        pair();
        assertThat(file(".key.pem.next")).doesNotExist();
        assertThat(onRecord()).isBetween(2L, 3L);
    }

    private Process process(Path out, String... more) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "-Xmx128m",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "dev.signet.cli.SignetCli",
                                "renew",
                                "--data-dir",
                                server.dataDirectory().toString(),
                                "--dir",
                                files.toString()));
        command.addAll(Arrays.asList(more));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()))
                .start();
    }

    @Test
    void aCommandIsRunAfterTheReplacementAndItsEndIsTold() throws Exception {
        done(issue());
        Run good =
                done(
                        renew(
                                "--force",
                                "--exec",
                                "echo hello; cp " + file("cert.pem") + " " + own.resolve("seen")));
        assertThat(good.err()).contains("hello", "done");
        assertThat(Files.readString(own.resolve("seen"))).isEqualTo(text("cert.pem"));
        X509Certificate before = pair();
        Run bad = renew("--force", "--exec", "exit 7");
        assertThat(bad.code()).isEqualTo(ExitCode.FAILED);
        assertThat(bad.err()).contains("exit code 7", "replaced");
        assertThat(pair().getSerialNumber()).isNotEqualTo(before.getSerialNumber());
        Run early = renew("--exec", "touch " + own.resolve("early"));
        assertThat(early.code()).isEqualTo(ExitCode.ANSWER_IS_NO);
        assertThat(own.resolve("early")).as("nothing was replaced").doesNotExist();
    }

    @Test
    void aProcessIsSignaledByThePidFile() throws Exception {
        done(issue());
        Path got = own.resolve("got");
        Path ready = own.resolve("ready");
        Process waiting =
                new ProcessBuilder(
                                "/bin/sh",
                                "-c",
                                "trap 'touch "
                                        + got
                                        + "; exit 0' USR1; touch "
                                        + ready
                                        + "; while :; do sleep 0.2; done")
                        .start();
        try {
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> Files.exists(ready));
            Path pid = Files.writeString(own.resolve("pid"), waiting.pid() + "\n");
            done(renew("--force", "--pid-file", pid.toString(), "--signal", "SIGUSR1"));
            assertThat(waiting.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(got).exists();
        } finally {
            waiting.destroyForcibly();
        }
        Path none = Files.writeString(own.resolve("none"), "no number\n");
        Run bad = renew("--force", "--pid-file", none.toString());
        assertThat(bad.code()).isEqualTo(ExitCode.FAILED);
        assertThat(bad.err()).contains("names no process", "replaced");
    }

    @Test
    void whatCannotBeMeantIsACommandLineError() throws Exception {
        done(issue());
        assertThat(Run.signet("renew").code()).isEqualTo(ExitCode.USAGE);
        assertThat(renew("--key", "x").code()).isEqualTo(ExitCode.USAGE);
        assertThat(renew("--keep-key", "--key-type", "p384").code()).isEqualTo(ExitCode.USAGE);
        assertThat(renew("--exec", "true", "--pid", "1").code()).isEqualTo(ExitCode.USAGE);
        assertThat(renew("--pid", "0").code()).isEqualTo(ExitCode.USAGE);
        assertThat(renew("--pid", "1", "--signal", "9; x").code()).isEqualTo(ExitCode.USAGE);
        Files.copy(file("key.pem"), file("keystore.p12"));
        Run several = renew("--force");
        assertThat(several.code()).isEqualTo(ExitCode.USAGE);
        assertThat(several.err()).contains("--format");
        assertThat(issue("--force", "--spiffe-id", "nonsense").code()).isEqualTo(ExitCode.USAGE);
        files = own.resolve("nowhere");
        assertThat(renew().err()).contains("signet issue");
    }

    @Test
    void oneFileWithKeyAndCertificateIsReplacedAsOne() throws Exception {
        done(issue());
        Path both = Files.writeString(own.resolve("both.pem"), text("key.pem") + text("cert.pem"));
        Path link = Files.createSymbolicLink(own.resolve("link.pem"), both);
        done(signet("renew", "--force", "--cert", link.toString(), "--key", link.toString()));
        String now = Files.readString(both);
        assertThat(Pem.keyEntry(now, now).getCertificate()).isNotEqualTo(leaf());
        assertThat(link).isSymbolicLink();
    }

    @Test
    void theDaemonRenewsRunsItsCommandGoesOnAfterAKillAndStopsCleanly() throws Exception {
        done(issue("--lifetime", "45s", "--dns", "a.shop.svc"));
        Path log = own.resolve("daemon.log");
        Path runs = own.resolve("runs");
        String[] arguments = {
            "--daemon", "--json", "--lifetime", "45s", "--exec", "echo x >>" + runs
        };
        Process daemon = process(log, arguments);
        try {
            X509Certificate first = pair();
            awaitAnother(first, daemon, log);
            Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> Files.exists(runs) && Files.size(runs) >= 2);

            daemon.destroyForcibly().waitFor();
            X509Certificate second = settled();
            daemon = process(log, arguments);
            awaitAnother(second, daemon, log);

            X509Certificate third = settled();
            daemon.destroy();
            assertThat(daemon.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(daemon.exitValue()).as(Files.readString(log)).isEqualTo(ExitCode.OK);
            assertThat(Files.readString(log)).contains("\"event\":\"stopped\"");
            assertThat(names(third)).containsExactly("a.shop.svc");
        } finally {
            daemon.destroyForcibly();
        }
    }

    private void awaitAnother(X509Certificate before, Process daemon, Path log) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() -> {
                    assertThat(daemon.isAlive()).as(Files.readString(log)).isTrue();
                    return !leaf().getSerialNumber().equals(before.getSerialNumber());
                });
    }

    /// A reader may come between the two files.
    private X509Certificate settled() {
        return Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .ignoreException(IllegalArgumentException.class)
                .until(this::pair, leaf -> true);
    }

    @Test
    void theDaemonOutlivesAnOutageOfTheCa() throws Exception {
        done(issue("--lifetime", "60s"));
        X509Certificate before = pair();
        Path log = own.resolve("daemon.log");
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Process daemon = process(log, "--daemon", "--server", "localhost:" + port);
        try {
            Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> Files.readString(log).contains("not renewed: "));
            assertThat(pair()).isEqualTo(before);
            try (Relay _ = new Relay(port, server.grpcPort())) {
                awaitAnother(before, daemon, log);
            }
        } finally {
            daemon.destroyForcibly();
        }
    }

    /// Passes connections on.
    private static final class Relay implements AutoCloseable {

        private final ServerSocket door;
        private final int target;

        Relay(int port, int target) throws IOException {
            this.door = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
            this.target = target;
            Thread.ofVirtual().start(this::accept);
        }

        private void accept() {
            while (!door.isClosed()) {
                try {
                    Socket near = door.accept();
                    Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
                    Thread.ofVirtual().start(() -> pass(near, far));
                    Thread.ofVirtual().start(() -> pass(far, near));
                } catch (IOException e) {
                    // Closed.
                }
            }
        }

        private static void pass(Socket from, Socket to) {
            try (from;
                    to) {
                from.getInputStream().transferTo(to.getOutputStream());
            } catch (IOException e) {
                // One side has gone.
            }
        }

        @Override
        public void close() throws IOException {
            door.close();
        }
    }

    @Test
    void theDaemonTriesUntilTheCertificateHasEndedThenSaysWhatToDo() throws Exception {
        done(issue("--lifetime", "30s"));
        Path log = own.resolve("daemon.log");
        Process daemon = process(log, "--daemon", "--server", "localhost:1");
        try {
            assertThat(daemon.waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(daemon.exitValue())
                    .as(Files.readString(log))
                    .isEqualTo(ExitCode.NOT_PERMITTED);
            assertThat(Files.readString(log))
                    .contains("not renewed: ", "next renewal at", "signet issue --token-file");
        } finally {
            daemon.destroyForcibly();
        }
    }
}
