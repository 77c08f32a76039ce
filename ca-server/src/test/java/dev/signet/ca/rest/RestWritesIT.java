package dev.signet.ca.rest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

/// Writes over the wire: once for each key, based on what the actor has seen.
class RestWritesIT {

    private static final String POLICY =
            """
            {"document":"apiVersion: signet.dev/v1\\nrules:\\n  - name: shop\\n    when: evidence.kind ==\
             'oidc'\\n    grant: {spiffeId: 'spiffe://signet.test/shop'}\\n","reason":"a test"}
            """;

    private static RestRig rig;

    @BeforeAll
    static void start() throws Exception {
        rig = new RestRig();
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    private static HttpRequest.Builder post(String path, String key, String body) {
        return rig.operator(path)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private static long tokens() {
        return rig.database()
                .ownerJdbcClient()
                .sql("SELECT count(*) FROM attestation.join_token")
                .query(Long.class)
                .single();
    }

    @Test
    void aSecretIsShownOnceAndItsWriteIsNotRepeated() throws Exception {
        String key = UUID.randomUUID().toString();
        String body =
                "{\"spiffeIdPattern\":\"spiffe://signet.test/shop/*\",\"count\":3,\"reason\":\"new"
                        + " shop\"}";
        long before = tokens();
        HttpResponse<String> made = rig.send(post("/v1/join-tokens", key, body));
        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(RestRig.json(made).path("items").size()).isEqualTo(3);
        String secret = RestRig.json(made).path("items").path(0).path("token").stringValue("");
        HttpResponse<String> again = rig.send(post("/v1/join-tokens", key, body));
        assertThat(again.statusCode()).isEqualTo(409);
        assertThat(again.body()).doesNotContain(secret);
        assertThat(tokens()).isEqualTo(before + 3);
        assertThat(
                        rig.database()
                                .ownerJdbcClient()
                                .sql(
                                        "SELECT count(*) FROM rest.completed_write w WHERE"
                                                + " w::text LIKE '%' || :secret || '%'")
                                .param("secret", secret)
                                .query(Long.class)
                                .single())
                .isZero();
    }

    @Test
    void aRepeatIsAnsweredAsTheFirstTimeAndAnotherRequestIsRefused() throws Exception {
        String key = UUID.randomUUID().toString();
        HttpResponse<String> first = rig.send(post("/v1/policies", key, POLICY));
        assertThat(first.statusCode()).as(first.body()).isEqualTo(201);
        HttpResponse<String> again = rig.send(post("/v1/policies", key, POLICY));
        assertThat(again.statusCode()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.headers().firstValue("Location"))
                .isEqualTo(first.headers().firstValue("Location"))
                .isPresent();
        HttpResponse<String> other =
                rig.send(post("/v1/policies", key, POLICY.replace("a test", "another")));
        assertThat(other.statusCode()).isEqualTo(422);
        assertThat(RestRig.code(other)).isEqualTo("IDEMPOTENCY_KEY_REUSED");
    }

    @Test
    void aKeyIsForOneOperationToo() throws Exception {
        String key = UUID.randomUUID().toString();
        String reason = "{\"spiffeIdPattern\":\"spiffe://signet.test/shop\",\"reason\":\"x\"}";
        assertThat(rig.send(post("/v1/join-tokens", key, reason)).statusCode()).isEqualTo(201);
        HttpResponse<String> other = rig.send(post("/v1/policies", key, POLICY));
        assertThat(other.statusCode()).as(other.body()).isEqualTo(422);
        assertThat(RestRig.code(other)).isEqualTo("IDEMPOTENCY_KEY_REUSED");
    }

    @Test
    void ofManyAtOnceWithOneKeyOneIsDone() throws Exception {
        String key = UUID.randomUUID().toString();
        String body = "{\"spiffeIdPattern\":\"spiffe://signet.test/race\",\"reason\":\"a race\"}";
        long before = tokens();
        List<Callable<Integer>> attempts = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            attempts.add(() -> rig.send(post("/v1/join-tokens", key, body)).statusCode());
        }
        List<Integer> statuses = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var attempt : threads.invokeAll(attempts)) {
                statuses.add(attempt.get());
            }
        }
        assertThat(statuses).containsOnlyOnce(201).allMatch(s -> s == 201 || s == 409);
        assertThat(tokens()).isEqualTo(before + 1);
    }

    @Test
    void aWriteWithoutKeyOrBasisIsRefusedAndOneWithAnOldBasisToo() throws Exception {
        HttpResponse<String> noKey =
                rig.send(
                        rig.operator("/v1/join-tokens")
                                .header("Content-Type", "application/json")
                                .POST(
                                        HttpRequest.BodyPublishers.ofString(
                                                "{\"spiffeIdPattern\":\"spiffe://signet.test/a\","
                                                        + "\"reason\":\"x\"}")));
        assertThat(noKey.statusCode()).isEqualTo(428);
        HttpResponse<String> noBasis = rig.write("PUT", "/v1/suspension", "{\"reason\":\"x\"}");
        assertThat(noBasis.statusCode()).isEqualTo(428);
        HttpResponse<String> state = rig.get("/v1/suspension");
        String tag = state.headers().firstValue("ETag").orElseThrow();
        HttpResponse<String> suspended =
                rig.send(
                        RestRig.write(
                                        rig.operator("/v1/suspension"),
                                        "PUT",
                                        "{\"reason\":\"a drill\"}")
                                .header("If-Match", tag));
        assertThat(suspended.statusCode()).as(suspended.body()).isEqualTo(200);
        assertThat(RestRig.json(suspended).path("suspended").asBoolean()).isTrue();
        assertThat(
                        rig.send(
                                        RestRig.write(
                                                        rig.operator("/v1/suspension/resume"),
                                                        "POST",
                                                        "{\"reason\":\"over\"}")
                                                .header("If-Match", tag))
                                .statusCode())
                .isEqualTo(412);
        assertThat(
                        rig.send(
                                        RestRig.write(
                                                        rig.operator("/v1/suspension/resume"),
                                                        "POST",
                                                        "{\"reason\":\"over\"}")
                                                .header(
                                                        "If-Match",
                                                        suspended
                                                                .headers()
                                                                .firstValue("ETag")
                                                                .orElseThrow()))
                                .statusCode())
                .isEqualTo(200);
    }

    @Test
    void eachFindingOfAPolicyIsListedWithItsPlace() throws Exception {
        HttpResponse<String> refused =
                rig.write("POST", "/v1/policies", "{\"document\":\"rulez: []\",\"reason\":\"x\"}");
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(RestRig.code(refused)).isEqualTo("POLICY_NOT_ACCEPTED");
        assertThat(RestRig.json(refused).path("errors").path(0).path("line").asInt()).isPositive();
    }

    @Test
    void bodiesAreHeldAgainstTheirFields() throws Exception {
        for (String body :
                List.of(
                        "null",
                        "[]",
                        "{}",
                        "{\"reason\":null}",
                        "{\"reason\":\"\"}",
                        "{\"reason\":\"a\\u0000b\"}",
                        "{\"reason\":5}",
                        "{\"reason\":\"x\",\"reason\":\"y\"}",
                        "{\"reason\":\"x\",\"more\":1}",
                        "{\"reason\":\"x\"} {}",
                        "{\"reason\":" + "[".repeat(500),
                        "{\"reason\":\"" + "x".repeat(1025) + "\"}")) {
            HttpResponse<String> response =
                    rig.send(
                            RestRig.write(rig.operator("/v1/suspension"), "PUT", body)
                                    .header("If-Match", "\"0\""));
            assertThat(response.statusCode()).as(body).isEqualTo(400);
            assertThat(RestRig.code(response)).isEqualTo("INVALID_ARGUMENT");
        }
        HttpResponse<String> large =
                rig.send(
                        RestRig.write(
                                        rig.operator("/v1/suspension"),
                                        "PUT",
                                        "{\"reason\":\"" + "x".repeat(600_000) + "\"}")
                                .header("If-Match", "\"0\""));
        assertThat(large.statusCode()).isEqualTo(413);
    }

    @Test
    void aWriteThatABrowserSendsForAnotherSiteIsRefused() throws Exception {
        HttpResponse<String> response =
                rig.send(
                        RestRig.write(rig.operator("/v1/suspension"), "PUT", "{\"reason\":\"x\"}")
                                .header("If-Match", "\"0\"")
                                .header("Sec-Fetch-Site", "cross-site"));
        assertThat(response.statusCode()).isEqualTo(403);
    }

    @Test
    void exportsAreWholeAndCertificatesAreFound() throws Exception {
        HttpResponse<String> csv =
                rig.send(rig.operator("/v1/certificates/export").header("Accept", "text/csv"));
        assertThat(csv.statusCode()).isEqualTo(200);
        assertThat(csv.body().lines().findFirst().orElseThrow()).startsWith("\"serialNumber\"");
        HttpResponse<String> lines = rig.get("/v1/certificates/export");
        assertThat(lines.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
        String first = lines.body().lines().findFirst().orElseThrow();
        String serial = RestRig.JSON.readTree(first).path("serialNumber").stringValue("");
        HttpResponse<String> one = rig.get("/v1/certificates/" + serial);
        assertThat(one.statusCode()).isEqualTo(200);
        assertThat(RestRig.json(one).path("pem").stringValue(""))
                .startsWith("-----BEGIN CERTIFICATE-----");
    }
}
