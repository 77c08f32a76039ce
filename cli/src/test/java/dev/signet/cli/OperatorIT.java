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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The operator's commands against a server as it runs in production, over its real admin API.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class OperatorIT {

    private static final String ALICE = "spiffe://test.signet/ns/ops/sa/alice";
    private static final String ORDERS = "spiffe://test.signet/ns/shop/sa/orders";

    private static final String POLICY =
            """
            apiVersion: signet.dev/v1
            rules:
              - name: orders
                when: >-
                  evidence.kind in ["join-token", "current-certificate"] &&
                  evidence.spiffeId.endsWith("/sa/orders")
                grant:
                  spiffeId: "{evidence.spiffeId}"
                  names:
                    dns: ["orders.shop.svc"]
                  lifetime: {default: 30m, max: 1h}
              - name: join-tokens
                when: evidence.kind == "join-token"
                grant:
                  spiffeId: "{evidence.spiffeId}"
              - name: renewals
                when: evidence.kind == "current-certificate"
                grant:
                  spiffeId: "{evidence.spiffeId}"
            """;

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

    private Run loginAs(String spiffeId, String... arguments) throws IOException {
        Path token = Files.writeString(own.resolve("token"), server.joinToken(spiffeId));
        List<String> all = new ArrayList<>(List.of("login", "--join-token-file", token.toString()));
        all.addAll(Arrays.asList(arguments));
        all.addAll(List.of("--data-dir", server.dataDirectory().toString()));
        all.addAll(List.of("--contexts-file", contexts().toString()));
        return Run.signet(all.toArray(String[]::new));
    }

    @Test
    void aSecondLoginKeepsTheFirstOnesKeyAndCertificate() throws Exception {
        done(loginAs(ALICE));
        byte[] first = Files.readAllBytes(own.resolve("test.signet/identity.pem"));
        Run second = loginAs(ORDERS);
        assertThat(second.code()).as(second.err()).isEqualTo(ExitCode.OK);
        assertThat(second.err()).contains("context test.signet-orders is used");
        Run third = loginAs(ORDERS);
        assertThat(third.err()).contains("context test.signet-2 is used");
        assertThat(Files.readAllBytes(own.resolve("test.signet/identity.pem"))).isEqualTo(first);
        assertThat(done(asAlice(InstantSource.system(), "whoami", "--context", "test.signet")))
                .contains(ALICE);
    }

    @Test
    void aNameThatIsTakenIsRefusedBeforeTheTokenIsSpent() throws Exception {
        login();
        byte[] first = Files.readAllBytes(own.resolve("alice/identity.pem"));
        Run refused = loginAs(ORDERS, "--name", "alice");
        assertThat(refused.code()).isEqualTo(ExitCode.FAILED);
        assertThat(refused.err()).contains("alice").contains("--force").contains("another name");
        assertThat(Files.readAllBytes(own.resolve("alice/identity.pem"))).isEqualTo(first);
        String token = Files.readString(own.resolve("token"));
        Run forced =
                Run.signet(
                        "login",
                        "--force",
                        "--name",
                        "alice",
                        "--join-token",
                        token,
                        "--data-dir",
                        server.dataDirectory().toString(),
                        "--contexts-file",
                        contexts().toString());
        assertThat(forced.code()).as("the token is not spent: " + forced.err()).isZero();
        assertThat(Files.readAllBytes(own.resolve("alice/identity.pem"))).isNotEqualTo(first);
    }

    @Test
    void anIdentityThatHasEndedIsReplacedByTheNextLogin() throws Exception {
        login();
        Path token = Files.writeString(own.resolve("token"), server.joinToken(ALICE));
        Run again =
                asAlice(
                        InstantSource.fixed(Instant.now().plus(Duration.ofDays(400))),
                        "login",
                        "--name",
                        "alice",
                        "--join-token-file",
                        token.toString(),
                        "--data-dir",
                        server.dataDirectory().toString());
        assertThat(again.code()).as(again.err()).isEqualTo(ExitCode.OK);
        assertThat(again.err()).contains("context alice is used");
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

    @Test
    void theFirstAdminLogsInByTheTokenThatTheServerPrinted() throws Exception {
        Matcher printed = Pattern.compile("signet login --join-token (\\S+)").matcher(server.log());
        assertThat(printed.find()).as(server.log()).isTrue();
        Run login =
                Run.signet(
                        "login",
                        "--join-token",
                        printed.group(1),
                        "--data-dir",
                        server.dataDirectory().toString(),
                        "--contexts-file",
                        contexts().toString());
        assertThat(login.code()).as(login.err()).isEqualTo(ExitCode.OK);
        assertThat(done(asAlice(InstantSource.system(), "whoami")))
                .contains("spiffe://test.signet/signet/operator/bootstrap")
                .contains("admin");
        assertThat(done(asAlice(InstantSource.system(), "context", "list")))
                .contains("test.signet");
    }

    /// As docs/operating.md has it.
    @Test
    void anAdminMakesTheNextOneAndNobodyElseDoes() throws Exception {
        String id = "spiffe://test.signet/signet/operator/olga";
        Path token = own.resolve("olga.token");
        Files.writeString(token, done(signet("token", "create", "--spiffe-id", id)));
        Path olgas = own.resolve("olga/contexts.yaml");
        Files.createDirectories(olgas.getParent());
        done(
                Run.signet(
                        "login",
                        "--join-token-file",
                        token.toString(),
                        "--data-dir",
                        server.dataDirectory().toString(),
                        "--name",
                        "olga",
                        "--contexts-file",
                        olgas.toString()));
        assertThat(done(Run.signet("whoami", "--contexts-file", olgas.toString())))
                .contains(id)
                .contains("admin");
        // She is one: she makes the next.
        done(
                Run.signet(
                        "token",
                        "create",
                        "--spiffe-id",
                        id.replace("olga", "otto"),
                        "--contexts-file",
                        olgas.toString()));
        login();
        assertThat(asAlice(InstantSource.system(), "token", "create", "--spiffe-id", id).code())
                .isNotEqualTo(ExitCode.OK);
    }

    @Test
    void tokensAreMadeListedAndRevoked() {
        List<String> tokens =
                done(signet("token", "create", "--spiffe-id", ORDERS, "--count", "3"))
                        .lines()
                        .toList();
        assertThat(tokens).hasSize(3).doesNotHaveDuplicates();
        JsonNode made =
                Json.read(
                        done(
                                signet(
                                        "token",
                                        "create",
                                        "--spiffe-id",
                                        ORDERS,
                                        "--reason",
                                        "ticket 7",
                                        "--json")));
        String id = made.path("tokenId").asString();
        assertThat(done(signet("token", "list", "--state", "usable"))).contains(id);
        done(signet("token", "revoke", id, "--reason", "pasted into a chat"));
        assertThat(done(signet("token", "list", "--state", "revoked"))).contains(id);
        Run again = signet("token", "revoke", id, "--reason", "twice");
        assertThat(again.code()).isEqualTo(ExitCode.FAILED);
        assertThat(again.err()).contains("CONFLICT");
        Run used =
                signet(
                        "issue",
                        "--token",
                        made.path("token").asString(),
                        "--out",
                        own.resolve("revoked").toString());
        assertThat(used.code()).isEqualTo(ExitCode.FAILED);
        assertThat(done(signet("audit", "list", "--target", id))).contains("pasted into a chat");
    }

    @Test
    void aPolicyGoesFromAFileIntoForceAndBack() throws Exception {
        issue(ORDERS, "before");
        Path wrong =
                Files.writeString(own.resolve("wrong.yaml"), POLICY.replace("lifetime", "liftime"));
        Run invalid = signet("policy", "validate", wrong.toString());
        assertThat(invalid.code()).as(invalid.err()).isEqualTo(ExitCode.ANSWER_IS_NO);
        assertThat(invalid.out())
                .containsPattern(Pattern.quote(wrong + "") + ":\\d+:\\d+: error: ");
        Run refused = signet("policy", "apply", wrong.toString(), "--reason", "r");
        assertThat(refused.code()).isEqualTo(ExitCode.ANSWER_IS_NO);
        assertThat(refused.err()).containsPattern(Pattern.quote(wrong + "") + ":\\d+:\\d+: ");

        Path policy = Files.writeString(own.resolve("policy.yaml"), POLICY);
        done(signet("policy", "validate", policy.toString()));
        assertThat(done(explain("--policy", policy.toString(), "--dns", "orders.shop.svc")))
                .contains("granted  " + ORDERS)
                .contains("by rule orders");
        Run denied = explain("--policy", policy.toString(), "--dns", "payments.shop.svc");
        assertThat(denied.code()).isEqualTo(ExitCode.ANSWER_IS_NO);
        assertThat(denied.out()).contains("NAME_NOT_GRANTED");
        assertThat(explain("--dns", "orders.shop.svc").code()).isEqualTo(ExitCode.ANSWER_IS_NO);

        Path shorter = Files.writeString(own.resolve("shorter.yaml"), POLICY.replace("30m", "20m"));
        Run replayed = signet("policy", "replay", shorter.toString(), "--from", "1h");
        assertThat(replayed.code()).as(replayed.err()).isEqualTo(ExitCode.ANSWER_IS_NO);
        assertThat(replayed.out()).contains(ORDERS).contains("1200s").contains("replayed");
        Run nothing =
                signet("policy", "replay", shorter.toString(), "--from", "-2h", "--to", "-1h");
        assertThat(nothing.code()).as(nothing.err()).isEqualTo(ExitCode.OK);

        String before = version("active");
        Run stored = signet("policy", "apply", policy.toString(), "--reason", "orders", "--json");
        long number = Json.read(done(stored)).path("number").asLong();
        assertThat(version("active")).isEqualTo(before);
        assertThat(done(signet("policy", "show", String.valueOf(number)))).isEqualTo(POLICY);
        done(signet("policy", "activate", String.valueOf(number), "--reason", "go"));
        assertThat(version("active")).isEqualTo(String.valueOf(number));
        assertThat(done(signet("policy", "list"))).containsPattern(number + " +yes ");
        assertThat(done(signet("policy", "show"))).isEqualTo(POLICY);
        assertThat(done(explain("--dns", "orders.shop.svc"))).contains("granted");
        done(signet("policy", "rollback", "--reason", "too early"));
        assertThat(version("active")).isEqualTo(before);
        assertThat(done(signet("audit", "list", "--act", "policy.activate")))
                .contains("go", "credential:operator");
    }

    private static String version(String which) {
        return Json.read(done(signet("policy", "show", which, "--json"))).path("number").asString();
    }

    private static Run explain(String... arguments) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "policy",
                                "explain",
                                "--evidence-kind",
                                "join-token",
                                "--subject",
                                "4f0c",
                                "--bound-to",
                                ORDERS));
        all.addAll(Arrays.asList(arguments));
        return signet(all.toArray(String[]::new));
    }

    @Test
    void certificatesAreRevokedByTheirHolderOneByOneAndAllAtOnce() throws Exception {
        String own = issue("spiffe://test.signet/revoked/own", "own");
        String one = issue("spiffe://test.signet/revoked/one", "one");
        issue("spiffe://test.signet/revoked/rest", "rest");
        Path holder = this.own.resolve("own");
        String[] revokeOwn = {
            "revoke-own",
            "--cert",
            holder.resolve("cert.pem").toString(),
            "--key",
            holder.resolve("key.pem").toString(),
            "--reason",
            "keyCompromise"
        };
        assertThat(done(signet(revokeOwn))).contains("revoked " + own);
        assertThat(signet(revokeOwn).code()).isNotEqualTo(ExitCode.OK);
        assertThat(done(signet("certificates", "show", own))).contains("revoked", "keyCompromise");
        assertThat(done(signet("revoke", one, "--reason", "superseded", "--comment", "replaced")))
                .contains("revoked " + one);
        Run all =
                signet(
                        "revoke",
                        "--prefix",
                        "spiffe://test.signet/revoked/",
                        "--block",
                        "--yes",
                        "--reason",
                        "privilegeWithdrawn",
                        "--comment",
                        "moved");
        assertThat(all.code()).as(all.err()).isEqualTo(ExitCode.OK);
        assertThat(all.err()).contains("revoked 1");
        assertThat(done(signet("revocations", "list", "--spiffe-id=spiffe://test.signet/revoked/")))
                .contains(own, one, "privilegeWithdrawn");
        assertThat(done(signet("blocks", "list"))).contains("spiffe://test.signet/revoked/");
        done(signet("blocks", "release", "1", "--reason", "over"));
    }

    @Test
    void aSuspensionStopsIssuanceAndItsResumptionLetsItGoOn() throws Exception {
        assertThat(done(signet("issuance", "status"))).contains("not suspended");
        done(signet("issuance", "suspend", "--reason", "incident 42"));
        try {
            assertThat(done(signet("issuance", "status"))).contains("suspended", "incident 42");
            Run again = signet("issuance", "suspend", "--reason", "twice");
            assertThat(again.code()).isEqualTo(ExitCode.FAILED);
            assertThat(again.err()).contains("CONFLICT");
            Run issue =
                    signet(
                            "issue",
                            "--token",
                            server.joinToken(ORDERS),
                            "--out",
                            own.resolve("suspended").toString());
            assertThat(issue.code()).isNotEqualTo(ExitCode.OK);
            assertThat(issue.err()).contains("incident 42");
        } finally {
            done(signet("issuance", "resume", "--reason", "it is over"));
        }
        issue(ORDERS, "after");
        assertThat(done(signet("audit", "tail"))).contains("incident 42", "it is over");
    }
}
