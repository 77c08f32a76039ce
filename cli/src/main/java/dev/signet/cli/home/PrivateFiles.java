package dev.signet.cli.home;

import dev.signet.cli.CommandFailedException;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
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

    /// As [#writeSecret], but where a file is there its owner, group and mode stay as far as the
    /// system permits; other users never get access.
    ///
    /// @return whether owner and group stayed
    public static boolean replaceSecret(Path file, byte[] content) throws IOException {
        return replace(file, content, OWNER_ONLY, true);
    }

    /// As [#writePublic], but where a file is there its owner, group and mode stay as far as the
    /// system permits.
    ///
    /// @return whether owner and group stayed
    public static boolean replacePublic(Path file, byte[] content) throws IOException {
        return replace(file, content, READABLE, false);
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

    private static boolean replace(Path file, byte[] content, String permissions, boolean secret)
            throws IOException {
        Path partial = partial(file, content);
        try {
            boolean kept = true;
            Set<PosixFilePermission> mode = PosixFilePermissions.fromString(permissions);
            if (Files.exists(file)) {
                PosixFileAttributes before = Files.readAttributes(file, PosixFileAttributes.class);
                mode = EnumSet.copyOf(before.permissions());
                mode.add(PosixFilePermission.OWNER_READ);
                mode.add(PosixFilePermission.OWNER_WRITE);
                if (secret) {
                    mode.removeAll(PosixFilePermissions.fromString("------rwx"));
                }
                kept = keepOwner(partial, before);
            }
            Files.setPosixFilePermissions(partial, mode);
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
            return kept;
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private static boolean keepOwner(Path partial, PosixFileAttributes before) throws IOException {
        PosixFileAttributeView view =
                Files.getFileAttributeView(partial, PosixFileAttributeView.class);
        PosixFileAttributes now = view.readAttributes();
        try {
            if (!now.group().equals(before.group())) {
                view.setGroup(before.group());
            }
            if (!now.owner().equals(before.owner())) {
                view.setOwner(before.owner());
            }
            return true;
        } catch (FileSystemException e) {
            return false; // only root may give a file away
        }
    }

    /// Beside the file, on disk, for its owner only.
    private static Path partial(Path file, byte[] content) throws IOException {
        Path directory = file.toAbsolutePath().resolveSibling("");
        // Made by the system with 0600, whatever the user's mask.
        Path partial = Files.createTempFile(directory, ".signet-", ".tmp");
        try (FileChannel channel = FileChannel.open(partial, Set.of(StandardOpenOption.WRITE));
                OutputStream out = Channels.newOutputStream(channel)) {
            out.write(content);
            channel.force(true);
            return partial;
        } catch (IOException e) {
            Files.deleteIfExists(partial);
            throw e;
        }
    }

    private static void write(Path file, String text, String permissions, boolean replace)
            throws IOException {
        Path partial = partial(file, text.getBytes(StandardCharsets.UTF_8));
        try {
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
