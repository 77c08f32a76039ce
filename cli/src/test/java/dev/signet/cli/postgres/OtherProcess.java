package dev.signet.cli.postgres;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/// Another JVM that runs a [LocalPostgres], to be killed.
final class OtherProcess implements AutoCloseable {

    private final Process process;
    private final BufferedReader output;
    private long postgres;

    private OtherProcess(Process process) {
        this.process = process;
        this.output =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static OtherProcess start(Path directory) throws IOException {
        return new OtherProcess(
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                OtherProcess.class.getName(),
                                directory.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start());
    }

    void awaitReady() throws IOException {
        String line = output.readLine();
        if (line == null) {
            throw new IOException("the other process ended");
        }
        postgres = Long.parseLong(line);
    }

    long postgres() {
        return postgres;
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    public static void main(String[] arguments) throws Exception {
        LocalPostgres postgres =
                LocalPostgres.start(
                        LocalPostgresSettings.in(Path.of(arguments[0])),
                        new SecureRandom(),
                        step -> {});
        postgres.awaitReady(Duration.ofSeconds(60));
        try (Connection connection =
                        DriverManager.getConnection(
                                postgres.jdbcUrl(), postgres.user(), postgres.password());
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE kept (id int)");
            statement.execute("INSERT INTO kept VALUES (7)");
        }
        System.out.println(postgres.processId().orElseThrow());
        new CountDownLatch(1).await();
    }
}
