package dev.signet.cli.home;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;

/// Keeps other processes, and other threads of this one, from changing a file meanwhile. The file
/// itself may be replaced, so the lock is on `.NAME.lock` beside it, which stays. Waits as long as
/// it takes; ends with the process.
public final class HeldLock implements AutoCloseable {

    // A process holds a file's lock once; which file, matters little for the few seconds it takes.
    private static final ReentrantLock IN_THIS_PROCESS = new ReentrantLock();

    private final FileChannel channel;
    private final FileLock lock;

    private HeldLock(FileChannel channel, FileLock lock) {
        this.channel = channel;
        this.lock = lock;
    }

    /// Waits for the lock of a file.
    public static HeldLock of(Path file) throws IOException {
        IN_THIS_PROCESS.lock();
        FileChannel channel = null;
        try {
            channel =
                    FileChannel.open(
                            file.resolveSibling("." + file.getFileName() + ".lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            return new HeldLock(channel, channel.lock());
        } catch (IOException | RuntimeException e) {
            IN_THIS_PROCESS.unlock();
            if (channel != null) {
                channel.close();
            }
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            lock.release();
        } finally {
            IN_THIS_PROCESS.unlock();
        }
    }
}
