package dev.signet.ca.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;

import org.junit.jupiter.api.Test;
import org.springframework.transaction.TransactionSystemException;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;

class LogBoundsTest {

    private final LoggerContext context = new LoggerContext();
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private long nanoTime;

    /// The server's own levels and converters, into memory.
    private Logger logger(String name) throws Exception {
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(LogBoundsTest.class.getResource("/logback.xml"));
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        Encoder<ILoggingEvent> encoder =
                ((OutputStreamAppender<ILoggingEvent>) root.getAppender("stderr")).getEncoder();
        AppenderBase<ILoggingEvent> memory =
                new AppenderBase<>() {
                    @Override
                    protected void append(ILoggingEvent event) {
                        written.writeBytes(encoder.encode(event));
                    }
                };
        memory.setContext(context);
        memory.addFilter(new LineBudget(() -> nanoTime));
        memory.start();
        root.detachAppender("stderr");
        root.addAppender(memory);
        return context.getLogger(name);
    }

    private List<String> lines() {
        return written.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void whatAStrangerCausesAThousandTimesIsFewLinesAndTheRestIsCounted() throws Exception {
        Logger log = logger("io.grpc.netty.NettyServerHandler");
        for (int i = 0; i < 1_000; i++) {
            log.error("Stream Error {}", i, new IllegalStateException("stream " + i));
        }
        assertThat(lines()).hasSizeLessThanOrEqualTo(LineBudget.FOREIGN * 25);
        written.reset();
        nanoTime += TimeUnit.MINUTES.toNanos(2);
        log.error("Stream Error");
        assertThat(lines()).hasSize(1);
        assertThat(lines().getFirst()).endsWith("(997 more like this were not logged)");
        log.error("Stream Error");
        assertThat(lines().getLast()).endsWith("Stream Error");
    }

    @Test
    void anotherEventOfOursIsWrittenWhateverFloods() throws Exception {
        Logger log = logger("dev.signet.ca.wire.Answer");
        for (int i = 0; i < 1_000; i++) {
            log.error("fault {}", i, new IllegalStateException());
            log.warn("odd {}", i);
            log.info("every one {}", i);
        }
        log.error("another");
        List<String> lines = lines();
        assertThat(lines.getLast()).endsWith("another");
        assertThat(lines.stream().filter(line -> line.contains("fault")))
                .hasSize(LineBudget.TRACES);
        assertThat(lines.stream().filter(line -> line.contains("odd"))).hasSize(LineBudget.LINES);
        assertThat(lines.stream().filter(line -> line.contains("every one"))).hasSize(1_000);
    }

    @Test
    void anOutageOfPostgresqlIsOneLineAndAFaultKeepsItsTrace() throws Exception {
        Logger log = logger("dev.signet.ca.revocation.JdbcRevocationFeed");
        log.warn(
                "not read",
                new IllegalStateException(
                        "around it", new SQLException("Connection to\nhost refused", "08001")));
        assertThat(lines()).hasSize(1);
        assertThat(lines().getFirst()).endsWith("not read: Connection to host refused");
        log.warn("not read", new SQLException("syntax", "42601"));
        assertThat(lines()).hasSizeGreaterThan(3);
        assertThat(lines().get(2)).contains("SQLException: syntax");
    }

    @Test
    void anOutageThatAlsoSpoilsTheRollbackIsOneLine() throws Exception {
        TransactionSystemException rollback =
                new TransactionSystemException(
                        "JDBC rollback failed", new SQLException("Connection is closed"));
        rollback.initApplicationException(
                new IllegalStateException(new SQLException("sending to the backend", "08006")));
        logger("dev.signet.ca.status.CrlSigning")
                .warn("not signed", new IllegalStateException("around it", rollback));
        assertThat(lines()).hasSize(1);
        assertThat(lines().getFirst()).endsWith("not signed: sending to the backend");
    }

    @Test
    void aPoolThatAStopClosedIsOneLine() throws Exception {
        logger("dev.signet.ca.status.CrlSigning")
                .warn("not read", new IllegalStateException(new SQLException("has been closed")));
        assertThat(lines()).singleElement().asString().endsWith("not read: has been closed");
    }

    @Test
    void otherProjectsWriteNothingBelowWarnWhateverOurLevelIs() throws Exception {
        for (Level level : List.of(Level.TRACE, Level.DEBUG)) {
            Logger jetty = logger("org.eclipse.jetty.http.HttpParser");
            context.getLogger("dev.signet").setLevel(level);
            jetty.debug("Authorization: Operator secret");
            context.getLogger("org.springframework.web").debug("secret");
            context.getLogger("io.netty.handler.codec").info("secret");
        }
        assertThat(lines()).isEmpty();
    }
}
