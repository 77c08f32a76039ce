package dev.signet.ca.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

class NativeDirectoryTest {

    @TempDir Path directory;

    @Test
    void namesTheDirectoryThatIsMountedNoexec() throws Exception {
        Path real = directory.toRealPath();
        assertThat(
                        NativeDirectory.problem(
                                directory,
                                List.of(
                                        "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw",
                                        "30 22 0:26 / "
                                                + real
                                                + " rw,nosuid,noexec - tmpfs tmpfs rw")))
                .contains("The directory " + directory + " is not executable")
                .contains(real + " is mounted noexec")
                .contains("-Djava.io.tmpdir");
    }

    @Test
    void theClosestMountCounts() throws Exception {
        Path real = directory.toRealPath();
        assertThat(
                        NativeDirectory.problem(
                                directory,
                                List.of(
                                        "22 1 254:0 / / rw,noexec - ext4 /dev/vda rw",
                                        "30 22 0:26 / " + real + " rw,nosuid - tmpfs tmpfs rw",
                                        "31 22 0:27 / " + real + "x rw,noexec - tmpfs tmpfs rw")))
                .isEmpty();
    }

    @Test
    void theLastOfSeveralMountsAtOnePlaceCounts() throws Exception {
        Path real = directory.toRealPath();
        assertThat(
                        NativeDirectory.problem(
                                directory,
                                List.of(
                                        "30 22 0:26 / " + real + " rw,noexec - tmpfs tmpfs rw",
                                        "31 30 0:27 / " + real + " rw - tmpfs tmpfs rw")))
                .isEmpty();
    }

    @Test
    void namesADirectoryThatDoesNotExist() {
        Path missing = directory.resolve("missing");
        assertThat(NativeDirectory.problem(missing, List.of()))
                .contains("The directory " + missing + " does not exist");
    }

    @Test
    void linesOfAnotherFormSayNothing() {
        assertThat(NativeDirectory.problem(directory, List.of("", "a b", "1 2 3 4 5"))).isEmpty();
    }
}
