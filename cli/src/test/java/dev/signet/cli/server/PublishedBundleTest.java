package dev.signet.cli.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class PublishedBundleTest {

    @Test
    void eachNewBundleIsWrittenAndAWriteThatFailedIsRepeated() throws Exception {
        BlockingQueue<String> written = new LinkedBlockingQueue<>();
        AtomicInteger attempts = new AtomicInteger();
        try (PublishedBundle published =
                new PublishedBundle(
                        pem -> {
                            if (attempts.incrementAndGet() == 2) {
                                throw new IOException("disk full");
                            }
                            written.add(pem);
                        },
                        Duration.ofMillis(1))) {
            published.offer("one");
            assertThat(written.take()).isEqualTo("one");
            published.offer("two");
            assertThat(written.take()).isEqualTo("two");
            assertThat(attempts).hasValue(3);
        }
    }
}
