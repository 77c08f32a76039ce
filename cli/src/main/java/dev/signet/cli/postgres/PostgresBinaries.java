package dev.signet.cli.postgres;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/// An unpacked server: `initdb` and `postgres`, ready to run.
///
/// @param home holds bin, lib and share
record PostgresBinaries(Path home) {

    Path initdb() {
        return home.resolve("bin/initdb");
    }

    Path postgres() {
        return home.resolve("bin/postgres");
    }

    /// Unpacks into `cache`, once: a later call finds it there. Of two that unpack at once both
    /// succeed, as a whole directory appears by one rename.
    ///
    /// @throws LocalPostgresException when the cache cannot be written
    static PostgresBinaries unpack(PostgresArchive archive, Path cache, Runnable beforeUnpacking) {
        Path home = cache.resolve("postgres-" + archive.key());
        if (Files.isDirectory(home)) {
            return new PostgresBinaries(home);
        }
        beforeUnpacking.run();
        try {
            Files.createDirectories(cache);
            Path partial = Files.createTempDirectory(cache, "unpacking-");
            try {
                extract(archive, partial);
                // The temporary directory is ours alone; the finished one may be run by others.
                Files.setPosixFilePermissions(
                        partial, PosixFilePermissions.fromString("rwxr-xr-x"));
                publish(partial, home);
            } finally {
                Directories.delete(partial);
            }
        } catch (IOException e) {
            throw new LocalPostgresException(
                    "cannot unpack PostgreSQL into " + cache + ": " + e.getMessage(), e);
        }
        return new PostgresBinaries(home);
    }

    private static void publish(Path partial, Path home) throws IOException {
        try {
            Files.move(partial, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.isDirectory(home)) {
                throw e;
            }
        }
    }

    private static void extract(PostgresArchive archive, Path target) throws IOException {
        try (InputStream packed = new BufferedInputStream(archive.open());
                TarArchiveInputStream tar =
                        new TarArchiveInputStream(new XZCompressorInputStream(packed))) {
            TarArchiveEntry entry;
            while ((entry = tar.getNextEntry()) != null) {
                extract(tar, entry, target);
            }
        }
    }

    private static void extract(TarArchiveInputStream tar, TarArchiveEntry entry, Path target)
            throws IOException {
        Path path = target.resolve(entry.getName()).normalize();
        if (!path.startsWith(target)) {
            throw new IOException("entry leaves the archive: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(path);
            return;
        }
        Path parent = path.resolveSibling("");
        Files.createDirectories(parent);
        if (entry.isSymbolicLink()) {
            Path link = Path.of(entry.getLinkName());
            if (!parent.resolve(link).normalize().startsWith(target)) {
                throw new IOException("link leaves the archive: " + entry.getName());
            }
            Files.createSymbolicLink(path, link);
        } else if (entry.isLink()) {
            Files.createLink(path, target.resolve(entry.getLinkName()).normalize());
        } else {
            Files.copy(tar, path);
            if (!Files.isSymbolicLink(path)
                    && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                Files.setPosixFilePermissions(path, permissions(entry.getMode()));
            }
        }
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        EnumSet<PosixFilePermission> permissions =
                EnumSet.of(
                        PosixFilePermission.OWNER_READ,
                        PosixFilePermission.OWNER_WRITE,
                        PosixFilePermission.GROUP_READ,
                        PosixFilePermission.OTHERS_READ);
        if ((mode & 0100) != 0) {
            permissions.add(PosixFilePermission.OWNER_EXECUTE);
            permissions.add(PosixFilePermission.GROUP_EXECUTE);
            permissions.add(PosixFilePermission.OTHERS_EXECUTE);
        }
        return permissions;
    }
}
