package dev.signet.cli.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signet.cli.ExitCode;
import dev.signet.cli.PostgresProcess;
import dev.signet.cli.ServerProcess;
import dev.signet.cli.SignetCli;
import dev.signet.cli.output.Json;
import dev.signet.cli.output.Terminal;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// kill -9 between the steps of a rotation and of a CRL. A step ends where a table is written:
/// while this test holds that table, the server stands right before its write, and is killed there.
/// Its other replica lives, and has to be able to go on at once.
class AuthorityCrashIT {

    /// Ends a hang; a busy machine is waited for.
    private static final Duration SOON = Duration.ofMinutes(5);

    /// Tables that the acts write: the keys, the change of state, and the CRL.
    private static final List<String> STEPS =
            List.of("authority.private_key", "authority.state_change", "status.crl");

    /// Every one of them: `-Dcrash.everywhere=true`.
    private static final List<String> ALL_STEPS =
            List.of(
                    "authority.authority",
                    "authority.private_key",
                    "authority.state_change",
                    "trust.bundle",
                    "status.shard_plan",
                    "status.crl",
                    "revocation.revocation",
                    "audit.event");

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    private PostgresProcess postgres;
    private ServerProcess victim;
    private ServerProcess survivor;
    private int kills;

    @BeforeEach
    void start() throws Exception {
        postgres = PostgresProcess.start(directory.resolve("postgres"));
        victim =
                ServerProcess.start(
                        directory.resolve("victim"),
                        postgres,
                        Map.of(
                                "signet.rotation.automatic",
                                "false",
                                "signet.status.base-url",
                                "http://status.example.test"));
        survivor = victim.replica(directory.resolve("survivor"), postgres);
        // Both take the first one's.
        Files.copy(
                victim.dataDirectory().resolve("operator-credential"),
                survivor.dataDirectory().resolve("operator-credential"),
                StandardCopyOption.REPLACE_EXISTING);
    }

    @AfterEach
    void stop() {
        victim.close();
        survivor.close();
        postgres.close();
    }

    @Test
    void R15_R17_aKillBetweenAnyTwoStepsLeavesOneActiveAuthorityAndNumbersThatOnlyGrow()
            throws Exception {
        List<String> steps = Boolean.getBoolean("crash.everywhere") ? ALL_STEPS : STEPS;
        for (String table : steps) {
            rotateWithAKillAt(table);
        }
        System.out.printf("authority crash test: %d kills at %d tables%n", kills, steps.size());
        assertThat(kills).isGreaterThanOrEqualTo(steps.size());
    }

    /// A whole rotation; each of its acts is first tried on a server that dies before it writes the
    /// table.
    private void rotateWithAKillAt(String table) throws Exception {
        String before = issuing("active");
        act(table, "authorities", "prepare", "--reason", "crash at " + table);
        String next = prepared();
        act(table, "authorities", "activate", next, "--reason", "crash at " + table);
        if (!issuing("active").equals(next)) {
            signet(survivor, "authorities", "activate", next, "--reason", "again");
        }
        await("active").atMost(SOON).until(() -> issuing("active").equals(next));
        String serial = issue();
        act(table, "revoke", serial, "--reason", "superseded", "--yes", "--comment", "crash");
        act(
                table,
                "authorities",
                "revoke",
                before,
                "--cause",
                "superseded",
                "--reason",
                "crash at " + table);
        if (!state(before).equals("revoked")) {
            signet(
                    survivor,
                    "authorities",
                    "revoke",
                    before,
                    "--cause",
                    "superseded",
                    "--reason",
                    "again");
        }
        assertThat(state(before)).isEqualTo("revoked");
        assertThat(issuing("active")).isEqualTo(next);
    }

    private String prepared() throws Exception {
        for (JsonNode authority : authorities()) {
            if (authority.path("state").asString().equals("prepared")) {
                return authority.path("id").asString();
            }
        }
        signet(survivor, "authorities", "prepare", "--reason", "again");
        return issuing("prepared");
    }

