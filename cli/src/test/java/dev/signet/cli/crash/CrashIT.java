package dev.signet.cli.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.jwk.ECKey;

import dev.signet.cli.postgres.LocalPostgres;
import dev.signet.cli.postgres.LocalPostgresSettings;

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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/// Promise 1 under SIGKILL: real processes, a real PostgreSQL with fsync on, load from many
/// connections. `-Dcrash.rounds=N` kills N times.
class CrashIT {

    private static final int CALLERS = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    private final SecureRandom random = new SecureRandom();
    private LocalPostgres postgres;
    private ECKey issuerKey;
    private Map<String, String> settings;

    @BeforeEach
    void startPostgres() throws Exception {
        postgres =
                LocalPostgres.start(
                        LocalPostgresSettings.in(directory.resolve("postgres")),
                        random,
                        step -> {});
        postgres.awaitReady(PATIENCE);
        issuerKey = IssuingLoad.makeIssuerKey(directory.resolve("jwks.json"));
        byte[] keyEncryptionKey = new byte[32];
        random.nextBytes(keyEncryptionKey);
        Path keyFile = directory.resolve("kek");
        Files.writeString(keyFile, Base64.getEncoder().encodeToString(keyEncryptionKey));
        Path passwordFile = directory.resolve("password");
        Files.writeString(passwordFile, postgres.password());
        settings = new TreeMap<>();
        settings.put("signet.trust-domain", "crash.test");
        settings.put("signet.database.url", postgres.jdbcUrl());
        settings.put("signet.database.username", postgres.user());
        settings.put("signet.database.password-file", passwordFile.toString());
        settings.put("signet.authority.key-encryption-key.file", keyFile.toString());
        String issuer = "signet.attestation.token-issuers[0].";
        settings.put(issuer + "name", "crash");
        settings.put(issuer + "kind", "kubernetes");
        settings.put(issuer + "issuer", IssuingLoad.ISSUER);
        settings.put(issuer + "audiences[0]", IssuingLoad.AUDIENCE);
        settings.put(issuer + "jwks-file", directory.resolve("jwks.json").toString());
    }

    @AfterEach
    void stopPostgres() {
        postgres.close();
    }

    @Test
    void everyCertificateInAClientsHandIsOnRecordWhateverIsKilled() throws Exception {
        int rounds = Integer.getInteger("crash.rounds", 25);
        Set<String> seen = new HashSet<>();
        try (CaProcess server = new CaProcess(settings, directory.resolve("server.log"))) {
            server.awaitReady();
            try (IssuingLoad load =
                    new IssuingLoad(
                            List.of(server.target()), server.bundlePem(), issuerKey, CALLERS)) {
                for (int round = 0; round < rounds; round++) {
                    // A random number of successes later is a random instant under load.
                    awaitSuccesses(load, 1 + random.nextInt(600));
                    Victim victim = Victim.values()[round % Victim.values().length];
                    switch (victim) {
                        case SERVER -> server.kill();
                        case POSTGRES -> killPostgres();
                        case BOTH -> {
                            killPostgres();
                            server.kill();
                        }
                    }
                    if (!server.alive()) {
                        server.start();
                    } else {
                        assertThat(victim).isEqualTo(Victim.POSTGRES);
                    }
                    server.awaitReady();
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
        try (CaProcess first = new CaProcess(settings, directory.resolve("first.log"));
                CaProcess second = new CaProcess(settings, directory.resolve("second.log"))) {
            first.awaitReady();
            second.awaitReady();
            assertThat(first.bundlePem()).as("one authority").isEqualTo(second.bundlePem());
            try (IssuingLoad load =
                    new IssuingLoad(
                            List.of(first.target(), second.target()),
                            first.bundlePem(),
                            issuerKey,
                            CALLERS)) {
                awaitSuccesses(load, 1000);
                first.kill();
                awaitSuccesses(load, 2000);
                first.start();
                first.awaitReady();
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

    private void killPostgres() throws Exception {
        OptionalLong processId = postgres.processId();
        if (processId.isPresent()) {
            assertThat(
                            new ProcessBuilder("kill", "-9", Long.toString(processId.getAsLong()))
                                    .start()
                                    .waitFor())
                    .isZero();
        }
    }

    private static void awaitSuccesses(IssuingLoad load, int more) {
        long target = load.receivedCount() + more;
        await("certificates are issued")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> load.receivedCount() >= target);
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
