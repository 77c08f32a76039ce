package dev.signet.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

class ImageBuildTest {

    @TempDir Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "debian",
                "debian:12",
                "debian@sha256:abc",
                "debian:12@sha512:0000000000000000000000000000000000000000000000000000000000000000"
            })
    void refusesABaseThatMayBeAnotherOneTomorrow(String base) {
        StringWriter said = new StringWriter();
        int code =
                new CommandLine(new ImageBuild(new PrintStream(OutputStream.nullOutputStream())))
                        .setErr(new PrintWriter(said))
                        .execute(
                                "--base=" + base,
                                "--name=a:1",
                                "--created=2026-01-01T00:00:00Z",
                                "--libraries=" + directory,
                                "--start=a=A",
                                "--work=" + directory,
                                "--output=" + directory.resolve("a.tar"));
        assertThat(code).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(said.toString()).contains("expected: REPOSITORY@sha256:DIGEST, or scratch");
        assertThat(directory.resolve("a.tar")).doesNotExist();
    }

    @Test
    void takesJarsOfThisSystemOnlyAndOursInALayerOfTheirOwn() throws IOException {
        boolean arm = System.getProperty("os.arch").equals("aarch64");
        String ours = arm ? "aarch_64" : "x86_64";
        String other = arm ? "x86_64" : "aarch_64";
        for (String jar :
                List.of(
                        "b.jar",
                        "a.jar",
                        "n-linux-" + ours + ".jar",
                        "n-linux-" + other + ".jar",
                        "n-osx-" + ours + ".jar",
                        "n-windows-x86_64.jar",
                        "signet-c.jar",
                        "readme.txt")) {
            Files.createFile(directory.resolve(jar));
        }
        Application application = new Application(directory, Map.of("run", "dev.example.Main"));
        assertThat(names(application.libraries()))
                .containsExactly(
                        "/app/lib/a.jar", "/app/lib/b.jar", "/app/lib/n-linux-" + ours + ".jar");
        assertThat(names(application.own(directory.resolve("start"))))
                .containsExactly("/app/lib/signet-c.jar", "/app/run");
        assertThat(directory.resolve("start/run"))
                .content()
                .contains(
                        "\n-cp /app/lib/a.jar:/app/lib/b.jar:/app/lib/n-linux-"
                                + ours
                                + ".jar:/app/lib/signet-c.jar\ndev.example.Main\n");
        assertThat(application.entryPoint()).isEqualTo("/app/run");
    }

    @Test
    void packsNothingOutOfAnEmptyFolder() {
        assertThatThrownBy(() -> new Application(directory, Map.of("run", "Main")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no jars");
    }

    private static List<String> names(FileEntriesLayer layer) {
        return layer.getEntries().stream()
                .map(entry -> entry.getExtractionPath().toString())
                .toList();
    }
}
