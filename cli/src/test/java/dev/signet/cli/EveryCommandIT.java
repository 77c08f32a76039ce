package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The command line where there is nothing: no terminal, no input, no HOME, no TERM.
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class EveryCommandIT {

    @TempDir Path directory;

    private List<String> lines(String main, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Duser.home=?"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        Process process =
                builder.directory(directory.toFile())
                        .redirectInput(new File("/dev/null"))
                        .redirectErrorStream(true)
                        .start();
        List<String> lines =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .toList();
        process.waitFor();
        return lines;
    }

    @Test
    void everyCommandEndsWithASentenceWhereThereIsNeitherTerminalNorInputNorHome()
            throws Exception {
        Path pem = new TestPki().bundle(directory.resolve("ca.pem"));
        List<String> lines = lines(EveryCommand.class.getName(), pem.toString());
        assertThat(lines).as(String.join("\n", lines)).hasSizeGreaterThan(100);
        assertThat(lines)
                .allSatisfy(line ->
                        assertThat(line)
                                .matches("[0-6]\t[^\t]+\t.+")
                                .doesNotContain("should not happen")
                                .doesNotContain("Exception")
                                .doesNotContain("\tat "));
        assertThat(lines)
                .filteredOn(line -> line.startsWith("2\tserver\t"))
                .as("a server without a home says what to give")
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).contains("--data-dir", "HOME"));
        try (var left = Files.list(directory)) {
            assertThat(left).as("nothing is made beside").containsExactly(pem);
        }
    }

    @Test
    void aKeystoreWithoutATerminalNamesTheOptionThatIsMissing() throws Exception {
        Path pem = new TestPki().bundle(directory.resolve("ca.pem"));
        Path token = Files.writeString(directory.resolve("token"), "token\n");
        Path out = directory.resolve("out");
        List<String> issue =
                lines(
                        SignetCli.class.getName(),
                        "issue",
                        "--token-file",
                        token.toString(),
                        "--out",
                        out.toString(),
                        "--format",
                        "p12",
                        "--server",
                        "localhost:1",
                        "--bundle",
                        pem.toString());
        assertThat(String.join("\n", issue))
                .contains("password of " + out.resolve("keystore.p12"), "--password-file")
                .doesNotContain("Exception", "should not happen");
        Files.writeString(out.resolve("keystore.jks"), "some keystore");
        List<String> renew =
                lines(
                        SignetCli.class.getName(),
                        "renew",
                        "--dir",
                        out.toString(),
                        "--server",
                        "localhost:1",
                        "--bundle",
                        pem.toString());
        assertThat(String.join("\n", renew))
                .contains("password of " + out.resolve("keystore.jks"), "--password-file")
                .doesNotContain("Exception", "should not happen");
    }

    @Test
    void anImportWithoutATerminalNamesTheOptionThatIsMissing() throws Exception {
        Path pem = new TestPki().bundle(directory.resolve("ca.pem"));
        List<String> lines =
                lines(
                        SignetCli.class.getName(),
                        "authorities",
                        "import",
                        "--pkcs12",
                        pem.toString(),
                        "--reason",
                        "move",
                        "--server",
                        "https://localhost:1",
                        "--bundle",
                        pem.toString(),
                        "--credential",
                        Files.writeString(directory.resolve("operator"), "secret\n").toString());
        assertThat(String.join("\n", lines))
                .contains("passphrase of " + pem, "--passphrase-file")
                .doesNotContain("Exception", "should not happen");
    }
}
