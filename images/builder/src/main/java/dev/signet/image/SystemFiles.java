package dev.signet.image;

import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What an image from scratch needs of an operating system: a C library, two users, a folder for
/// temporary files. No shell, no package manager. Stateless.
final class SystemFiles {

    /// All that the runtime and the native libraries of TLS and cryptography are linked to.
    private static final List<String> C_LIBRARY =
            List.of(
                    "libc.so.6",
                    "libm.so.6",
                    "libdl.so.2",
                    "libpthread.so.0",
                    "librt.so.1",
                    "libresolv.so.2",
                    "libnss_dns.so.2",
                    "libnss_files.so.2");

    private static final FilePermissions READABLE = FilePermissions.fromOctalString("644");
    private static final FilePermissions EXECUTABLE = FilePermissions.fromOctalString("755");

    private SystemFiles() {}

    /// @param directory where files are made
    /// @throws IOException when this machine has no GNU C library where it is looked for
    static FileEntriesLayer layer(Path directory) throws IOException {
        boolean arm = System.getProperty("os.arch").equals("aarch64");
        String loader = arm ? "/lib/ld-linux-aarch64.so.1" : "/lib64/ld-linux-x86-64.so.2";
        String triplet = arm ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
        FileEntriesLayer.Builder layer = FileEntriesLayer.builder().setName("system");
        layer.addEntry(Path.of(loader).toRealPath(), AbsoluteUnixPath.get(loader), EXECUTABLE);
        for (String library : C_LIBRARY) {
            layer.addEntry(
                    find(library, triplet),
                    AbsoluteUnixPath.get("/lib/" + triplet + "/" + library),
                    READABLE);
        }
        layer.addEntry(
                text(directory, "passwd", "root:x:0:0::/:\nsignet:x:65532:65532::/tmp:\n"),
                AbsoluteUnixPath.get("/etc/passwd"),
                READABLE);
        layer.addEntry(
                text(directory, "group", "root:x:0:\nsignet:x:65532:\n"),
                AbsoluteUnixPath.get("/etc/group"),
                READABLE);
        layer.addEntry(
                text(directory, "nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n"),
                AbsoluteUnixPath.get("/etc/nsswitch.conf"),
                READABLE);
        layer.addEntry(
                Files.createDirectories(directory.resolve("tmp")),
                AbsoluteUnixPath.get("/tmp"),
                FilePermissions.fromOctalString("777"));
        return layer.build();
    }

    private static Path find(String library, String triplet) throws IOException {
        for (String folder :
                List.of("/lib/" + triplet, "/usr/lib/" + triplet, "/lib64", "/usr/lib64")) {
            Path file = Path.of(folder, library);
            if (Files.exists(file)) {
                return file.toRealPath();
            }
        }
        throw new IOException(
                "no " + library + " on this machine; give --base an image with a C library");
    }

    private static Path text(Path directory, String name, String content) throws IOException {
        Files.createDirectories(directory);
        return Files.writeString(directory.resolve(name), content);
    }
}