    /// The act at the victim, which is killed if it stands before a write of the table.
    private void act(String table, String... arguments) throws Exception {
        boolean stood;
        try (Connection connection = connect();
                Statement lock = connection.createStatement()) {
            connection.setAutoCommit(false);
            // Reading goes on; writing waits.
            lock.execute("LOCK TABLE " + table + " IN EXCLUSIVE MODE");
            CompletableFuture<Integer> answered =
                    CompletableFuture.supplyAsync(() -> run(victim, arguments).code());
            // A CRL follows its revocation, signed by either of the two.
            boolean ofCrl = table.equals("status.crl") && arguments[0].equals("revoke");
            await(table)
                    .atMost(SOON)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> (answered.isDone() && !ofCrl) || waiting(table));
            stood = ofCrl || !answered.isDone();
            if (stood) {
                victim.kill();
                kills++;
            }
            if (ofCrl) {
                survivor.kill();
            }
            connection.rollback();
            answered.get(SOON.toSeconds(), TimeUnit.SECONDS);
            if (ofCrl) {
                survivor.startAgain();
            }
        }
        await("what the dead server had begun is over").atMost(SOON).until(() -> !waiting(table));
        assertSound();
        if (stood) {
            victim.startAgain();
            assertSound();
        }
    }

    /// The number of a shard grows with each CRL, and nobody ever sees two active authorities, or
    /// one whose root the bundle does not have.
    private void assertSound() throws Exception {
        List<String> active = new ArrayList<>();
        for (JsonNode authority : authorities()) {
            if (authority.path("role").asString().equals("issuing")
                    && authority.path("state").asString().equals("active")) {
                active.add(authority.path("id").asString());
            }
        }
        assertThat(active).hasSize(1);
        assertThat(
                        number(
                                """
                                SELECT count(*) FROM (
                                    SELECT number <= lag(number) OVER (
                                        PARTITION BY authority_id, shard ORDER BY recorded_at) AS fell
                                    FROM status.crl) AS each
                                WHERE fell
                                """))
                .as("CRL numbers that fell")
                .isZero();
        assertThat(
                        number(
                                """
                                SELECT count(*) FROM authority.authority a
                                WHERE NOT EXISTS (SELECT FROM authority.private_key k
                                                  WHERE k.authority_id = a.id)
                                """))
                .as("authorities without their key")
                .isZero();
        // What it signs verifies with the bundle that clients hold.
        assertThat(survivor.ready()).isTrue();
        issue();
    }

    private String issue() throws Exception {
        Path own = Files.createTempDirectory(directory, "issue");
        Path token =
                Files.writeString(
                        own.resolve("token"),
                        survivor.joinToken("spiffe://" + ServerProcess.TRUST_DOMAIN + "/crash"));
        return Json.read(
                        signet(
                                survivor,
                                "issue",
                                "--token-file",
                                token.toString(),
                                "--out",
                                own.toString(),
                                "--force",
                                "--json"))
                .path("serial_number")
                .asString();
    }

    private JsonNode authorities() {
        return Json.read(signet(survivor, "authorities", "list", "--json"));
    }

    private String issuing(String state) {
        for (JsonNode authority : authorities()) {
            if (authority.path("role").asString().equals("issuing")
                    && authority.path("state").asString().equals(state)) {
                return authority.path("id").asString();
            }
        }
        throw new AssertionError("no issuing CA is " + state);
    }

    private String state(String id) {
        return Json.read(signet(survivor, "authorities", "show", id, "--json"))
                .path("state")
                .asString();
    }

    private record Answer(int code, String out, String err) {}

    private static String signet(ServerProcess server, String... arguments) {
        Answer answer = run(server, arguments);
        assertThat(answer.code()).as(answer.out() + answer.err()).isEqualTo(ExitCode.OK);
        return answer.out();
    }

    private static Answer run(ServerProcess server, String... arguments) {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(List.of("--data-dir", server.dataDirectory().toString()));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code =
                SignetCli.run(
                        Terminal.plain(stream(out), stream(err)),
                        InstantSource.system(),
                        all.toArray(String[]::new));
        return new Answer(
                code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static PrintStream stream(ByteArrayOutputStream octets) {
        return new PrintStream(octets, true, StandardCharsets.UTF_8);
    }

    /// Whether somebody stands before a write of this table.
    private boolean waiting(String table) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement query =
                        connection.prepareStatement(
                                """
                                SELECT count(*) FROM pg_locks
                                WHERE relation = ?::regclass AND NOT granted
                                """)) {
            query.setString(1, table);
            try (ResultSet rows = query.executeQuery()) {
                rows.next();
                return rows.getLong(1) > 0;
            }
        }
    }

    private long number(String query) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(query);
                ResultSet rows = statement.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(
                postgres.jdbcUrl(), postgres.user(), postgres.password());
    }
}
