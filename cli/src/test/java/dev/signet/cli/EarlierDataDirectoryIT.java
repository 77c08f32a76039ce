package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.CaServer;
import dev.signet.ca.RunningServer;
import dev.signet.cli.home.DataDirectory;
import dev.signet.cli.output.Progress;
import dev.signet.cli.output.Terminal;
import dev.signet.cli.postgres.EarlierPostgres;
import dev.signet.cli.server.LocalServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.DriverManager;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A data directory whose server still had the superuser's login.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class EarlierDataDirectoryIT {

    private static final String TRUST_DOMAIN = "signet.local";
    private static final Map<String, String> SETTINGS =
            Map.of(
                    "signet.grpc.port", "0",
                    "signet.http.port", "0",
                    "signet.admin.port", "0",
                    "signet.stop.drain-time", "0s");

    @TempDir Path directory;

    @Test
    void itsServerGoesOnWithTheSameCaAndWithoutTheSuperusersRights() throws Exception {
        DataDirectory data = DataDirectory.at(directory.resolve("data"));
        data.prepare(new SecureRandom());
        String before;
        try (EarlierPostgres postgres = EarlierPostgres.start(data.postgres())) {
            Map<String, String> settings = new HashMap<>(SETTINGS);
            settings.put("signet.trust-domain", TRUST_DOMAIN);
            settings.put(
                    "signet.authority.key-encryption-key.file", data.keyEncryptionKey().toString());
            settings.put("signet.operator.credential-file", data.operatorCredential().toString());
            settings.putAll(postgres.serverSettings());
            try (RunningServer server = CaServer.start(settings)) {
                before = server.trustBundle().pem();
            }
        }
        for (int start = 0; start < 2; start++) {
            try (LocalServer server = start(data)) {
                assertThat(Files.readString(data.bundle())).isEqualTo(before);
                Run token =
                        Run.signet(
                                "token",
                                "create",
                                "--data-dir",
                                data.path().toString(),
                                "--spiffe-id",
                                "spiffe://signet.local/orders");
                Run issued =
                        Run.signet(
                                "issue",
                                "--data-dir",
                                data.path().toString(),
                                "--token",
                                token.out().strip(),
                                "--out",
                                directory.resolve("out" + start).toString());
                assertThat(issued.code()).as(issued.err()).isZero();
                Run doctor = Run.signet("keys", "doctor", "--data-dir", data.path().toString());
                assertThat(doctor.out()).as(doctor.err()).contains("0 failed");
                var postgres = server.postgres();
                assertThat(postgres).isNotNull();
                try (var login =
                                DriverManager.getConnection(
                                        postgres.jdbcUrl(), postgres.user(), postgres.password());
                        var statement = login.createStatement()) {
                    assertThatThrownBy(() -> statement.execute("COPY (SELECT 1) TO PROGRAM 'true'"))
                            .hasMessageContaining(
                                    "permission denied to COPY to or from an external");
                }
            }
        }
    }

    private static LocalServer start(DataDirectory data) {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        try (Progress progress = new Progress(Terminal.plain(nowhere, nowhere))) {
            return LocalServer.start(
                    data, TRUST_DOMAIN, null, SETTINGS, new SecureRandom(), progress);
        }
    }
}
