package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The commands against `signet server` as a user starts it: a process of its own with its embedded
/// PostgreSQL.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SignetCliIT {

    private static final String ORDERS = "spiffe://signet.local/ns/shop/sa/orders";

    @TempDir static Path directory;
    private static Path data;
    private static Process server;

    @TempDir Path out;

    @BeforeAll
    static void startServer() throws Exception {
        data = directory.resolve("data");
        server = launchServer();
        awaitServer();
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.destroy();
        assertThat(server.waitFor(1, TimeUnit.MINUTES)).isTrue();
    }

    private static Process launchServer() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.signet.cli.SignetCli",
                        "server",
                        "--json",
                        "--data-dir",
                        data.toString(),
                        "--listen",
                        "127.0.0.1",
                        "--grpc-port",
                        "0",
                        "--http-port",
                        "0",
                        "--admin-port",
                        "0",
                        "--set",
                        "signet.stop.drain-time=0s")
                .redirectOutput(directory.resolve("server.out").toFile())
                .redirectError(directory.resolve("server.err").toFile())
                .start();
    }

    private static void awaitServer() {
        Awaitility.await()
                .atMost(java.time.Duration.ofMinutes(2))
                .until(() -> {
                    if (!server.isAlive()) {
                        throw new IllegalStateException(
                                Files.readString(directory.resolve("server.err")));
                    }
                    return Files.readString(directory.resolve("server.out")).contains("}");
                });
    }

    @Test
    void theDataDirectoryIsClosedAndItsSecretsToo() throws Exception {
        assertThat(mode(data)).isEqualTo("rwx------");
        assertThat(mode(data.resolve("key-encryption-key"))).isEqualTo("rw-------");
        assertThat(mode(data.resolve("operator-credential"))).isEqualTo("rw-------");
        assertThat(mode(data.resolve("postgres/password"))).isEqualTo("rw-------");
    }

    @Test
    void aTokenGetsACertificateThatOpensslAcceptsForBothPurposes() throws Exception {
        assertThat(issue("orders").code()).isEqualTo(ExitCode.OK);
        Path files = out.resolve("orders");
        assertThat(mode(files.resolve("key.pem"))).isEqualTo("rw-------");
        assertThat(mode(files.resolve("cert.pem"))).isEqualTo("rw-r--r--");
        for (String purpose : List.of("sslserver", "sslclient")) {
            String said =
                    openssl(
                            "verify",
                            "-CAfile",
                            files.resolve("bundle.pem").toString(),
                            "-untrusted",
                            files.resolve("cert.pem").toString(),
                            "-purpose",
                            purpose,
                            files.resolve("cert.pem").toString());
            assertThat(said).endsWith("cert.pem: OK\n");
        }
        Run inspected = Run.signet("inspect", files.resolve("cert.pem").toString());
        assertThat(inspected.out()).contains(ORDERS).contains("intermediate CA").contains("valid,");
    }

    @Test
    void theTokenAloneGoesToStdout() {
        Run run = token();
        assertThat(run.code()).isEqualTo(ExitCode.OK);
        assertThat(run.out().strip()).matches("[!-~]{16,128}");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void aTokenWorksOnce() {
        String token = token().out().strip();
        assertThat(issue(token, "first").code()).isEqualTo(ExitCode.OK);
        Run second = issue(token, "second");
        assertThat(second.code()).isEqualTo(ExitCode.FAILED);
        assertThat(second.err()).contains("TOKEN_ALREADY_USED");
        assertThat(out.resolve("second/key.pem")).doesNotExist();
    }

    @Test
    void aFileThatIsThereIsKeptAndTheTokenNotSpent() throws Exception {
        Path key = Files.createDirectories(out.resolve("kept")).resolve("key.pem");
        Files.writeString(key, "mine");
        String token = token().out().strip();
        Run refused = issue(token, "kept");
        assertThat(refused.code()).isEqualTo(ExitCode.FAILED);
        assertThat(refused.err()).contains("--force");
        assertThat(Files.readString(key)).isEqualTo("mine");
        assertThat(issue(token, "kept", "--force").code()).isEqualTo(ExitCode.OK);
        assertThat(Files.readString(key)).startsWith("-----BEGIN PRIVATE KEY-----");
    }

    @Test
    void everyTypeOfKeyIsIssued() {
        for (String type : List.of("p256", "p384", "ed25519", "rsa-2048")) {
            Run run = issue(token().out().strip(), type, "--key-type", type, "--json");
            assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.OK);
            assertThat(run.out()).contains("\"spiffe_id\": \"" + ORDERS + "\"");
        }
    }

    @Test
    void theLedgerListsWhatWasIssuedByPrefix() {
        Run issued = issue(token().out().strip(), "listed", "--json");
        String serial = issued.out().replaceAll("(?s).*\"serial_number\": \"(\\w+)\".*", "$1");
        Run listed = list("--spiffe-id", "spiffe://signet.local/ns/shop/", "--json");
        assertThat(listed.code()).isEqualTo(ExitCode.OK);
        assertThat(listed.out()).contains(serial).doesNotContain("signet/server");
        assertThat(list("--spiffe-id", "spiffe://signet.local/ns/none").err())
                .contains("nothing matches these filters");
        assertThat(list("--limit", "1").out().lines()).hasSize(2);
    }

    @Test
    void anIdOfAnotherTrustDomainIsRefused() {
        Run run =
                Run.signet(
                        "token",
                        "create",
                        "--data-dir",
                        data.toString(),
                        "--spiffe-id",
                        "spiffe://elsewhere/x");
        assertThat(run.code()).isEqualTo(ExitCode.FAILED);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("refused");
    }

    @Test
    void aWrongCredentialIsRefused() throws Exception {
        Path credential = Files.writeString(out.resolve("credential"), "x".repeat(43));
        Run run = list("--credential", credential.toString());
        assertThat(run.code()).isEqualTo(ExitCode.NOT_PERMITTED);
        assertThat(run.err()).contains("UNAUTHENTICATED").contains(credential.toString());
    }

    @Test
    void aServerThatTheBundleDoesNotVouchForIsNotTalkedTo() throws Exception {
        Path other = out.resolve("other.pem");
        openssl(
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-subj",
                "/CN=Other",
                "-keyout",
                out.resolve("other.key").toString(),
                "-out",
                other.toString());
        Run listed = list("--bundle", other.toString());
        assertThat(listed.code()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(listed.err()).contains("is not the server of the trust bundle");
        String token = token().out().strip();
        Run issued = issue(token, "never", "--bundle", other.toString());
        assertThat(issued.code()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(issue(token, "still-good").code()).isEqualTo(ExitCode.OK);
    }

    @Test
    void aSecondServerOnTheSameDataDirectoryIsRefused() throws Exception {
        Process second = launchServerTo("second");
        assertThat(second.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(second.exitValue()).isEqualTo(ExitCode.FAILED);
        assertThat(Files.readString(directory.resolve("second.err"))).contains("in use");
        assertThat(token().code()).isEqualTo(ExitCode.OK);
    }

    private static Process launchServerTo(String name) throws IOException {
        List<String> command = new ArrayList<>(server.info().command().stream().toList());
        command.addAll(
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.signet.cli.SignetCli",
                        "server",
                        "--data-dir",
                        data.toString(),
                        "--grpc-port",
                        "0",
                        "--http-port",
                        "0",
                        "--admin-port",
                        "0"));
        return new ProcessBuilder(command)
                .redirectOutput(directory.resolve(name + ".out").toFile())
                .redirectError(directory.resolve(name + ".err").toFile())
                .start();
    }

    private static Run token() {
        return Run.signet("token", "create", "--data-dir", data.toString(), "--spiffe-id", ORDERS);
    }

    private Run issue(String name) {
        return issue(token().out().strip(), name);
    }

    private Run issue(String token, String name, String... more) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "issue",
                                "--data-dir",
                                data.toString(),
                                "--token",
                                token,
                                "--out",
                                out.resolve(name).toString()));
        arguments.addAll(List.of(more));
        return Run.signet(arguments.toArray(String[]::new));
    }

    private static Run list(String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("certificates", "list", "--data-dir", data.toString()));
        arguments.addAll(List.of(more));
        return Run.signet(arguments.toArray(String[]::new));
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private static String openssl(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            assumeTrue(false, "no openssl here");
            throw e;
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
