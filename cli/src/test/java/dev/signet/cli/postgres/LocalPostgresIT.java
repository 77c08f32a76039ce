package dev.signet.cli.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LocalPostgresIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir Path directory;

    @Test
    void keepsWhatWasCommittedOverARestart() throws Exception {
        try (LocalPostgres postgres = start()) {
            execute(postgres, "CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (7)");
        }
        try (LocalPostgres postgres = start()) {
            assertThat(query(postgres, "SELECT id FROM kept")).isEqualTo("7");
        }
    }

    @Test
    void isDurableCheckedAndPrivate() throws Exception {
        try (LocalPostgres postgres = start()) {
            assertThat(query(postgres, "SHOW fsync")).isEqualTo("on");
            assertThat(query(postgres, "SHOW synchronous_commit")).isEqualTo("on");
            assertThat(query(postgres, "SHOW data_checksums")).isEqualTo("on");
            assertThat(query(postgres, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(query(postgres, "SHOW server_encoding")).isEqualTo("UTF8");
            assertThat(
                            query(
                                    postgres,
                                    "SELECT datlocale FROM pg_database WHERE datname = 'postgres'"))
                    .isEqualTo("C.UTF-8");
            assertThat(
                            PosixFilePermissions.toString(
                                    Files.getPosixFilePermissions(
                                            pgDirectory().resolve("password"))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void refusesAnotherPassword() throws Exception {
        try (LocalPostgres postgres = start()) {
            assertThatThrownBy(() ->
                            DriverManager.getConnection(
                                    postgres.jdbcUrl(), postgres.user(), "wrong"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password authentication failed");
            assertThatThrownBy(
                            () -> DriverManager.getConnection(postgres.jdbcUrl(), "postgres", ""))
                    .isInstanceOf(SQLException.class);
        }
    }

    @Test
    void refusesADirectoryThatIsInUse() throws Exception {
        try (LocalPostgres first = start()) {
            assertThatThrownBy(this::start)
                    .isInstanceOf(LocalPostgresException.class)
                    .hasMessageContaining("in use by another Signet");
            assertThat(query(first, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void comesBackOnTheSamePortWhenKilled() throws Exception {
        try (LocalPostgres postgres = start()) {
            execute(postgres, "CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (7)");
            long killed = postgres.processId().orElseThrow();
            ProcessHandle.of(killed).orElseThrow().destroyForcibly();
            await().atMost(SOON)
                    .ignoreExceptions()
                    .until(() -> query(postgres, "SELECT id FROM kept").equals("7"));
            assertThat(postgres.processId().orElseThrow()).isNotEqualTo(killed);
        }
    }

    @Test
    void startsAfterThisProcessAndPostgresWereKilled() throws Exception {
        try (OtherProcess other = OtherProcess.start(pgDirectory())) {
            other.awaitReady();
            long postgres = other.postgres();
            other.kill();
            ProcessHandle.of(postgres).ifPresent(ProcessHandle::destroyForcibly);
        }
        try (LocalPostgres postgres = start()) {
            assertThat(query(postgres, "SELECT id FROM kept")).isEqualTo("7");
        }
    }

    @Test
    void endsThePostgresThatAKilledProcessLeftBehind() throws Exception {
        long left;
        try (OtherProcess other = OtherProcess.start(pgDirectory())) {
            other.awaitReady();
            left = other.postgres();
            other.kill();
        }
        try (LocalPostgres postgres = start()) {
            assertThat(query(postgres, "SELECT id FROM kept")).isEqualTo("7");
            assertThat(postgres.processId().orElseThrow()).isNotEqualTo(left);
        }
        await().atMost(SOON).until(() -> ProcessHandle.of(left).filter(this::runs).isEmpty());
    }

    @Test
    void stopsWhenTheProcessThatStartedItIsKilled() throws Exception {
        try (OtherProcess other = OtherProcess.start(pgDirectory())) {
            other.awaitReady();
            long postgres = other.postgres();
            other.kill();
            await().atMost(SOON)
                    .until(() -> ProcessHandle.of(postgres).filter(this::runs).isEmpty());
        }
    }

    @Test
    void startsWhereALockFileNamesAStranger() throws Exception {
        try (LocalPostgres postgres = start()) {
            execute(postgres, "CREATE TABLE kept (id int)");
        }
        Path data = pgDirectory().toRealPath().resolve("data");
        Files.writeString(
                data.resolve("postmaster.pid"),
                ProcessHandle.current().pid() + "\n" + data + "\n0\n5432\n\n127.0.0.1\n");
        try (LocalPostgres postgres = start()) {
            assertThat(query(postgres, "SELECT count(*) FROM kept")).isEqualTo("0");
        }
    }

    @Test
    void saysWhatPostgresSaidWhenItDoesNotStart() throws Exception {
        try (LocalPostgres postgres = start()) {
            assertThat(query(postgres, "SELECT 1")).isEqualTo("1");
        }
        Files.writeString(
                pgDirectory().resolve("data/postgresql.auto.conf"), "no_such_parameter = 1\n");
        assertThatThrownBy(this::start)
                .isInstanceOf(LocalPostgresException.class)
                .hasMessageContaining("no_such_parameter")
                .hasMessageContaining("postgres.log");
    }

    @Test
    void makesADatabaseAgainWhereTheFirstAttemptWasCutShort() throws Exception {
        Files.createDirectories(pgDirectory().resolve("data.new/base"));
        try (LocalPostgres postgres = start()) {
            assertThat(query(postgres, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void tellsWhatTakesItsTime() throws Exception {
        ConcurrentLinkedQueue<String> steps = new ConcurrentLinkedQueue<>();
        LocalPostgresSettings settings =
                new LocalPostgresSettings(
                        pgDirectory(), directory.resolve("cache"), 0, java.util.Map.of());
        try (LocalPostgres postgres =
                LocalPostgres.start(settings, new SecureRandom(), steps::add)) {
            postgres.awaitReady(SOON);
        }
        assertThat(List.copyOf(steps)).containsExactly("unpacking PostgreSQL", "making a database");
    }

    @Test
    void runsAsAnotherUserWhereRootHasNoUserNamespaces() throws Exception {
        assumeTrue(
                Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")));
        LocalPostgresSettings settings = LocalPostgresSettings.in(pgDirectory());
        Account nobody = Account.forRootAs("nobody");
        assumeTrue(!nobody.prefix().isEmpty());
        for (int run = 0; run < 2; run++) {
            try (LocalPostgres postgres =
                    LocalPostgres.start(settings, new SecureRandom(), step -> {}, () -> nobody)) {
                postgres.awaitReady(SOON);
                assertThat(query(postgres, "SHOW fsync")).isEqualTo("on");
                assertThat(Files.getOwner(pgDirectory().resolve("data")).getName())
                        .isEqualTo("nobody");
            }
        }
    }

    private boolean runs(ProcessHandle process) {
        // A dead one whose parent does not collect it keeps its number.
        try {
            return process.isAlive()
                    && !Files.readString(Path.of("/proc/" + process.pid() + "/stat"))
                            .replaceFirst(".*\\) ", "")
                            .startsWith("Z");
        } catch (java.io.IOException e) {
            return false;
        }
    }

    private Path pgDirectory() {
        return directory.resolve("postgres");
    }

    private LocalPostgres start() throws InterruptedException {
        LocalPostgres postgres =
                LocalPostgres.start(
                        LocalPostgresSettings.in(pgDirectory()), new SecureRandom(), step -> {});
        try {
            postgres.awaitReady(SOON);
            return postgres;
        } catch (RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    private static void execute(LocalPostgres postgres, String... statements) throws SQLException {
        try (Connection connection = connect(postgres);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static String query(LocalPostgres postgres, String sql) throws SQLException {
        try (Connection connection = connect(postgres);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    private static Connection connect(LocalPostgres postgres) throws SQLException {
        return DriverManager.getConnection(
                postgres.jdbcUrl(), postgres.user(), postgres.password());
    }
}
