package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.cli.home.DataDirectory;
import dev.signet.cli.output.Json;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The commands that look after the CA's own keys, its authorities, its record and its neighbours,
/// against a server as it runs in production.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class AuthorityCommandsIT {

    private static final String SHOP = "spiffe://test.signet/ns/shop/sa/";
    private static final String OTHER = "other.example";

    @TempDir static Path directory;
    private static PostgresProcess postgres;
    private static ServerProcess server;

    @TempDir Path own;

    @BeforeAll
    static void start() throws Exception {
        postgres = PostgresProcess.start(directory.resolve("postgres"));
        server = ServerProcess.start(directory.resolve("server"), postgres, Map.of());
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

    private static String done(String... arguments) {
        Run run = signet(arguments);
        assertThat(run.code()).as(run.out() + run.err()).isEqualTo(ExitCode.OK);
        return run.out();
    }

    private static JsonNode json(String... arguments) {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.add("--json");
        return Json.read(done(all.toArray(String[]::new)));
    }

    private static void refused(String code, String... arguments) {
        Run run = signet(arguments);
        assertThat(run.code()).as(run.out() + run.err()).isEqualTo(ExitCode.FAILED);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains(code);
    }

    private static String issuing(String state) {
        for (JsonNode authority : json("authorities", "list")) {
            if (authority.path("role").asString().equals("issuing")
                    && authority.path("state").asString().equals(state)) {
                return authority.path("id").asString();
            }
        }
        throw new AssertionError("no issuing CA is " + state);
    }

    private static String state(String id) {
        return json("authorities", "show", id).path("state").asString();
    }

    private String issue(String name) throws IOException {
        Path token = Files.writeString(own.resolve(name + ".token"), server.joinToken(SHOP + name));
        return json(
                        "issue",
                        "--token-file",
                        token.toString(),
                        "--out",
                        own.resolve(name).toString())
                .path("serial_number")
                .asString();
    }

    @Test
    void anIssuingCaGoesThroughItsLifeAndOneUnderANewRootWaitsForClients() throws Exception {
        String first = issuing("active");
        JsonNode prepared = json("authorities", "prepare", "--reason", "yearly change");
        String second = prepared.path("changed").get(0).path("id").asString();
        String shortly = second.substring(0, 12);
        assertThat(done("authorities", "list"))
                .contains(second.substring(0, 16), first.substring(0, 16), "prepared", "here");
        assertThat(done("authorities", "show", shortly)).contains("BEGIN CERTIFICATE", second);
        assertThat(state(second)).isEqualTo("prepared");

        assertThat(done("authorities", "readiness", shortly)).startsWith("ready: ");
        assertThat(json("authorities", "readiness", second).path("ready").asBoolean(false))
                .isTrue();
        done("authorities", "activate", shortly, "--wait", "--reason", "yearly change");
        assertThat(state(second)).isEqualTo("active");
        assertThat(state(first)).isEqualTo("retired");
        refused("CONFLICT", "authorities", "activate", second, "--reason", "twice");
        refused("LAST_AUTHORITY", "authorities", "retire", second, "--reason", "the last");

        issue("signed-by-the-second");
        refused("CONFLICT", "authorities", "rollback", "--reason", "it has signed");
        done(
                "authorities",
                "revoke",
                first.substring(0, 8),
                "--cause",
                "superseded",
                "--reason",
                "incident 7");
        assertThat(state(first)).isEqualTo("revoked");
        assertThat(done("audit", "list", "--act", "authority.revoke")).contains("incident 7");

        // Of a new root nobody has said that it knows it.
        JsonNode root = json("authorities", "prepare-root", "--reason", "root change");
        assertThat(root.path("changed").toString()).contains("root", "cross", "issuing");
        String third = issuing("prepared");
        Run readiness = signet("authorities", "readiness", third);
        assertThat(readiness.code()).as(readiness.err()).isEqualTo(ExitCode.ANSWER_IS_NO);
        assertThat(readiness.out()).startsWith("not ready: ").contains(SHOP);
        Run asJson = signet("authorities", "readiness", third, "--json");
        assertThat(asJson.code()).isEqualTo(ExitCode.ANSWER_IS_NO);
        assertThat(Json.read(asJson.out()).path("pendingClients").size()).isPositive();
        refused(
                "ACTIVATION_NOT_ACKNOWLEDGED",
                "authorities",
                "activate",
                third,
                "--reason",
                "too early");
        done("authorities", "retire", third, "--reason", "after all not");
        assertThat(state(third)).isEqualTo("retired");
        assertThat(issuing("active")).isEqualTo(second);
    }

    @Test
    void anAuthorityThatThereIsNotOrIsNotNamedWellIsNone() {
        refused("NOT_FOUND", "authorities", "show", "0".repeat(64));
        refused("00000000", "authorities", "readiness", "00000000");
        refused("too short", "authorities", "retire", "", "--reason", "empty");
        Run cause =
                signet(
                        "authorities",
                        "revoke",
                        issuing("active"),
                        "--cause",
                        "boredom",
                        "--reason",
                        "r");
        assertThat(cause.code()).isEqualTo(ExitCode.FAILED);
        assertThat(cause.err()).contains("INVALID_ARGUMENT", "keyCompromise");
        assertThat(signet("authorities", "prepare").code()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void keysAreListedRewrappedAndExamined() throws Exception {
        JsonNode keys = json("keys", "list");
        assertThat(keys.path("items").size()).isGreaterThanOrEqualTo(2);
        String id = keys.path("items").get(0).path("authorityId").asString();
        assertThat(done("keys", "list")).contains(id, "WRAPS WITH", "yes");
        assertThat(done("keys", "rewrap", "--reason", "nothing to do")).contains("0 keys wrapped");
        JsonNode rewrapped = json("keys", "rewrap", "--reason", "again");
        assertThat(rewrapped.path("rewrapped").size()).isZero();
        assertThat(rewrapped.path("unchanged").asInt(0)).isPositive();
        assertThat(signet("keys", "rewrap").code()).isEqualTo(ExitCode.USAGE);

        assertThat(doctor(server.dataDirectory()).code()).isEqualTo(ExitCode.OK);
        assertThat(doctor(server.dataDirectory()).out()).contains("PASS", "0 failed");
        JsonNode healthy = Json.read(doctor(server.dataDirectory(), "--json").out());
        assertThat(healthy.path("failed").asInt(-1)).isZero();

        // Another key-encryption key opens none of them.
        DataDirectory other = DataDirectory.at(own.resolve("other"));
        other.prepare(new java.security.SecureRandom());
        Run sick = doctor(other.path(), "--json");
        assertThat(sick.code()).as(sick.err()).isEqualTo(ExitCode.ANSWER_IS_NO);
        assertThat(Json.read(sick.out()).path("failed").asInt(0)).isPositive();
        Run none = Run.signet("keys", "doctor", "--data-dir", own.resolve("none").toString());
        assertThat(none.code()).isEqualTo(ExitCode.FAILED);
        assertThat(none.err()).contains("There is no database");
    }

    private static Run doctor(Path data, String... more) {
        Map<String, String> settings = postgres.serverSettings();
        List<String> all = new ArrayList<>(List.of("keys", "doctor"));
        all.addAll(List.of("--data-dir", data.toString(), "--trust-domain", "test.signet"));
        all.addAll(List.of("--database-url", settings.get("signet.database.url")));
        all.addAll(List.of("--database-user", settings.get("signet.database.username")));
        all.addAll(
                List.of("--database-password-file", settings.get("signet.database.password-file")));
        all.addAll(Arrays.asList(more));
        return Run.signet(all.toArray(String[]::new));
    }

    @Test
    void aTrustDomainIsFederatedWithAndNoMore() throws Exception {
        Path bundle = Files.writeString(own.resolve("b.json"), server.get("/trust-bundle").body());
        String[] add = {
            "federation",
            "add",
            OTHER,
            "--url",
            "https://localhost:1/bundle",
            "--endpoint-id",
            "spiffe://" + OTHER + "/signet/server",
            "--initial-bundle",
            bundle.toString(),
            "--reason",
            "ticket 7"
        };
        done(add);
        refused("CONFLICT", add);
        assertThat(done("federation", "list")).contains(OTHER, "https://localhost:1/bundle");
        assertThat(json("federation", "list").path("items").size()).isEqualTo(1);
        assertThat(done("federation", "show", OTHER)).contains("ticket 7");
        assertThat(json("federation", "show", OTHER).path("trustDomain").asString())
                .isEqualTo(OTHER);
        assertThat(json("federation", "remove", OTHER, "--reason", "over").path("url").asString())
                .isEqualTo("https://localhost:1/bundle");
        assertThat(json("federation", "list").path("items").isEmpty()).isTrue();
        refused("NOT_FOUND", "federation", "remove", OTHER, "--reason", "twice");
        refused("NOT_FOUND", "federation", "show", OTHER);
        refused("INVALID_ARGUMENT", "federation", "show", "no trust domain/../..");
        refused(
                "INVALID_ARGUMENT",
                "federation",
                "add",
                "web.example",
                "--web",
                "--url",
                "http://web.example/",
                "--reason",
                "in clear");
        refused(
                "cannot be read",
                "federation",
                "add",
                OTHER,
                "--url",
                "https://localhost:1/",
                "--initial-bundle",
                own.resolve("none").toString(),
                "--reason",
                "r");
    }

    @Test
    void aRenewalIsPlannedOrderedWatchedAndTakenBack() throws Exception {
        issue("renewing-one");
        issue("renewing-two");
        String prefix = SHOP + "renewing-";
        String[] start = {
            "reissue", "start", "--spiffe-id-prefix", prefix, "--rate", "10", "--reason", "hygiene"
        };
        List<String> plan = new ArrayList<>(Arrays.asList(start));
        plan.add("--plan");
        assertThat(done(plan.toArray(String[]::new)))
                .startsWith("2 certificates of 2 identities, until ");
        plan.add("--json");
        assertThat(Json.read(done(plan.toArray(String[]::new))).path("certificates").asInt(0))
                .isEqualTo(2);
        assertThat(json("reissue", "list").isEmpty()).isTrue();

        String number = json(start).path("number").asString();
        assertThat(done("reissue", "list")).contains(number);
        Run shown = signet("reissue", "show", number);
        assertThat(shown.code()).as(shown.err()).isEqualTo(ExitCode.ANSWER_IS_NO);
        assertThat(shown.out()).contains(prefix + "one", prefix + "two", "hygiene");
        Run waited = signet("reissue", "show", number, "--wait", "--json");
        assertThat(waited.code()).as(waited.err()).isEqualTo(ExitCode.ANSWER_IS_NO);
        assertThat(Json.read(waited.out()).path("progress").path("left").asInt(0)).isEqualTo(2);

        done("reissue", "cancel", number, "--reason", "too fast");
        assertThat(done("reissue", "list")).contains("cancelled");
        refused("CONFLICT", "reissue", "cancel", number, "--reason", "twice");
        refused("NOT_FOUND", "reissue", "show", "1");
        assertThat(signet("reissue", "start", "--rate", "0", "--reason", "r").code())
                .isEqualTo(ExitCode.USAGE);
        assertThat(
                        json(
                                        "reissue",
                                        "start",
                                        "--authority",
                                        issuing("active").substring(0, 10),
                                        "--rate",
                                        "1",
                                        "--reason",
                                        "r",
                                        "--plan")
                                .path("certificates")
                                .isNumber())
                .isTrue();
        refused(
                "too short",
                "reissue",
                "start",
                "--authority",
                "1234",
                "--rate",
                "1",
                "--reason",
                "r");
    }

    @Test
    void nothingIsLostAndCrlsAreOut() {
        assertThat(done("recovery"))
                .contains("no client has shown a revocation", "nobody has presented");
        JsonNode recovery = json("recovery");
        assertThat(recovery.path("unrecordedCertificates").asString()).isEqualTo("0");
        assertThat(recovery.path("certificates").isEmpty()).isTrue();
        assertThat(signet("recovery", "--limit", "0").code()).isEqualTo(ExitCode.USAGE);

        JsonNode crls = json("crl", "list");
        assertThat(crls.size()).isPositive();
        JsonNode crl = crls.get(0);
        assertThat(done("crl", "list"))
                .contains(crl.path("authorityId").asString().substring(0, 16));
        assertThat(crl.path("bytes").asInt(0)).isPositive();
    }
}
