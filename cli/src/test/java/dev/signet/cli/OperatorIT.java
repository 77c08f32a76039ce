package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.cli.output.Json;
import dev.signet.client.Pem;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The operator's commands against a server as it runs in production, over its real admin API.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class OperatorIT {

    private static final String ALICE = "spiffe://test.signet/ns/ops/sa/alice";
    private static final String ORDERS = "spiffe://test.signet/ns/shop/sa/orders";

    @TempDir static Path directory;
    private static PostgresProcess postgres;
    private static ServerProcess server;

    @TempDir Path own;

    @BeforeAll
    static void start() throws Exception {
        postgres = PostgresProcess.start(directory.resolve("postgres"));
        server =
                ServerProcess.start(
                        directory.resolve("server"),
                        postgres,
                        Map.of(
                                "signet.admin.certificates[0].spiffe-id",
                                ALICE,
                                "signet.admin.certificates[0].roles[0]",
                                "viewer"));
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        postgres.close();
    }

    /// As the owner of the server's data directory.
    private static Run signet(String... arguments) {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(List.of("--data-dir", server.dataDirectory().toString()));
        return Run.signet(all.toArray(String[]::new));
    }

    private static String done(Run run) {
        assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.OK);
        return run.out();
    }

    private Path contexts() {
        return own.resolve("contexts.yaml");
    }

    private Run asAlice(InstantSource clock, String... arguments) {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(List.of("--contexts-file", contexts().toString()));
        return Run.signet(clock, all.toArray(String[]::new));
    }

    private void login() throws IOException {
        Path token = Files.writeString(own.resolve("token"), server.joinToken(ALICE));
        done(
                Run.signet(
                        "login",
                        "--join-token-file",
                        token.toString(),
                        "--data-dir",
                        server.dataDirectory().toString(),
                        "--name",
                        "alice",
                        "--contexts-file",
                        contexts().toString()));
    }

    private String serialOfAlice() throws IOException {
        return Pem.certificates(Files.readString(own.resolve("alice/identity.pem")))
                .getFirst()
                .getSerialNumber()
                .toString(16);
    }

    private String issue(String spiffeId, String name) throws IOException {
        Path token = Files.writeString(own.resolve(name + ".token"), server.joinToken(spiffeId));
        String out =
                done(
                        signet(
                                "issue",
                                "--token-file",
                                token.toString(),
                                "--out",
                                own.resolve(name).toString(),
                                "--json"));
        return Json.read(out).path("serial_number").asString();
    }

    @Test
    void aLoginGivesAnIdentityWithItsRolesAndNoMore() throws Exception {
        login();
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(own.resolve("alice/identity.pem"))))
                .isEqualTo("rw-------");
        String who = done(asAlice(InstantSource.system(), "whoami"));
        assertThat(who).contains(ALICE).contains("certificate").contains("viewer");
        done(asAlice(InstantSource.system(), "certificates", "list"));
        Run audit = asAlice(InstantSource.system(), "audit", "list");
        assertThat(audit.code()).isEqualTo(ExitCode.NOT_PERMITTED);
        assertThat(audit.err()).contains("NOT_PERMITTED").contains("signet whoami");
    }

    @Test
    void anAgeingIdentityIsRenewedOnTheWayAndAFreshOneIsNot() throws Exception {
        login();
        String first = serialOfAlice();
        done(asAlice(InstantSource.system(), "whoami"));
        assertThat(serialOfAlice()).isEqualTo(first);
        Instant later = Instant.now().plus(Duration.ofMinutes(45));
        done(asAlice(InstantSource.fixed(later), "whoami"));
        assertThat(serialOfAlice()).isNotEqualTo(first);
        done(asAlice(InstantSource.system(), "whoami"));
    }

    @Test
    void aCertificateIsFoundShownAndExported() throws Exception {
        String serial = issue(ORDERS, "orders");
        JsonNode found =
                Json.read(done(signet("certificates", "list", "--serial", serial, "--json")));
        assertThat(found.size()).isEqualTo(1);
        assertThat(found.get(0).path("spiffeId").asString()).isEqualTo(ORDERS);
        assertThat(done(signet("certificates", "list", "--spiffe-id", ORDERS, "--state", "valid")))
                .contains(ORDERS);
        assertThat(
                        signet(
                                        "certificates",
                                        "list",
                                        "--expires-before",
                                        "1m",
                                        "--spiffe-id",
                                        ORDERS)
                                .out())
                .isEmpty();
        assertThat(done(signet("certificates", "show", serial)))
                .contains(ORDERS)
                .contains("join-token")
                .contains(serial);
        assertThat(
                        Pem.certificates(done(signet("certificates", "show", serial, "--pem")))
                                .getFirst()
                                .getSerialNumber()
                                .toString(16))
                .isEqualTo(serial);
        Path csv = own.resolve("all.csv");
        done(signet("certificates", "export", "--format", "csv", "-o", csv.toString()));
        assertThat(Files.readString(csv)).contains(serial).contains("spiffeId");
        assertThat(done(signet("certificates", "export", "--serial", serial)).lines()).hasSize(1);
    }

    @Test
    void aCertificateThatThereIsNotIsSaidToBeSo() {
        Run run = signet("certificates", "show", "0".repeat(39) + "1");
        assertThat(run.code()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).contains("NOT_FOUND");
        assertThat(signet("certificates", "show", "xyz").code()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void theTrailHasTheLogin() throws Exception {
        login();
        done(asAlice(InstantSource.system(), "whoami"));
        assertThat(done(signet("audit", "list", "--act", "login")))
                .contains(ALICE)
                .contains("done");
        assertThat(done(signet("audit", "tail", "--actor", ALICE))).contains("login");
    }
}
