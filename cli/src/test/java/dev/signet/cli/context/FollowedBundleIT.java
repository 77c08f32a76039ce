package dev.signet.cli.context;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.cli.TestPki;
import dev.signet.client.Pem;
import dev.signet.client.TrustBundle;
import dev.signet.client.TrustDomain;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

class FollowedBundleIT {

    @TempDir Path directory;
    private final List<String> warnings = new ArrayList<>();
    private String first;
    private String second;
    private String third;
    private Path file;

    @BeforeEach
    void roots() throws Exception {
        first = Files.readString(new TestPki().bundle(directory.resolve("1.pem")));
        second = Files.readString(new TestPki().bundle(directory.resolve("2.pem")));
        third = Files.readString(new TestPki().bundle(directory.resolve("3.pem")));
        file = Files.writeString(directory.resolve("bundle.pem"), first);
    }

    private void take(long version, String pem) throws Exception {
        FollowedBundle.take(file, version, pem, warnings::add);
    }

    @Test
    void aRootChangeIsFollowedStepByStep() throws Exception {
        take(2, first + second);
        assertThat(Files.readString(file)).contains("version 2", first, second);
        take(3, second);
        assertThat(Files.readString(file)).contains("version 3", second).doesNotContain(first);
        assertThat(warnings).isEmpty();
    }

    @Test
    void whatHasNothingInCommonIsNotTaken() throws Exception {
        take(2, second + third);
        assertThat(Files.readString(file)).isEqualTo(first);
        assertThat(warnings).singleElement().asString().contains("nothing in common");
    }

    @Test
    void anOlderOneDoesNotComeBack() throws Exception {
        take(5, first + second);
        take(4, first + third);
        assertThat(Files.readString(file)).contains("version 5", second).doesNotContain(third);
    }

    @Test
    void theBundleThatCameWithACertificateIsTakenUnlessItIsOlder() throws Exception {
        FollowedBundle.replace(file, bundle(3, second));
        assertThat(Files.readString(file)).contains("version 3", second).doesNotContain(first);
        FollowedBundle.replace(file, bundle(2, first));
        assertThat(Files.readString(file)).contains("version 3", second);
    }

    private static TrustBundle bundle(long version, String pem) {
        return new TrustBundle(
                new TrustDomain("test.signet"),
                version,
                Pem.certificates(pem),
                Duration.ofMinutes(1));
    }

    @Test
    void ofSeveralAtOnceTheNewestStaysAndTheFileIsAlwaysWhole() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int version = 2; version < 40; version++) {
                long number = version;
                String pem = number == 39 ? first + second + third : first + second;
                all.add(
                        threads.submit(() -> {
                            take(number, pem);
                            return null;
                        }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        assertThat(Files.readString(file)).contains("version 39", third);
    }
}
