package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.cli.output.Json;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The operator's commands against an admin API that answers what it was told to.
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class AdminCommandsIT {

    private static final TestPki PKI = new TestPki();
    private static final String SERIAL = "6a2f00000000000000000000000000000000beef";
    private static final String CERTIFICATE =
            """
            {"serialNumber":"%s","spiffeId":"spiffe://test.signet/ns/shop/sa/orders",
             "issuedAt":"2026-01-31T12:00:00.123456Z","notBefore":"2026-01-31T11:59:30Z",
             "notAfter":"2026-01-31T13:00:00Z","evidenceKind":"join-token",
             "evidenceSubject":"4f0c","policyVersion":"4","policyRule":"orders",
             "profile":"workload","authorityId":"a1","replica":"r1","keySha256":"00ff"}
            """
                    .formatted(SERIAL);

    @TempDir Path directory;
    private FakeAdminApi api;

    @BeforeEach
    void start() throws Exception {
        api = new FakeAdminApi(PKI.server());
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private Run signet(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(
                List.of(
                        "--server",
                        api.url(),
                        "--bundle",
                        PKI.bundle(directory.resolve("bundle.pem")).toString(),
                        "--credential",
                        Files.writeString(directory.resolve("operator"), "secret\n").toString()));
        return Run.signet(all.toArray(String[]::new));
    }

    private Path policy() throws IOException {
        return Files.writeString(directory.resolve("policy.yaml"), "rules: []\n# ü\n");
    }

    private JsonNode sent(int request) {
        return Json.read(api.asked().get(request).body());
    }

    @Test
    void everyFilterReachesTheServerAndTheTableHasWhatItAnswers() throws Exception {
        api.json("GET /v1/certificates", 200, "{\"items\":[" + CERTIFICATE + "]}");
        Run run =
                signet(
                        "certificates",
                        "list",
                        "--spiffe-id=spiffe://test.signet/ns/",
                        "--serial=6A:2F:00:00:00:00",
                        "--sha256=AA",
                        "--san=a.b",
                        "--key-sha256=BB",
                        "--evidence-kind=oidc",
                        "--evidence-subject=s s",
                        "--issued-from=2026-01-31",
                        "--issued-before=2026-02-01T01:00:00+01:00",
                        "--expires-from=2026-01-31T12:00:00Z",
                        "--expires-before=2026-01-31T13:00:00Z",
                        "--state=valid",
                        "--limit=7");
        assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(api.asked().getFirst().target())
                .isEqualTo(
                        "/v1/certificates?spiffeIdPrefix=spiffe%3A%2F%2Ftest.signet%2Fns%2F"
                                + "&serialNumber="
                                + "6a2f00000000&sha256=aa&san=a.b&keySha256=bb"
                                + "&evidenceKind=oidc&evidenceSubject=s%20s"
                                + "&issuedFrom=2026-01-31T00%3A00%3A00Z"
                                + "&issuedBefore=2026-02-01T00%3A00%3A00Z"
                                + "&expiresFrom=2026-01-31T12%3A00%3A00Z"
                                + "&expiresBefore=2026-01-31T13%3A00%3A00Z&state=valid&limit=7");
        assertThat(run.out())
                .contains("spiffe://test.signet/ns/shop/sa/orders", SERIAL.substring(0, 16))
                .contains("2026-01-31T13:00:00Z");
    }

    @Test
    void aCertificateIsShownWithWhatDecidedIt() throws Exception {
        api.json(
                "GET /v1/certificates/" + SERIAL,
                200,
                "{\"record\":"
                        + CERTIFICATE
                        + ",\"pem\":\"-----BEGIN-----\\nx\\n-----END-----\\n\"}");
        Run run = signet("certificates", "show", SERIAL.toUpperCase(java.util.Locale.ROOT));
        assertThat(run.out()).contains("policy 4, rule orders").contains(SERIAL);
        assertThat(signet("certificates", "show", SERIAL, "--pem").out())
                .isEqualTo("-----BEGIN-----\nx\n-----END-----\n");
        assertThat(signet("certificates", "show", SERIAL, "--json").out())
                .contains("\"policyRule\": \"orders\"");
    }

    @Test
    void aSerialNumberIsKnownByItsFirstDigitsWhereTheyAreOfOne() throws Exception {
        api.json("GET /v1/certificates", 200, "{\"items\":[" + CERTIFICATE + "]}")
                .json("GET /v1/certificates/" + SERIAL, 200, "{\"record\":" + CERTIFICATE + "}")
                .json("POST /v1/revocations", 200, "{\"changed\":true,\"revocation\":{}}");
        String shown = SERIAL.substring(0, 16);
        assertThat(signet("certificates", "list").out()).contains(shown).doesNotContain(SERIAL);
        assertThat(signet("certificates", "show", shown).out()).contains(SERIAL);
        assertThat(api.asked().get(1).target())
                .isEqualTo("/v1/certificates?serialNumber=" + shown + "&limit=10");
        Run revoked = signet("revoke", shown, "--reason", "superseded", "--comment", "c");
        assertThat(revoked.code()).as(revoked.err()).isEqualTo(ExitCode.OK);
        assertThat(api.asked().getLast().body()).contains(SERIAL);
    }

    @Test
    void firstDigitsOfSeveralOfNoneAndTooFewAreSaidToBeSo() throws Exception {
        String other = SERIAL.replace("beef", "cafe");
        api.json(
                        "GET /v1/certificates",
                        200,
                        "{\"items\":["
                                + CERTIFICATE
                                + ","
                                + CERTIFICATE.replace(SERIAL, other)
                                + "]}")
                .json("GET /v1/certificates", 200, "{\"items\":[]}");
        Run several = signet("certificates", "show", SERIAL.substring(0, 16));
        assertThat(several.code()).isEqualTo(ExitCode.FAILED);
        assertThat(several.err()).contains("several", SERIAL, other);
        Run none = signet("certificates", "show", SERIAL.substring(0, 16));
        assertThat(none.err()).contains("no serial number begins with");
        Run few = signet("certificates", "show", SERIAL.substring(0, 11));
        assertThat(few.code()).isEqualTo(ExitCode.USAGE);
        assertThat(few.err()).contains("too short").contains("12");
    }

    @Test
    void anAuthoritysShortIdIsTooShortUnknownOrAmbiguousAndNeverAnotherThing() throws Exception {
        String one = "3f9a01c2" + "0".repeat(56);
        String two = "3f9a01c2" + "1".repeat(56);
        String items = "{\"items\":[{\"id\":\"%s\"},{\"id\":\"%s\"}]}".formatted(one, two);
        api.json("GET /v1/authorities", 200, items)
                .json("GET /v1/authorities/" + two, 200, "{\"id\":\"" + two + "\"}");
        Run few = signet("authorities", "show", "3f9a01c");
        assertThat(few.code()).isEqualTo(ExitCode.FAILED);
        assertThat(few.err()).contains("'3f9a01c' is too short").doesNotContain("1 authorities");
        Run several = signet("authorities", "show", "3f9a01c2");
        assertThat(several.err()).contains("several", one, two);
        assertThat(signet("authorities", "show", "3f9a01c3").err())
                .contains("no authority id begins with '3f9a01c3'");
        assertThat(signet("authorities", "show", "3F9A01C21").out()).contains(two);
    }

    @Test
    void whatTakesAnAuthorityInPrintsWhatItMade() throws Exception {
        String id = "3f9a01c2" + "0".repeat(56);
        String changed =
                "{\"changed\":[{\"id\":\"%s\",\"role\":\"issuing\",\"after\":\"prepared\"}]}"
                        .formatted(id);
        Path secret = Files.writeString(directory.resolve("secret"), "");
        api.on(
                        "GET /v1/authorities",
                        FakeAdminApi.answer(200, "application/json", "{}", "ETag", "\"1\""))
                .json("POST /v1/authorities/accept", 200, changed)
                .json("POST /v1/authorities/import", 200, changed);
        Path pem = policy();
        assertThat(signet("authorities", "accept", pem.toString(), "--reason", "r").out())
                .contains(id + "  issuing  prepared");
        Run imported =
                signet(
                        "authorities",
                        "import",
                        "--pkcs12",
                        pem.toString(),
                        "--passphrase-file",
                        secret.toString(),
                        "--reason",
                        "r");
        assertThat(imported.out()).as(imported.err()).contains(id + "  issuing  prepared");
    }

    @Test
    void aListThatFiltersEmptiedIsNoEmptyLedger() throws Exception {
        for (String path :
                List.of(
                        "certificates",
                        "audit-events",
                        "join-tokens",
                        "approvals",
                        "revocations")) {
            api.json("GET /v1/" + path, 200, "{\"items\":[]}");
        }
        String[][] filtered = {
            {"certificates", "list", "--state", "valid"},
            {"audit", "list", "--act", "login"},
            {"token", "list", "--state", "used"},
            {"approvals", "list", "--state", "pending"},
            {"revocations", "list", "--reason", "superseded"}
        };
        for (String[] command : filtered) {
            Run with = signet(command);
            assertThat(with.err()).contains("nothing matches these filters");
            Run without = signet(command[0], command[1]);
            assertThat(without.err()).doesNotContain("filters").contains("no ");
        }
    }

    @Test
    void anExportGoesToStdoutOrToAFileAsItCame() throws Exception {
        api.on(
                "GET /v1/certificates/export",
                FakeAdminApi.answer(200, "text/csv", "\"a\"\r\n\"é\"\r\n"));
        assertThat(signet("certificates", "export", "--format", "csv").out())
                .startsWith("\"a\"\r\n\"é\"\r\n");
        assertThat(api.asked().getFirst().header("Accept")).startsWith("text/csv");
        Path file = directory.resolve("out.csv");
        assertThat(
                        signet("certificates", "export", "--format", "csv", "-o", file.toString())
                                .code())
                .isEqualTo(ExitCode.OK);
        assertThat(Files.readString(file)).isEqualTo("\"a\"\r\n\"é\"\r\n");
    }

    @Test
    void anExportThatIsCutOffLeavesNoFile() throws Exception {
        api.on(
                "GET /v1/certificates/export",
                exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write("{}\n".getBytes(StandardCharsets.US_ASCII));
                    exchange.getResponseBody().flush();
                    throw new IOException("cut");
                });
        Path file = directory.resolve("deep/out");
        Files.createDirectory(file.getParent());
        Run run = signet("certificates", "export", "-o", file.toString());
        assertThat(run.code()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(run.err()).contains("not whole");
        assertThat(file.getParent()).isEmptyDirectory();
    }

    @Test
    void tokensAloneGoToStdout() throws Exception {
        api.json(
                "POST /v1/join-tokens",
                201,
                """
                {"items":[{"token":"t-1","tokenId":"1","expiresAt":"2026-01-31T12:00:00Z"},
                          {"token":"t-2","tokenId":"2","expiresAt":"2026-01-31T12:00:00Z"}]}
                """);
        Run run =
                signet(
                        "token",
                        "create",
                        "--spiffe-id",
                        "spiffe://test.signet/a",
                        "--ttl",
                        "2h",
                        "--count",
                        "2",
                        "--reason",
                        "ticket 1");
        assertThat(run.out()).isEqualTo("t-1\nt-2\n");
        assertThat(sent(0))
                .isEqualTo(
                        Json.read(
                                """
                                {"spiffeIdPattern":"spiffe://test.signet/a","timeToLive":"7200s",
                                 "count":2,"reason":"ticket 1"}
                                """));
    }

    @Test
    void tokensWhoseAnswerGotLostAreNamedAsSuch() throws Exception {
        api.on("POST /v1/join-tokens", FakeAdminApi.lost())
                .problem(
                        "POST /v1/join-tokens",
                        409,
                        "{\"status\":409,\"code\":\"CONFLICT\",\"detail\":\"done before\"}");
        Run run = signet("token", "create", "--spiffe-id", "spiffe://test.signet/a");
        assertThat(run.code()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).contains("nobody has them").contains("token revoke");
        assertThat(api.asked().get(0).header("Idempotency-Key"))
                .isEqualTo(api.asked().get(1).header("Idempotency-Key"));
    }

    @Test
    void findingsOfAValidationAreLinesForEditorsAndTheExitCodeTells() throws Exception {
        api.json(
                        "POST /v1/policies/validation",
                        200,
                        """
                        {"accepted":false,"findings":[
                          {"severity":"error","line":3,"column":7,"message":"no such variable"},
                          {"severity":"warning","line":9,"column":1,"message":"never \\u001b[31m used"}]}
                        """)
                .json("POST /v1/policies/validation", 200, "{\"accepted\":true,\"findings\":[]}");
        Run refused = signet("policy", "validate", policy().toString());
        assertThat(refused.code()).isEqualTo(ExitCode.ANSWER_IS_NO);
        assertThat(refused.out().lines())
                .containsExactly(
                        policy() + ":3:7: error: no such variable",
                        policy() + ":9:1: warning: never ?[31m used");
        assertThat(sent(0).path("document").asString()).isEqualTo("rules: []\n# ü\n");
        assertThat(api.asked().getFirst().headers()).doesNotContainKey("Idempotency-key");
        assertThat(signet("policy", "validate", policy().toString()).code()).isEqualTo(ExitCode.OK);
    }

    @Test
    void aPolicyIsStoredAndPutInForceOverWhatIsInForceNow() throws Exception {
        api.json("POST /v1/policies", 201, "{\"number\":4}");
        api.on(
                "GET /v1/policies/active",
                FakeAdminApi.answer(200, "application/json", "{\"number\":3}", "ETag", "\"9\""));
        api.json("PUT /v1/policies/active", 200, "{\"number\":4}");
        Run run = signet("policy", "apply", policy().toString(), "--reason", "why", "--activate");
        assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).contains("version 4 is in force");
        assertThat(api.asked().getLast().header("If-Match")).isEqualTo("\"9\"");
        assertThat(sent(2)).isEqualTo(Json.read("{\"number\":4,\"reason\":\"why\"}"));
    }

    @Test
    void anActivationThatWaitsForASecondPersonSaysSo() throws Exception {
        api.on(
                "GET /v1/policies/active",
                FakeAdminApi.answer(200, "application/json", "{\"number\":3}", "ETag", "\"9\""));
        api.json("PUT /v1/policies/active", 202, "{\"id\":\"0197\",\"state\":\"pending\"}");
        Run run = signet("policy", "activate", "4", "--reason", "why");
        assertThat(run.code()).isEqualTo(ExitCode.PENDING);
        assertThat(run.out()).contains("approvals approve 0197");
    }

    @Test
    void aChangeMeanwhileIsToldAndNothingIsRepeated() throws Exception {
        api.on(
                "GET /v1/suspension",
                FakeAdminApi.answer(
                        200, "application/json", "{\"suspended\":false}", "ETag", "\"9\""));
        api.problem(
                "PUT /v1/suspension",
                412,
                "{\"status\":412,\"code\":\"PRECONDITION_FAILED\",\"detail\":\"Changed.\"}");
        Run run = signet("issuance", "suspend", "--reason", "why");
        assertThat(run.code()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).contains("Somebody has changed it meanwhile");
        assertThat(api.asked()).hasSize(2);
    }

    @Test
    void anExplanationNamesTheRuleThatDecidedAndWhyEarlierOnesDidNot() throws Exception {
        api.json(
                "POST /v1/policies/candidate/explanation",
                200,
                """
                {"decision":{"granted":true,"spiffeId":"spiffe://test.signet/ns/shop/sa/orders"},
                 "policyVersion":"candidate","rule":"orders",
                 "rules":[{"rule":"admins","verdict":"not-for-this","conjuncts":[
                             {"text":"evidence.kind == 'oidc'","outcome":"false",
                              "values":{"evidence.kind":"kubernetes"}}]},
                          {"rule":"orders","verdict":"decided","conjuncts":[]}],
                 "steps":[{"part":"lifetime","text":"1h, the rule's default"}]}
                """);
        Run run =
                signet(
                        "policy",
                        "explain",
                        "--policy",
                        policy().toString(),
                        "--evidence-kind",
                        "kubernetes",
                        "--subject",
                        "s",
                        "--attribute",
                        "cluster=prod",
                        "--attribute",
                        "pod=a=b",
                        "--dns",
                        "a.b",
                        "--dns",
                        "c.d",
                        "--lifetime",
                        "1h");
        assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(run.out())
                .contains("granted  spiffe://test.signet/ns/shop/sa/orders")
                .contains("✗ admins  evidence.kind == 'oidc' is false  (evidence.kind=kubernetes)")
                .contains("✓ orders  decided")
                .contains("lifetime    1h, the rule's default");
        assertThat(sent(0))
                .isEqualTo(
                        Json.read(
                                """
                                {"document":"rules: []\\n# ü\\n",
                                 "evidence":{"kind":"kubernetes","subject":"s",
                                             "attributes":{"cluster":"prod","pod":"a=b"}},
                                 "request":{"lifetime":"3600s","dnsNames":["a.b","c.d"]}}
                                """));
    }

    @Test
    void aDenialIsTheAnswerNo() throws Exception {
        api.json(
                "POST /v1/policies/active/explanation",
                200,
                """
                {"decision":{"granted":false,"code":"POLICY_DENIED","message":"No rule is for it."},
                 "policyVersion":"4","rules":[],"steps":[]}
                """);
        Run run = signet("policy", "explain", "--evidence-kind", "oidc", "--subject", "s");
        assertThat(run.code()).isEqualTo(ExitCode.ANSWER_IS_NO);
        assertThat(run.out()).contains("denied  No rule is for it. (POLICY_DENIED)");
    }

    @Test
    void aReplayListsDifferencesAndEndsWithTheSummary() throws Exception {
        String lines =
                """
                {"type":"progress","replayed":1,"estimated":2}
                {"type":"difference","changes":["newly-denied"],"change":"newly-denied","serialNumber":"%s","issuedAt":"2026-01-31T12:00:00Z","spiffeId":"spiffe://test.signet/a","before":{"spiffeId":"spiffe://test.signet/a"},"after":{"code":"POLICY_DENIED","message":"no rule"}}
                {"type":"difference","changes":["lifetime"],"change":"lifetime","serialNumber":"%s","issuedAt":"2026-01-31T12:00:00Z","spiffeId":"spiffe://test.signet/b","before":{"lifetime":"3600s","rule":"a"},"after":{"lifetime":"1800s","rule":"a"}}
                {"type":"later","than":"this"}
                {"type":"summary","replayed":3,"unchanged":1,"differences":{"newly-denied":1,"lifetime":1,"subject":0}}
                """
                        .formatted(SERIAL, SERIAL);
        api.on(
                "POST /v1/policies/4/replay",
                FakeAdminApi.answer(200, "application/x-ndjson", lines));
        Run run = signet("policy", "replay", "4", "--from", "2026-01-01", "--to", "2026-02-01");
        assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.ANSWER_IS_NO);
        assertThat(run.out())
                .contains("newly-denied", SERIAL.substring(0, 16), "POLICY_DENIED: no rule")
                .contains("lifetime: 3600s → 1800s")
                .containsPattern("newly-denied +1")
                .doesNotContain("subject");
        assertThat(sent(0).path("issuedFrom").asString()).isEqualTo("2026-01-01T00:00:00Z");
    }

    @Test
    void aReplayWithoutSummaryIsNotWhole() throws Exception {
        api.on(
                "POST /v1/policies/4/replay",
                FakeAdminApi.answer(200, "application/x-ndjson", "{\"type\":\"progress\"}\n"));
        Run run = signet("policy", "replay", "4", "--from", "7d");
        assertThat(run.code()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(run.err()).contains("ended before its end");
    }

    @Test
    void theTrailIsPrintedWithTheYoungestLast() throws Exception {
        api.json(
                "GET /v1/audit-events",
                200,
                """
                {"items":[
                  {"id":8,"at":"2026-01-31T12:00:01Z","act":"issuance.suspend","target":"","outcome":"done",
                   "actor":{"kind":"oidc","subject":"alice"},"reason":"incident"},
                  {"id":7,"at":"2026-01-31T12:00:00Z","act":"policy.activate","target":"4",
                   "outcome":"refused","refusal":"CONFLICT",
                   "actor":{"kind":"oidc","subject":"bob"},"reason":""}]}
                """);
        Run tail = signet("audit", "tail", "-n", "2");
        assertThat(tail.out().lines())
                .containsExactly(
                        "2026-01-31T12:00:00Z  CONFLICT  policy.activate  4  by oidc:bob",
                        "2026-01-31T12:00:01Z  done  issuance.suspend    by oidc:alice: incident");
        assertThat(
                        signet("audit", "tail", "--json")
                                .out()
                                .lines()
                                .map(line -> Json.read(line).path("id").asInt()))
                .containsExactly(7, 8);
        assertThat(signet("audit", "list").out()).contains("oidc:alice", "CONFLICT");
    }

    @Test
    void refusalsSayWhoWasRefusedWhatAndWhy() throws Exception {
        api.json(
                "GET /v1/refusals",
                200,
                """
                {"items":[
                  {"at":"2026-01-31T02:00:01.5Z","lastAt":"2026-01-31T02:00:41Z","count":12,
                   "replica":"ca-1","code":"NAME_NOT_GRANTED","kind":"bearer-token","verified":true,
                   "spiffeId":"spiffe://test.signet/payments","names":"DNS:a.example",
                   "subject":"issuer|payments","address":"192.0.2.7","rule":"shop",
                   "policyVersion":"v12","requestId":"0193","message":"DNS a.example",
                   "diagnosis":"none\\u001b[31m fits"},
                  {"at":"2026-01-31T02:00:00Z","lastAt":"2026-01-31T02:00:00Z","count":1,
                   "replica":"ca-1","code":"UNAUTHENTICATED","kind":"join-token","verified":false,
                   "spiffeId":"","names":"","subject":"","address":"192.0.2.8","rule":"",
                   "policyVersion":"","requestId":"","message":"","diagnosis":"unknown"}]}
                """);
        Run run =
                signet(
                        "refusals",
                        "list",
                        "--spiffe-id",
                        "spiffe://test.signet/pay",
                        "--code",
                        "NAME_NOT_GRANTED",
                        "--from",
                        "2026-01-31");
        assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(run.out().lines())
                .containsExactly(
                        "2026-01-31T02:00:01Z  NAME_NOT_GRANTED  spiffe://test.signet/payments"
                                + "  12 times until 2026-01-31T02:00:41Z",
                        "    bearer-token, subject issuer|payments, from 192.0.2.7, names"
                                + " DNS:a.example, rule shop, policy v12, request 0193, replica"
                                + " ca-1",
                        "    DNS a.example",
                        run.out().lines().toList().get(3),
                        "2026-01-31T02:00:00Z  UNAUTHENTICATED  -",
                        "    join-token, not verified, from 192.0.2.8, replica ca-1",
                        "    unknown");
        assertThat(run.out()).doesNotContain("\u001b");
    }

    @Test
    void aProblemIsJsonWhereJsonWasAskedFor() throws Exception {
        api.problem(
                "POST /v1/policies",
                422,
                """
                {"status":422,"code":"POLICY_NOT_ACCEPTED","detail":"Errors.",
                 "errors":[{"line":3,"column":7,"message":"m"}]}
                """);
        Run run = signet("policy", "apply", policy().toString(), "--reason", "r", "--json");
        assertThat(run.code()).isEqualTo(ExitCode.ANSWER_IS_NO);
        assertThat(run.out()).isEmpty();
        JsonNode error = Json.read(run.err()).path("error");
        assertThat(error.path("code").asString()).isEqualTo("POLICY_NOT_ACCEPTED");
        assertThat(error.path("errors").get(0).path("line").asInt()).isEqualTo(3);
    }

    @Test
    void aContextSpeaksForItself() throws Exception {
        api.json("GET /v1/me", 200, "{\"subject\":\"alice\",\"roles\":[\"viewer\"]}");
        Path identity =
                PKI.client(
                        directory.resolve("identity.pem"),
                        "spiffe://test.signet/ops",
                        Duration.ofMinutes(1),
                        Duration.ofHours(1));
        Path contexts = directory.resolve("contexts.yaml");
        Run added =
                Run.signet(
                        "context",
                        "add",
                        "test",
                        "--contexts-file",
                        contexts.toString(),
                        "--server",
                        api.url(),
                        "--ca-bundle",
                        PKI.bundle(directory.resolve("bundle.pem")).toString(),
                        "--certificate",
                        identity.toString(),
                        "--key",
                        identity.toString());
        assertThat(added.code()).as(added.err()).isEqualTo(ExitCode.OK);
        Run run = Run.signet("whoami", "--contexts-file", contexts.toString());
        assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).contains("alice").contains("viewer");
        assertThat(api.asked().getFirst().peer()).isEqualTo("CN=client");
    }

    @Test
    void theBundleIsAskedForAfterEveryAnswerAndNotWhereNoneCame() throws Exception {
        Path identity =
                PKI.client(
                        directory.resolve("identity.pem"),
                        "spiffe://test.signet/ops",
                        Duration.ofMinutes(1),
                        Duration.ofHours(1));
        Path contexts = directory.resolve("contexts.yaml");
        Path own = Files.createDirectories(directory.resolve("test")).resolve("bundle.pem");
        Run added =
                Run.signet(
                        "context",
                        "add",
                        "test",
                        "--contexts-file",
                        contexts.toString(),
                        "--server",
                        api.url(),
                        "--ca-bundle",
                        PKI.bundle(own).toString(),
                        "--certificate",
                        identity.toString(),
                        "--key",
                        identity.toString());
        assertThat(added.code()).as(added.err()).isEqualTo(ExitCode.OK);
        api.json("GET /v1/trust-bundle", 200, "{}");
        api.problem("GET /v1/me", 404, "{\"status\":404,\"code\":\"NOT_FOUND\"}");
        api.problem("GET /v1/me", 504, "{\"status\":504,\"code\":\"DEADLINE_EXCEEDED\"}");
        assertThat(Run.signet("whoami", "--contexts-file", contexts.toString()).code())
                .isEqualTo(ExitCode.FAILED);
        assertThat(api.asked().getLast().target()).isEqualTo("/v1/trust-bundle");
        int before = api.asked().size();
        assertThat(Run.signet("whoami", "--contexts-file", contexts.toString()).code())
                .isEqualTo(ExitCode.UNREACHABLE);
        assertThat(api.asked().subList(before, api.asked().size()))
                .isNotEmpty()
                .allMatch(asked -> asked.target().equals("/v1/me"));
    }

    @Test
    void aCertificateThatHasEndedIsNotShownToAnybody() throws Exception {
        Path identity =
                PKI.client(
                        directory.resolve("identity.pem"),
                        "spiffe://test.signet/ops",
                        Duration.ofHours(2),
                        Duration.ofHours(1));
        Path contexts = directory.resolve("contexts.yaml");
        Run.signet(
                "context",
                "add",
                "test",
                "--contexts-file",
                contexts.toString(),
                "--server",
                api.url(),
                "--ca-bundle",
                PKI.bundle(directory.resolve("bundle.pem")).toString(),
                "--certificate",
                identity.toString(),
                "--key",
                identity.toString());
        Run run = Run.signet("whoami", "--contexts-file", contexts.toString());
        assertThat(run.code()).isEqualTo(ExitCode.NOT_PERMITTED);
        assertThat(run.err()).contains("ended at").contains("signet login --name test");
        assertThat(api.asked()).isEmpty();
    }
}
