package dev.signet.ca;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Map;

/// Files as the kubelet mounts them from a Secret or ConfigMap: each is a symbolic link through
/// `..data`, which is replaced as a whole. Every file has the same time of change.
public final class MountedFiles {

    private static final FileTime ALWAYS = FileTime.fromMillis(1_700_000_000_000L);

    private final Path directory;
    private int generation;

    private MountedFiles(Path directory) {
        this.directory = directory;
    }

    /// @param directory empty
    public static MountedFiles in(Path directory, Map<String, byte[]> files) throws IOException {
        MountedFiles mounted = new MountedFiles(directory);
        mounted.replace(files);
        for (String name : files.keySet()) {
            Files.createSymbolicLink(directory.resolve(name), Path.of("..data", name));
        }
        return mounted;
    }

    public Path file(String name) {
        return directory.resolve(name);
    }

    /// All at once.
    public void replace(Map<String, byte[]> files) throws IOException {
        Path content = Files.createDirectory(directory.resolve("..content-" + ++generation));
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path written = Files.write(content.resolve(file.getKey()), file.getValue());
            Files.setLastModifiedTime(written, ALWAYS);
        }
        Path link = directory.resolve("..data_tmp");
        Files.createSymbolicLink(link, content.getFileName());
        Files.move(link, directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    }
}
