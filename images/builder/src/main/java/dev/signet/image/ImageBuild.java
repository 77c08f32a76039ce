package dev.signet.image;

import com.google.cloud.tools.jib.api.CacheDirectoryCreationException;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainer;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.Ports;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;

/// The command that builds one image. Exit code 0: written; 1: not; 2: wrong usage.
@Command(
        name = "image-build",
        mixinStandardHelpOptions = true,
        description = "Packs a runtime and an application into a container image.")
public final class ImageBuild implements Callable<Integer> {

    /// Nobody's: no file in the image belongs to it.
    static final String USER = "65532:65532";

    private static final Pattern BY_DIGEST = Pattern.compile("[^@ ]+@sha256:[0-9a-f]{64}");
    private static final String SCRATCH = "scratch";

    @Option(
            names = "--base",
            defaultValue = SCRATCH,
            description =
                    "REPOSITORY@sha256:DIGEST of an image with a C library, or scratch: the C library"
                            + " of this machine (default: ${DEFAULT-VALUE}).")
    private String base = SCRATCH;

    @Option(names = "--name", required = true, description = "Name and tag of the image.")
    private String name = "";

    @Option(
            names = "--created",
            required = true,
            description = "Its time, for all builds of a release.")
    private Instant created = Instant.EPOCH;

    @Option(
            names = "--libraries",
            required = true,
            description = "Folder with the application's jars.")
    private Path libraries = Path.of("");

    @Option(
            names = "--start",
            required = true,
            description =
                    "NAME=MAIN-CLASS: /app/NAME has the JVM's arguments for it; the first one is the"
                            + " image's entry point.")
    private Map<String, String> starts = new LinkedHashMap<>();

    @Option(names = "--port", split = ",", description = "TCP ports that are listened on.")
    private List<String> ports = List.of();

    @Option(names = "--work", required = true, description = "Folder for what is made on the way.")
    private Path work = Path.of("");

    @Option(names = "--output", required = true, description = "File to write, a tar.")
    private Path output = Path.of("");

    @Spec private @Nullable CommandSpec command;

    private final PrintStream out;

    ImageBuild(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new ImageBuild(System.out)).execute(arguments));
    }

    @Override
    public Integer call()
            throws IOException,
                    InterruptedException,
                    ExecutionException,
                    InvalidImageReferenceException,
                    RegistryException,
                    CacheDirectoryCreationException {
        boolean scratch = base.equals(SCRATCH);
        // By a tag the same sources would give another image tomorrow.
        if (!scratch && !BY_DIGEST.matcher(base).matches()) {
            throw new CommandLine.ParameterException(
                    Objects.requireNonNull(command).commandLine(),
                    "--base: " + base + " (expected: REPOSITORY@sha256:DIGEST, or scratch)");
        }
        Path runtime = JavaRuntime.link(work.resolve("runtime"));
        Application application = new Application(libraries, starts);
        JibContainerBuilder image = scratch ? Jib.fromScratch() : Jib.from(base);
        if (scratch) {
            image.addFileEntriesLayer(SystemFiles.layer(work.resolve("system")));
        }
        image.addFileEntriesLayer(JavaRuntime.layer(runtime))
                .addFileEntriesLayer(application.libraries())
                .addFileEntriesLayer(application.own(work.resolve("start")))
                .setEntrypoint(JavaRuntime.JAVA, "@" + application.entryPoint())
                .setUser(USER)
                .setWorkingDirectory(AbsoluteUnixPath.get("/app"))
                .setExposedPorts(Ports.parse(ports))
                .addLabel("org.opencontainers.image.title", name.replaceFirst(":.*", ""))
                .addLabel("org.opencontainers.image.version", name.replaceFirst(".*:", ""))
                .addLabel("org.opencontainers.image.licenses", "Apache-2.0")
                .setCreationTime(created)
                .setFormat(ImageFormat.OCI);
        Files.createDirectories(output.toAbsolutePath().getParent());
        Files.deleteIfExists(output);
        JibContainer container =
                image.containerize(
                        Containerizer.to(TarImage.at(output).named(name))
                                .setBaseImageLayersCache(work.resolve("cache"))
                                .setApplicationLayersCache(work.resolve("cache"))
                                .setToolName("signet-image-builder")
                                .setOfflineMode(scratch));
        out.println(output.getFileName() + " " + container.getDigest());
        return 0;
    }
}
