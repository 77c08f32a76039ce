package dev.signet.cli.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signet.ca.ledger.Migrations;

import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

@Timeout(value = 4, unit = TimeUnit.MINUTES)
class OwnerLoginIT {

    private static final Duration SOON = Duration.ofMinutes(1);

    /// Everything of ours that the superuser owns.
    private static final String LEFT =
            """
            SELECT nspname || '.' || name FROM (
                SELECT oid AS namespace, '' AS name, nspowner AS owner FROM pg_namespace
                UNION ALL SELECT relnamespace, relname, relowner FROM pg_class
                UNION ALL SELECT pronamespace, proname, proowner FROM pg_proc
                UNION ALL SELECT typnamespace, typname, typowner FROM pg_type
                UNION ALL SELECT stxnamespace, stxname, stxowner FROM pg_statistic_ext
            ) each JOIN pg_namespace n ON n.oid = namespace
            WHERE owner <> 'signet'::regrole AND nspname !~ '^pg_'
              AND nspname NOT IN ('information_schema', 'public')
            """;

    @TempDir Path directory;

    @Test
    void aFreshDirectorysLoginIsNoSuperuserAndCannotBecomeOne() throws Exception {
        try (LocalPostgres postgres = start()) {
            DataSource login = login(postgres);
            Migrations.apply(login);
            requireConfined(login);
            assertThat(rows(login, LEFT)).isEmpty();
        }
    }

