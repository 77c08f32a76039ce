package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

class ContextCommandsTest {

    @TempDir Path directory;

    private Run context(String... arguments) {
        List<String> all = new ArrayList<>(List.of("context"));
        all.addAll(Arrays.asList(arguments));
        all.add("--contexts-file");
        all.add(file().toString());
        return Run.signet(all.toArray(String[]::new));
    }

    private Path file() {
        return directory.resolve("config/contexts.yaml");
    }

    private Run add(String name, String... credential) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "add",
                                name,
                                "--server",
                                "ca.example.org",
                                "--ca-bundle",
                                "/ca.pem"));
        all.addAll(Arrays.asList(credential));
        return context(all.toArray(String[]::new));
    }

    private void write(String yaml, String permissions) throws IOException {
        Files.createDirectories(file().getParent());
        Files.writeString(file(), yaml);
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString(permissions));
    }

    @Test
    void contextsAreAddedUsedShownAndRemoved() throws Exception {
        assertThat(context("list").err()).contains("no contexts");
        assertThat(add("prod", "--token-variable", "TOKEN").code()).isEqualTo(ExitCode.OK);
        assertThat(add("test", "--token-command", "echo x").code()).isEqualTo(ExitCode.OK);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        assertThat(context("list").out())
                .containsPattern("\\* +prod +https://ca.example.org:9443 +the token in \\$TOKEN")
                .containsPattern(" +test +https://ca.example.org:9443 +the token that `echo x`");
        assertThat(context("use", "test").code()).isEqualTo(ExitCode.OK);
        assertThat(context("show").out()).contains("test");
        assertThat(context("remove", "test").code()).isEqualTo(ExitCode.OK);
        assertThat(context("list").out()).contains("prod").doesNotContain("test", "*");
        assertThat(context("show").err()).contains("no context is in use");
    }

    @Test
    void everyCredentialIsReadAsItWasWritten() {
        assertThat(add("a", "--certificate", "/c.pem", "--key", "/k.pem").code()).isZero();
        assertThat(add("b", "--token-file", "/t").code()).isZero();
        assertThat(add("c", "--operator-credential", "/o").code()).isZero();
        assertThat(context("list", "--json").out())
                .contains(
                        "the certificate in /c.pem",
                        "the token in /t",
                        "the operator credential in /o");
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY"})
    void E32_aKeyInAFormThatCannotBeUsedIsRefusedWithTheCommandThatConvertsIt(String label)
            throws Exception {
        Path key =
                Files.writeString(
                        Files.createDirectories(file().toAbsolutePath().getParent())
                                .resolveSibling("ops-" + label.length() + ".key"),
                        "-----BEGIN " + label + "-----\nAAAA\n-----END " + label + "-----\n");
        Run run = add("ops", "--certificate", "/c.pem", "--key", key.toString());
        assertThat(run.code()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err())
                .contains(key + ": the private key is", "openssl pkey -in FILE -out NEW_FILE");
        assertThat(context("list").out()).doesNotContain("ops");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw-rw-rw-"})
    void aFileThatOthersCanReadIsRefusedWithWhatToDo(String permissions) throws Exception {
        write("contexts: {}", permissions);
        Run run = context("list");
        assertThat(run.code()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).contains("open to others").contains("chmod 600 " + file());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "contexts: []",
                "contexts: {a: {server: h}}",
                "contexts: {a: {server: h, ca-bundle: b}}",
                "contexts: {a: {server: h, ca-bundle: b, token-file: t, token-variable: T}}",
                "contexts: {a: {server: h, ca-bundle: b, token-fil: t}}",
                "contexts: {a: {server: h, ca-bundle: b, certificate: t}}",
                "contexts: {../a: {server: h, ca-bundle: b, token-file: t}}",
                "{current: b, contexts: {}}",
                "contexts: !!java.net.URL ['http://localhost']",
                "contexts: {a: 1, a: 2}"
            })
    void aBrokenFileIsRefusedAndNamed(String yaml) throws Exception {
        write(yaml, "rw-------");
        Run run = context("list");
        assertThat(run.code()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).contains(file() + " cannot be used");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://h",
                "https://u:p@h",
                "https://h/path",
                "https://h?q",
                "h:x",
                "https://",
                ""
            })
    void anAddressThatIsNoneIsRefused(String address) {
        Run run = context("add", "a", "--server", address, "--ca-bundle", "b", "--token-file", "t");
        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("no address of an admin API");
        assertThat(file()).doesNotExist();
    }

    @Test
    void twoCredentialsAreOneTooMany() {
        assertThat(add("a", "--token-file", "t", "--token-variable", "T").code())
                .isEqualTo(ExitCode.USAGE);
        assertThat(add("a").code()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void anUnknownContextIsNamedWithThoseThatThereAre() {
        add("prod", "--token-file", "t");
        Run run = context("use", "pord");
        assertThat(run.code()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).contains("there is no context 'pord'").contains("prod");
    }

    @Test
    void aContextIsReplacedOnRequestOnly() {
        assertThat(add("prod", "--token-file", "/first").code()).isZero();
        Run again = add("prod", "--token-file", "/second");
        assertThat(again.code()).isEqualTo(ExitCode.FAILED);
        assertThat(again.err()).contains("context prod exists").contains("/first", "--force");
        assertThat(context("list").out()).contains("/first");
        assertThat(add("prod", "--token-file", "/second", "--force").code()).isZero();
        assertThat(context("list").out()).contains("/second").doesNotContain("/first");
    }

    @Test
    void contextsThatAreAddedAtOnceAreAllKept() throws Exception {
        int count = 16;
        CountDownLatch together = new CountDownLatch(count);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Run>> runs = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                String name = "c" + i;
                runs.add(
                        threads.submit(() -> {
                            together.countDown();
                            together.await();
                            return add(name, "--token-file", "/t");
                        }));
            }
            for (Future<Run> run : runs) {
                assertThat(run.get().code()).as(run.get().err()).isZero();
            }
        }
        assertThat(context("list").out().lines()).hasSize(1 + count);
    }
}
