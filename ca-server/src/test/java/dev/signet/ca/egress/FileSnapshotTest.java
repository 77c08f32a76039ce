package dev.signet.ca.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

class FileSnapshotTest {

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final AtomicInteger reads = new AtomicInteger();
    private long nanos;
    private String content = "one";
    private boolean broken;

    @BeforeEach
    void listen() {
        log.start();
        logger().addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger().detachAppender(log);
    }

    @Test
    void looksNoMoreOftenThanItIsTold() throws Exception {
        FileSnapshot<String> files = files(Duration.ofSeconds(5));
        assertThat(files.current()).isEqualTo("one");
        content = "two";
        pass(Duration.ofSeconds(4));
        assertThat(files.current()).isEqualTo("one");
        pass(Duration.ofSeconds(1));
        assertThat(files.current()).isEqualTo("two");
        assertThat(reads).hasValue(2);
    }

    @Test
    void whatIsNotUsableIsReadAgainASecondApartAndLoggedAMinuteApart() throws Exception {
        FileSnapshot<String> files = files(Duration.ZERO);
        files.current();
        content = "two";
        broken = true;
        for (int i = 0; i < 130 * 10; i++) {
            assertThat(files.current()).isEqualTo("one");
            pass(Duration.ofMillis(100));
        }
        assertThat(log.list).hasSize(3);
        assertThat(reads.get()).isBetween(128, 132);
        assertThat(files.stale()).isEqualTo(Duration.ofSeconds(130));
        broken = false;
        pass(Duration.ofSeconds(1));
        assertThat(files.current()).isEqualTo("two");
        assertThat(files.stale()).isZero();
    }

    @Test
    void anotherContentIsReadAtOnceThoughTheOneBeforeWasNotUsable() throws Exception {
        FileSnapshot<String> files = files(Duration.ZERO);
        files.current();
        content = "two";
        broken = true;
        files.current();
        content = "three";
        broken = false;
        assertThat(files.current()).isEqualTo("three");
    }

    @Test
    void filesThatWereNeverGoodAreAnErrorEachTime() {
        broken = true;
        FileSnapshot<String> files = files(Duration.ofSeconds(5));
        assertThatThrownBy(files::current).isInstanceOf(IOException.class);
        assertThatThrownBy(files::current).isInstanceOf(IOException.class);
        assertThat(log.list).isEmpty();
    }

    private FileSnapshot<String> files(Duration pause) {
        return new FileSnapshot<>("files", () -> content, this::read, pause, () -> nanos);
    }

    private String read() throws IOException {
        reads.incrementAndGet();
        if (broken) {
            throw new IOException("half written");
        }
        return content;
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(FileSnapshot.class);
    }
}
