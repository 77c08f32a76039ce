package dev.signet.image;

import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// An application's jars, and how the JVM is started on them. Other projects' jars are a layer of
/// their own, which stays the same from build to build.
final class Application {

    private static final AbsoluteUnixPath HOME = AbsoluteUnixPath.get("/app");
    private static final FilePermissions READABLE = FilePermissions.fromOctalString("644");

    /// Half of the container's memory is heap; TLS and cryptography take theirs beside it. Without
    /// memory it ends, since the orchestrator starts it anew.
    private static final List<String> FLAGS =
            List.of(
                    "-XX:+UseSerialGC",
                    "-XX:MaxRAMPercentage=50",
                    "-XX:TrimNativeHeapInterval=10000",
                    "-XX:+ExitOnOutOfMemoryError",
                    "--enable-native-access=ALL-UNNAMED");

    private static final Pattern NATIVE =
            Pattern.compile("-(linux|osx|windows)-(x86_64|aarch_64)\\.jar$");

    private final List<Path> jars;
    private final Map<String, String> starts;

    /// @param starts name of an argument file and the class that it starts, the first one first
    Application(Path libraries, Map<String, String> starts) throws IOException {
        try (Stream<Path> files = Files.list(libraries)) {
            this.jars =
                    files.filter(file -> file.toString().endsWith(".jar"))
                            .filter(file -> !isForeign(file))
                            .sorted()
                            .toList();
        }
        if (jars.isEmpty()) {
            throw new IOException("no jars in " + libraries);
        }
        this.starts = starts;
    }

    FileEntriesLayer libraries() {
        return layer("libraries", false);
    }

    /// Our own jars and the argument files.
    ///
    /// @param directory where the argument files are made
    FileEntriesLayer own(Path directory) throws IOException {
        FileEntriesLayer.Builder layer = layer("application", true).toBuilder();
        Files.createDirectories(directory);
        for (Map.Entry<String, String> start : starts.entrySet()) {
            Path file = directory.resolve(start.getKey());
            Files.writeString(file, arguments(start.getValue()));
            layer.addEntry(file, HOME.resolve(start.getKey()), READABLE);
        }
        return layer.build();
    }

    String entryPoint() {
        return HOME.resolve(starts.keySet().iterator().next()).toString();
    }

    private String arguments(String mainClass) {
        return String.join("\n", FLAGS)
                + "\n-cp "
                + jars.stream().map(jar -> target(jar).toString()).collect(Collectors.joining(":"))
                + "\n"
                + mainClass
                + "\n";
    }

    private FileEntriesLayer layer(String name, boolean own) {
        FileEntriesLayer.Builder layer = FileEntriesLayer.builder().setName(name);
        jars.stream()
                .filter(jar -> isOwn(jar) == own)
                .forEach(jar -> layer.addEntry(jar, target(jar), READABLE));
        return layer.build();
    }

    private static AbsoluteUnixPath target(Path jar) {
        return HOME.resolve("lib").resolve(jar.getFileName().toString());
    }

    private static boolean isOwn(Path jar) {
        return jar.getFileName().toString().startsWith("signet-");
    }

    /// Native libraries of another system or processor would hide ours: they bear the same names.
    private static boolean isForeign(Path jar) {
        String name = jar.getFileName().toString();
        String ours = System.getProperty("os.arch").equals("aarch64") ? "aarch_64" : "x86_64";
        return NATIVE.matcher(name).find() && !name.endsWith("-linux-" + ours + ".jar");
    }
}
