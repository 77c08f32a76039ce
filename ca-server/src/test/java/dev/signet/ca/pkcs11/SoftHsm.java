package dev.signet.ca.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// SoftHSM 2 (Debian: softhsm2) with a token directory of this JVM's own. Where it is not installed
/// tests are skipped, unless REQUIRE_SOFTHSM is set, as CI sets it.
public final class SoftHsm {

    private static final List<Path> PLACES =
            List.of(
                    Path.of("/usr/lib/softhsm/libsofthsm2.so"),
                    Path.of("/usr/lib64/pkcs11/libsofthsm2.so"),
                    Path.of("/usr/local/lib/softhsm/libsofthsm2.so"),
                    Path.of("/opt/homebrew/lib/softhsm/libsofthsm2.so"));

    private static final Path DIRECTORY = directory();

    private SoftHsm() {}

    /// The library; ends the test where there is none.
    public static Path library() {
        Optional<Path> found = PLACES.stream().filter(Files::exists).findFirst();
        if (found.isEmpty() && System.getenv("REQUIRE_SOFTHSM") != null) {
            throw new AssertionError("SoftHSM 2 is not installed (Debian: softhsm2)");
        }
        Assumptions.assumeTrue(
                found.isPresent(), "SoftHSM 2 is not installed (Debian: softhsm2): not tested");
        return found.orElseThrow();
    }

    /// Makes a token. The library sees it when it is initialized the next time.
    public static void makeToken(String label, String pin) {
        library();
        run("--init-token", "--free", "--label", label, "--so-pin", "so-" + pin, "--pin", pin);
    }

    public static void removeToken(String label) {
        run("--delete-token", "--token", label);
    }

    /// Where its tokens are, each a directory.
    public static Path tokens() {
        return DIRECTORY.resolve("tokens");
    }

    /// What a process of its own needs to use the same tokens.
    public static Map<String, String> environment() {
        return Map.of("SOFTHSM2_CONF", DIRECTORY.resolve("softhsm2.conf").toString());
    }

    private static void run(String... arguments) {
        try {
            ProcessBuilder builder = new ProcessBuilder("softhsm2-util");
            builder.command().addAll(List.of(arguments));
            builder.environment().putAll(environment());
            Process process = builder.redirectErrorStream(true).start();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Path directory() {
        try {
            Path directory = Files.createTempDirectory("signet-softhsm");
            Files.createDirectories(directory.resolve("tokens"));
            Path configuration = directory.resolve("softhsm2.conf");
            Files.writeString(
                    configuration,
                    "directories.tokendir = "
                            + directory.resolve("tokens")
                            + "\nlog.level = ERROR\n");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory)));
            setEnvironment("SOFTHSM2_CONF", configuration.toString());
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The library looks there, and Java cannot change its own environment.
    @SuppressWarnings("restricted")
    private static void setEnvironment(String name, String value) {
        Linker linker = Linker.nativeLinker();
        try (Arena arena = Arena.ofConfined()) {
            int _ =
                    (int)
                            linker.downcallHandle(
                                            linker.defaultLookup().find("setenv").orElseThrow(),
                                            FunctionDescriptor.of(
                                                    JAVA_INT, ADDRESS, ADDRESS, JAVA_INT))
                                    .invokeExact(
                                            arena.allocateFrom(name), arena.allocateFrom(value), 1);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .map(Path::toFile)
                    .forEach(java.io.File::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