    @Test
    void theSuperuserHasNoLoginAndItsPasswordIsNowhere() throws Exception {
        try (LocalPostgres postgres = start()) {
            PGSimpleDataSource superuser = login(postgres);
            superuser.setUser(OwnerLogin.SUPERUSER);
            assertThatThrownBy(superuser::getConnection)
                    .hasMessageMatching("(?s).*(not permitted to log in|authentication failed).*");
            assertThatThrownBy(() -> rows(login(postgres), "SELECT rolpassword FROM pg_authid"))
                    .hasMessageContaining("permission denied");
        }
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(pgDirectory().resolve("password"))))
                .isEqualTo("rw-------");
        assertThat(Files.readString(pgDirectory().resolve("postgres.log")))
                .doesNotContain("SCRAM", "CREATE ROLE");
    }

    @Test
    void anEarlierDirectoryIsMovedAndLaterMigrationsWork() throws Exception {
        try (EarlierPostgres earlier = EarlierPostgres.start(pgDirectory())) {
            DataSource superuser = login(earlier);
            migrateTo("21", superuser);
            // What no migration makes, but a person may have.
            execute(
                    superuser,
                    "CREATE TYPE ledger.color AS ENUM ('red')",
                    "CREATE DOMAIN ledger.short AS varchar(3)",
                    "CREATE TYPE ledger.pair AS (a int, b int)",
                    "CREATE TABLE \"Notes\" (id serial, n int GENERATED ALWAYS AS IDENTITY, t text)",
                    "CREATE STATISTICS ledger.both ON id, n FROM \"Notes\"",
                    "CREATE VIEW ledger.notes AS SELECT * FROM \"Notes\"",
                    "CREATE MATERIALIZED VIEW ledger.kept AS SELECT * FROM \"Notes\"",
                    "CREATE FUNCTION ledger.two(a int[], b text) RETURNS int LANGUAGE sql RETURN 2",
                    "CREATE PROCEDURE \"Do\"() LANGUAGE sql AS 'SELECT 1'",
                    "CREATE EXTENSION IF NOT EXISTS plpgsql");
            assertThat(rows(superuser, "SELECT rolsuper FROM pg_roles WHERE rolname = 'signet'"))
                    .containsExactly("t");
        }
        for (int start = 0; start < 2; start++) {
            try (LocalPostgres postgres = start()) {
                DataSource login = login(postgres);
                requireConfined(login);
                assertThat(rows(login, LEFT)).isEmpty();
                Migrations.apply(login);
                assertThat(rows(login, LEFT)).isEmpty();
                execute(
                        login,
                        "SET ROLE signet_server",
                        "SELECT ledger.ensure_partitions(3)",
                        "RESET ROLE",
                        "SET ROLE signet_maintenance",
                        "SELECT ledger.drop_expired_partitions(interval '1 day')",
                        "RESET ROLE",
                        "INSERT INTO \"Notes\" (t) VALUES ('works')",
                        "REFRESH MATERIALIZED VIEW ledger.kept",
                        // As a later migration may.
                        "CREATE ROLE later_" + start,
                        "GRANT signet_server TO later_" + start,
                        "ALTER TABLE ledger.certificate ADD COLUMN later_" + start + " text");
            }
        }
    }

    @Test
    void aMoveThatIsKilledBeforeItIsCommittedIsDoneAtTheNextStart() throws Exception {
        try (EarlierPostgres earlier = EarlierPostgres.start(pgDirectory())) {
            migrateTo("21", login(earlier));
        }
        Cluster cluster = new Cluster(pgDirectory().toRealPath());
        Process moving = moveThatHangs(cluster);
        // The prefix of the command becomes PostgreSQL itself: the process keeps its id.
        moving.destroyForcibly().waitFor();
        assertThat(cluster.pidLines().getFirst()).isEqualTo("-" + moving.pid());
        try (LocalPostgres postgres = start()) {
            requireConfined(login(postgres));
            assertThat(rows(login(postgres), LEFT)).isEmpty();
            Migrations.apply(login(postgres));
        }
    }

    @Test
    void aMoveThatTheLauncherDidNotLiveToSeeIsNoObstacle() throws Exception {
        try (EarlierPostgres earlier = EarlierPostgres.start(pgDirectory())) {
            migrateTo("21", login(earlier));
        }
        Cluster cluster = new Cluster(pgDirectory().toRealPath());
        Process left = moveThatHangs(cluster);
        // Its process id is in use, by a stranger, when the next one starts.
        left.destroyForcibly().waitFor();
        List<String> lines = new ArrayList<>(cluster.pidLines());
        lines.set(0, "-" + ProcessHandle.current().pid());
        Files.write(cluster.pidFile(), lines);
        try (LocalPostgres postgres = start()) {
            requireConfined(login(postgres));
        }
    }

    @Test
    void aLoginThatWasMadeASuperuserAgainIsNoneAfterTheNextStart() throws Exception {
        try (LocalPostgres postgres = start()) {
            requireConfined(login(postgres));
        }
        Cluster cluster = new Cluster(pgDirectory().toRealPath());
        Process single = EarlierPostgres.fork(cluster, single(cluster));
        try (var script = single.getOutputStream()) {
            script.write("ALTER ROLE signet SUPERUSER;\n".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(single.waitFor()).isZero();
        try (LocalPostgres postgres = start()) {
            requireConfined(login(postgres));
        }
    }

    private static List<String> single(Cluster cluster) {
        return OwnerLogin.command(
                EarlierPostgres.binaries(), cluster.data(), LocalPostgres.DATABASE);
    }

    /// Returns when everything is moved and nothing committed.
    private static Process moveThatHangs(Cluster cluster) throws Exception {
        String script =
                new String(OwnerLogin.script(), StandardCharsets.UTF_8)
                        .replaceFirst(
                                "END\n\\$\\$;",
                                "RAISE WARNING 'all moved'; PERFORM pg_sleep(600); END\n\\$\\$;");
        Process moving = EarlierPostgres.fork(cluster, single(cluster));
        try (var input = moving.getOutputStream()) {
            input.write(script.getBytes(StandardCharsets.UTF_8));
        }
        await().atMost(SOON)
                .until(() -> Files.readString(cluster.log()).contains("WARNING:  all moved"));
        return moving;
    }

    private static void requireConfined(DataSource login) throws SQLException {
        assertThat(
                        rows(
                                login,
                                "SELECT rolsuper::text || rolcreatedb || rolreplication ||"
                                        + " rolbypassrls || rolcreaterole FROM pg_roles"
                                        + " WHERE rolname = session_user"))
                .containsExactly("falsefalsefalsefalsetrue");
        for (String refused :
                List.of(
                        "COPY (SELECT 1) TO PROGRAM 'true'",
                        "COPY (SELECT 1) TO '/tmp/signet-never'",
                        "SELECT pg_read_file('postgresql.conf')",
                        "SELECT pg_ls_dir('.')",
                        "SELECT lo_import('/etc/passwd')",
                        "SET SESSION AUTHORIZATION " + OwnerLogin.SUPERUSER,
                        "SET ROLE " + OwnerLogin.SUPERUSER,
                        "ALTER ROLE signet SUPERUSER",
                        "ALTER ROLE " + OwnerLogin.SUPERUSER + " LOGIN PASSWORD 'x'",
                        "GRANT " + OwnerLogin.SUPERUSER + " TO signet",
                        "GRANT pg_execute_server_program TO signet",
                        "GRANT pg_read_server_files TO signet",
                        "CREATE ROLE other SUPERUSER",
                        "ALTER SYSTEM SET fsync = off",
                        "CREATE EXTENSION file_fdw",
                        "CREATE FUNCTION public.run() RETURNS int LANGUAGE c AS 'libc', 'system'")) {
            assertThatThrownBy(() -> execute(login, refused))
                    .as(refused)
                    .isInstanceOf(SQLException.class)
                    .hasMessageMatching("(?s).*(permission denied|must be|may only|only roles).*");
        }
        assertThatCode(() -> execute(login, "SELECT 1")).doesNotThrowAnyException();
    }

    private static void migrateTo(String version, DataSource owner) {
        Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(owner)
                .locations("classpath:dev/signet/migrations")
                .defaultSchema("signet")
                .createSchemas(true)
                .target(version)
                .load()
                .migrate();
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

    private PGSimpleDataSource login(LocalPostgres postgres) throws java.io.IOException {
        return login(postgres.jdbcUrl());
    }

    private PGSimpleDataSource login(EarlierPostgres postgres) throws java.io.IOException {
        return login(postgres.jdbcUrl());
    }

    private PGSimpleDataSource login(String url) throws java.io.IOException {
        PGSimpleDataSource login = new PGSimpleDataSource();
        login.setUrl(url);
        login.setUser("signet");
        login.setPassword(Files.readString(pgDirectory().resolve("password")));
        return login;
    }

    private static void execute(DataSource login, String... statements) throws SQLException {
        try (Connection connection = login.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static List<String> rows(DataSource login, String sql) throws SQLException {
        try (Connection connection = login.getConnection();
                Statement statement = connection.createStatement();
                var found = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (found.next()) {
                rows.add(found.getString(1));
            }
            return rows;
        }
    }
}
