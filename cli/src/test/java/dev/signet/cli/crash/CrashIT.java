package dev.signet.cli.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.ECKey;

import dev.signet.cli.PostgresProcess;
import dev.signet.cli.ServerProcess;
import dev.signet.cli.SignsOfLife;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Promise 1 under SIGKILL: real processes, a real PostgreSQL with fsync on, load from many
/// connections. `-Dcrash.rounds=N` kills N times.
class CrashIT {

    private static final int CALLERS = 16;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    private final SecureRandom random = new SecureRandom();
    private PostgresProcess postgres;
    private ECKey issuerKey;
    private Map<String, String> settings;

    @BeforeEach
    void startPostgres() throws Exception {
        postgres = PostgresProcess.start(directory.resolve("postgres"));
        issuerKey = IssuingLoad.makeIssuerKey(directory.resolve("jwks.json"));
        String issuer = "signet.attestation.token-issuers[0].";
        settings =
                Map.of(
                        issuer + "name",
                        "crash",
                        issuer + "kind",
                        "kubernetes",
                        issuer + "issuer",
                        IssuingLoad.ISSUER,
                        issuer + "audiences[0]",
                        IssuingLoad.AUDIENCE,
                        issuer + "jwks-file",
                        directory.resolve("jwks.json").toString());
    }

    @AfterEach
    void stopPostgres() {
        postgres.close();
    }

    @Test
    void everyCertificateInAClientsHandIsOnRecordWhateverIsKilled() throws Exception {
        int rounds = Integer.getInteger("crash.rounds", 25);
        Set<String> seen = new HashSet<>();
        try (ServerProcess server =
                ServerProcess.start(directory.resolve("server"), postgres, settings)) {
            try (IssuingLoad load =
                    new IssuingLoad(
                            List.of(server.address()),
                            Files.readString(server.bundle()),
                            issuerKey,
                            CALLERS)) {
                for (int round = 0; round < rounds; round++) {
                    // A random number of successes later is a random instant under load.
                    awaitSuccesses(load, 1 + random.nextInt(600));
                    Victim victim = Victim.values()[round % Victim.values().length];
                    switch (victim) {
                        case SERVER -> server.kill();
                        case POSTGRES -> postgres.kill();
                        case BOTH -> {
                            postgres.kill();
                            server.kill();
                        }
                    }
                    if (victim == Victim.POSTGRES) {
                        server.awaitReady();
                    } else {
                        server.startAgain();
                    }
                    awaitSuccesses(load, 50);
                    assertOnRecord(load.takeReceived(), seen);
                }
                System.out.printf(
                        "crash test: %d kills, %d certificates received, failed calls %s%n",
                        rounds, load.receivedCount(), load.failures());
                load.stop();
                assertOnRecord(load.takeReceived(), seen);
                assertThat(load.unexpected()).isEmpty();
            }
        }
        assertLedgerIsConsistent(seen.size());
    }

    @Test
    void R2_twoReplicasIssueWithoutARepeatedSerialAndClientsMoveOverWhenOneIsKilled()
            throws Exception {
        Set<String> seen = new HashSet<>();
        try (ServerProcess first =
                        ServerProcess.start(directory.resolve("first"), postgres, settings);
                ServerProcess second = first.replica(directory.resolve("second"), postgres)) {
            String bundlePem = Files.readString(first.bundle());
            assertThat(bundlePem).as("one authority").isEqualTo(Files.readString(second.bundle()));
            try (IssuingLoad load =
                    new IssuingLoad(
                            List.of(first.address(), second.address()),
                            bundlePem,
                            issuerKey,
                            CALLERS)) {
                awaitSuccesses(load, 1000);
                first.kill();
                awaitSuccesses(load, 2000);
                first.startAgain();
                second.kill();
                awaitSuccesses(load, 1000);
                load.stop();
                assertOnRecord(load.takeReceived(), seen);
                assertThat(load.unexpected()).isEmpty();
            }
        }
        assertLedgerIsConsistent(seen.size());
        assertThat(count("SELECT count(DISTINCT replica) FROM ledger.certificate"))
                .isGreaterThanOrEqualTo(2);
        assertThat(count("SELECT count(DISTINCT authority_id) FROM ledger.certificate"))
                .isEqualTo(1);
    }

    private enum Victim {
        SERVER,
        POSTGRES,
        BOTH
    }

    private static void awaitSuccesses(IssuingLoad load, int more) {
        long target = load.receivedCount() + more;
        SignsOfLife.await(
                "certificates are issued",
                () -> load.receivedCount() >= target,
                load::receivedCount);
    }

    private void assertOnRecord(List<String> serials, Set<String> seen) throws SQLException {
        for (String serial : serials) {
            assertThat(seen.add(serial)).as("serial %s is given once", serial).isTrue();
        }
        assertThat(missing(serials)).as("received, but not on record").isEmpty();
    }

    private List<String> missing(List<String> serials) throws SQLException {
        List<String> missing = new ArrayList<>();
        try (Connection connection = connect();
                PreparedStatement query =
                        connection.prepareStatement(
                                """
                                SELECT encode(wanted.serial, 'hex')
                                FROM unnest(?) AS wanted (serial)
                                WHERE NOT EXISTS (
                                    SELECT FROM ledger.certificate c WHERE c.serial = wanted.serial)
                                """)) {
            query.setArray(
                    1,
                    connection.createArrayOf(
                            "bytea",
                            serials.stream().map(HexFormat.of()::parseHex).toArray(byte[][]::new)));
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    missing.add(rows.getString(1));
                }
            }
        }
        return missing;
    }

    private void assertLedgerIsConsistent(int received) throws SQLException {
        assertThat(count("SELECT count(*) FROM ledger.certificate"))
                .isGreaterThanOrEqualTo(received);
        assertThat(
                        count(
                                """
                                SELECT count(*) - count(DISTINCT serial) FROM ledger.certificate
                                """))
                .as("repeated serials")
                .isZero();
        assertThat(
                        count(
                                """
                                SELECT count(*) FROM (
                                    SELECT request_id FROM ledger.certificate
                                    WHERE request_id IS NOT NULL
                                    GROUP BY request_id HAVING count(*) > 1) AS repeated
                                """))
                .as("request ids with more than one certificate")
                .isZero();
        assertThat(
                        count(
                                """
                                SELECT count(*) FROM ledger.issuance_request r
                                WHERE NOT EXISTS (
                                    SELECT FROM ledger.certificate c WHERE c.serial = r.serial)
                                """))
                .as("request ids without their certificate")
                .isZero();
    }

    private long count(String query) throws SQLException {
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
