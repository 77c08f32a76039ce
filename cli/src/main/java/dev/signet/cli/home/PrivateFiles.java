package dev.signet.cli.home;

import dev.signet.cli.CommandFailedException;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/// Files that appear whole, on disk and with their final permissions, or not at all.
public final class PrivateFiles {

    private static final String OWNER_ONLY = "rw-------";
    private static final String READABLE = "rw-r--r--";

    private PrivateFiles() {}

    /// For its owner only (0600); replaces an existing one.
    public static void writeSecret(Path file, String text) throws IOException {
        write(file, text, OWNER_ONLY, true);
    }

    /// For its owner only (0600), unless it exists.
    ///
    /// @return whether it was written
    public static boolean createSecret(Path file, String text) throws IOException {
        try {
            write(file, text, OWNER_ONLY, false);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    /// For everybody to read (0644); replaces an existing one.
    public static void writePublic(Path file, String text) throws IOException {
        write(file, text, READABLE, true);
    }

    /// @throws CommandFailedException when others than the owner may read or write the file
    /// @throws NoSuchFileException when there is none
    public static void requirePrivate(Path file) throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        Set<PosixFilePermission> others = EnumSet.allOf(PosixFilePermission.class);
        others.removeAll(PosixFilePermissions.fromString("rwx------"));
        others.retainAll(permissions);
        if (!others.isEmpty()) {
            throw new CommandFailedException(
                    "NOT_PRIVATE",
                    file
                            + " is open to others ("
                            + PosixFilePermissions.toString(permissions)
                            + "): chmod 600 "
                            + file);
        }
    }

    private static void write(Path file, String text, String permissions, boolean replace)
            throws IOException {
        Path directory = file.toAbsolutePath().resolveSibling("");
        // Made by the system with 0600, whatever the user's mask.
        Path partial = Files.createTempFile(directory, ".signet-", ".tmp");
        try {
            try (FileChannel channel = FileChannel.open(partial, Set.of(StandardOpenOption.WRITE));
                    OutputStream out = Channels.newOutputStream(channel)) {
                out.write(text.getBytes(StandardCharsets.UTF_8));
                channel.force(true);
            }
            Files.setPosixFilePermissions(partial, PosixFilePermissions.fromString(permissions));
            if (replace) {
                Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
            } else {
                // A rename would replace a file that somebody else has made meanwhile; a link
                // fails.
                Files.createLink(file, partial);
            }
        } finally {
            Files.deleteIfExists(partial);
        }
    }
}
