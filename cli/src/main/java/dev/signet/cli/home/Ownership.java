package dev.signet.cli.home;

import dev.signet.cli.CommandFailedException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.LinkedHashSet;
import java.util.Set;

/// Whether a directory and the secrets in it can be anybody else's doing. Who owns a directory, or
/// may write to one above it, can put a key there that he knows. Stateless.
final class Ownership {

    private static final int STICKY = 01000;
    private static final int GROUP_WRITE = 0020;
    private static final int OTHERS_WRITE = 0002;
    private static final int ROOT = 0;
    private static final Set<String> POSTGRES_USERS = Set.of("postgres", "nobody");

    private Ownership() {}

    /// A directory is this user's, nobody else may write to it, and nobody but root and its owner
    /// can replace it or one above it, by name or through a symbolic link.
    ///
    /// @throws CommandFailedException otherwise; it names the directory and what to do
    static void requireOurs(Path directory) throws IOException {
        Entry own = Entry.of(directory);
        if (own.owner() != self()) {
            throw refused(
                    directory
                            + " belongs to "
                            + Files.getOwner(directory).getName()
                            + ", not to you: keys in it may be known to that user\nGive another with"
                            + " --data-dir");
        }
        if ((own.mode() & (GROUP_WRITE | OTHERS_WRITE)) != 0) {
            throw refused(
                    directory
                            + " can be written by others: chmod 700 "
                            + directory
                            + ", or give another with --data-dir");
        }
        Set<Path> above = new LinkedHashSet<>();
        for (Path path : new Path[] {directory.toAbsolutePath(), directory.toRealPath()}) {
            for (Path at = path.getParent(); at != null; at = at.getParent()) {
                above.add(at);
            }
        }
        for (Path parent : above) {
            requireSafe(directory, parent);
        }
    }

    private static void requireSafe(Path directory, Path parent) throws IOException {
        Entry entry = Entry.of(parent);
        boolean trusted = entry.owner() == ROOT || entry.owner() == self();
        // In a directory such as /tmp everybody owns what he makes, and nobody else renames it.
        boolean sticky = (entry.mode() & STICKY) != 0;
        boolean open =
                (entry.mode() & OTHERS_WRITE) != 0
                        || ((entry.mode() & GROUP_WRITE) != 0 && !entry.groupIsOwners(parent));
        if (!trusted || (open && !sticky)) {
            throw refused(
                    directory
                            + " can be replaced by others, as "
                            + parent
                            + (trusted
                                    ? " can be written by others: chmod go-w " + parent
                                    : " belongs to " + Files.getOwner(parent).getName())
                            + "\nGive another with --data-dir");
        }
    }

    /// The directory of the embedded PostgreSQL, where there is one, is this user's and nobody else
    /// may write to it. Of root's it is the user's that PostgreSQL runs as.
    ///
    /// @throws CommandFailedException otherwise
    static void requirePostgres(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        Entry entry = Entry.of(directory);
        boolean ours =
                entry.owner() == self()
                        || (self() == ROOT
                                && POSTGRES_USERS.contains(Files.getOwner(directory).getName()));
        if (!ours) {
            throw refused(
                    directory
                            + " belongs to "
                            + Files.getOwner(directory).getName()
                            + ", who can replace what is in it\nGive another with --data-dir");
        }
        if ((entry.mode() & (GROUP_WRITE | OTHERS_WRITE)) != 0) {
            throw refused(
                    directory
                            + " can be written by others: chmod 700 "
                            + directory
                            + ", or give another with --data-dir");
        }
    }

    /// A file with a secret, where there is one, is this user's and nobody else may read or write
    /// it.
    ///
    /// @throws CommandFailedException otherwise
    static void requireSecret(Path file) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        long owner = Entry.of(file).owner();
        if (owner != self() && owner != ROOT) {
            throw refused(
                    file
                            + " belongs to "
                            + Files.getOwner(file).getName()
                            + ", who may know what is in it\nGive another directory with --data-dir");
        }
        PrivateFiles.requirePrivate(file);
    }

    private static long self() throws IOException {
        Path process = Path.of("/proc/self");
        if (Files.exists(process)) {
            return ((Number) Files.getAttribute(process, "unix:uid")).longValue();
        }
        // What this user makes is this user's.
        Path own = Files.createTempFile("signet-", ".tmp");
        try {
            return Entry.of(own).owner();
        } finally {
            Files.deleteIfExists(own);
        }
    }

    private static CommandFailedException refused(String message) {
        return new CommandFailedException("DATA_DIRECTORY", message);
    }

    /// @param owner user id
    /// @param mode permissions with the sticky bit
    private record Entry(long owner, int mode) {

        static Entry of(Path path) throws IOException {
            return new Entry(
                    ((Number) Files.getAttribute(path, "unix:uid")).longValue(),
                    ((Number) Files.getAttribute(path, "unix:mode")).intValue());
        }

        /// Many systems give each user a group of the same name, in which nobody else is.
        boolean groupIsOwners(Path path) throws IOException {
            return Files.readAttributes(path, PosixFileAttributes.class)
                    .group()
                    .getName()
                    .equals(Files.getOwner(path).getName());
        }
    }
}
