package dev.signet.ca.crypto;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// The directory that native libraries of TLS and cryptography are unpacked into before they are
/// loaded. Tells why none can be loaded from it. Stateless.
public final class NativeDirectory {

    /// One line for each mount of this process, Linux (proc_pid_mountinfo(5)).
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

    private static final int MOUNT_POINT = 4;
    private static final int MOUNT_OPTIONS = 5;

    private NativeDirectory() {}

    /// What an operator has to know beside "a native library did not load".
    ///
    /// @return a sentence about `java.io.tmpdir` that begins with a space, or the empty string
    ///   where nothing is wrong with the directory or nothing is known
    public static String problem() {
        String directory = System.getProperty("java.io.tmpdir", "");
        List<String> mounts;
        try {
            mounts = Files.readAllLines(MOUNTS);
        } catch (IOException e) {
            mounts = List.of();
        }
        return problem(Path.of(directory), mounts);
    }

    static String problem(Path directory, List<String> mounts) {
        String remedy =
                "; native libraries are unpacked there: mount a directory of at least 64 MiB that is"
                        + " writable and not noexec, or name another one by -Djava.io.tmpdir";
        if (!Files.isDirectory(directory)) {
            return " The directory " + directory + " does not exist" + remedy;
        }
        if (!Files.isWritable(directory)) {
            return " The directory " + directory + " is not writable" + remedy;
        }
        String mount = noexecMount(directory, mounts);
        return mount == null
                ? ""
                : " The directory "
                        + directory
                        + " is not executable, as "
                        + mount
                        + " is mounted noexec"
                        + remedy;
    }

    /// The mount that the directory is on; of several at one place the last one counts.
    private static @Nullable String noexecMount(Path directory, List<String> mounts) {
        Path real;
        try {
            real = directory.toRealPath();
        } catch (IOException e) {
            return null;
        }
        String closest = "";
        boolean noexec = false;
        for (String line : mounts) {
            String[] fields = line.split(" ", MOUNT_OPTIONS + 2);
            if (fields.length <= MOUNT_OPTIONS) {
                continue;
            }
            // A space is \040 there, which no mount that matters here has.
            String point = fields[MOUNT_POINT];
            if (point.startsWith("/")
                    && real.startsWith(point)
                    && point.length() >= closest.length()) {
                closest = point;
                noexec = Arrays.asList(fields[MOUNT_OPTIONS].split(",")).contains("noexec");
            }
        }
        return noexec ? closest : null;
    }
}
