package dev.signet.image;

import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/// The runtime in an image: the modules that our programs use, of the JDK that this runs on.
/// Stateless.
final class JavaRuntime {

    static final String JAVA = "/opt/java/bin/java";

    /// What jdeps finds, and beside: names by DNS, files within jars, figures of the JVM, and
    /// java.desktop for java.beans alone, which Spring binds settings by.
    private static final List<String> MODULES =
            List.of(
                    "java.base",
                    "java.desktop",
                    "java.instrument",
                    "java.logging",
                    "java.management",
                    "java.naming",
                    "java.net.http",
                    "java.scripting",
                    "java.security.jgss",
                    "java.sql",
                    "java.xml",
                    "jdk.crypto.cryptoki",
                    "jdk.crypto.ec",
                    "jdk.httpserver",
                    "jdk.jfr",
                    "jdk.management",
                    "jdk.naming.dns",
                    "jdk.net",
                    "jdk.unsupported",
                    "jdk.zipfs");

    /// Besides what is in bin.
    private static final List<String> EXECUTABLES = List.of("jspawnhelper", "jexec");

    private JavaRuntime() {}

    /// @param directory is replaced
    /// @throws IOException when jlink fails, with what it said
    static Path link(Path directory) throws IOException {
        delete(directory);
        Files.createDirectories(directory.toAbsolutePath().getParent());
        ToolProvider jlink =
                ToolProvider.findFirst("jlink")
                        .orElseThrow(() -> new IOException("this JDK has no jlink"));
        StringWriter said = new StringWriter();
        PrintWriter writer = new PrintWriter(said);
        int code =
                jlink.run(
                        writer,
                        writer,
                        "--add-modules",
                        String.join(",", MODULES),
                        "--strip-debug",
                        "--no-header-files",
                        "--no-man-pages",
                        // Generated classes differ from run to run; those of the JDK stay as they
                        // are.
                        "--disable-plugin",
                        "generate-jli-classes",
                        "--compress",
                        "zip-6",
                        "--output",
                        directory.toString());
        if (code != 0) {
            throw new IOException("jlink: " + said);
        }
        // Other programs of the JDK have no use there but an intruder's.
        try (Stream<Path> programs = Files.list(directory.resolve("bin"))) {
            for (Path program : programs.filter(file -> !file.endsWith("java")).toList()) {
                Files.delete(program);
            }
        }
        return directory;
    }

    static FileEntriesLayer layer(Path runtime) throws IOException {
        return FileEntriesLayer.builder()
                .setName("runtime")
                .addEntryRecursive(
                        runtime,
                        AbsoluteUnixPath.get("/opt/java"),
                        (file, target) -> permissions(runtime, file))
                .build();
    }

    private static FilePermissions permissions(Path runtime, Path file) {
        Path name = runtime.relativize(file);
        boolean executable =
                Files.isDirectory(file)
                        || name.startsWith("bin")
                        || EXECUTABLES.contains(
                                file.getFileName().toString().toLowerCase(Locale.ROOT));
        return FilePermissions.fromOctalString(executable ? "755" : "644");
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
