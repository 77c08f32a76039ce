package dev.signet.cli.server;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.rolling.RollingFileAppender;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// A log that is its owner's alone, each of its files from its first byte: who calls whom is not
/// for other users of the machine. Thread-safe.
public final class PrivateLogFile extends RollingFileAppender<ILoggingEvent> {

    private static final Set<PosixFilePermission> OWNER =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    @Override
    public void openFile(String name) throws IOException {
        Path file = Path.of(name);
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Path directory = file.toAbsolutePath().getParent();
            if (directory != null) {
                Files.createDirectories(directory);
            }
            try {
                Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER));
            } catch (FileAlreadyExistsException _) {
                Files.setPosixFilePermissions(file, OWNER);
            }
        }
        super.openFile(name);
    }
}
