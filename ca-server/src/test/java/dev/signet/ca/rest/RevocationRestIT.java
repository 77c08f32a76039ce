package dev.signet.ca.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signet.ca.privilege.Role;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;

/// Revoking, blocking and releasing as an operator does it.
class RevocationRestIT {

    private static RestRig rig;

    @BeforeAll
    static void start() throws Exception {
        rig = new RestRig();
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    private static String serial(RestRig.Held held) {
        return HexFormat.of().formatHex(held.chain().getFirst().getSerialNumber().toByteArray());
    }

    private static HttpResponse<String> revoke(String body) throws Exception {
        return rig.write("POST", "/v1/revocations", body);
    }

    private static HttpResponse<String> based(String path, String tag, String body)
            throws Exception {
        return rig.send(
                RestRig.write(
                        rig.operator(path).header("If-Match", '"' + tag + '"'), "POST", body));
    }

    @Test
    void revokesOneAndShowsItEverywhere() throws Exception {
        String serial = serial(rig.certificate("/apps/one", Duration.ofMinutes(10)));
        String body =
                "{\"serialNumber\":\"%s\",\"reason\":\"keyCompromise\",\"comment\":\"stolen\"}"
                        .formatted(serial);
        HttpResponse<String> done = revoke(body);
        assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
        assertThat(RestRig.json(done).path("changed").asBoolean()).isTrue();
        JsonNode again = RestRig.json(revoke(body.replace("keyCompromise", "superseded")));
        assertThat(again.path("changed").asBoolean(true)).isFalse();
        assertThat(again.path("revocation").path("reason").stringValue(""))
                .isEqualTo("keyCompromise");

        JsonNode shown = RestRig.json(rig.get("/v1/revocations/" + serial));
        assertThat(shown.path("comment").stringValue("")).isEqualTo("stolen");
        assertThat(shown.path("spiffeId").stringValue("")).endsWith("/apps/one");
        JsonNode certificate = RestRig.json(rig.get("/v1/certificates/" + serial)).path("record");
        assertThat(certificate.path("state").stringValue("")).isEqualTo("revoked");
        assertThat(certificate.path("revocationReason").stringValue("")).isEqualTo("keyCompromise");
        assertThat(
                        RestRig.json(
                                        rig.get(
                                                "/v1/certificates?state=revoked&serialNumber="
                                                        + serial))
                                .path("items")
                                .size())
                .isEqualTo(1);
        assertThat(
                        RestRig.json(rig.get("/v1/certificates?state=valid&serialNumber=" + serial))
                                .path("items")
                                .size())
                .isZero();
        assertThat(
                        RestRig.json(
                                        rig.get(
                                                "/v1/certificates?serialNumber="
                                                        + serial.substring(0, 16)))
                                .path("items")
                                .toString())
                .contains(serial);
        for (String list : new String[] {"certificates", "revocations"}) {
            assertThat(
                            RestRig.json(rig.get("/v1/" + list + "?serialNumber=" + "0".repeat(40)))
                                    .path("items")
                                    .size())
                    .as("a serial number that no certificate can have is no missing filter")
                    .isZero();
        }
        assertThat(
                        RestRig.json(rig.get("/v1/revocations?reason=keyCompromise&limit=1000"))
                                .path("items")
                                .toString())
                .contains(serial);
        assertThat(
                        rig.send(
                                        rig.operator("/v1/revocations/export")
                                                .header("Accept", "application/x-ndjson"))
                                .body())
                .contains(serial);
        assertThat(
                        rig.send(
                                        rig.operator("/v1/certificates/export")
                                                .header("Accept", "application/x-ndjson"))
                                .body())
                .contains("\"state\":\"revoked\"");
    }

    @Test
    void revokesByFingerprint() throws Exception {
        RestRig.Held held = rig.certificate("/apps/print", Duration.ofMinutes(10));
        String sha256 =
                HexFormat.of()
                        .formatHex(
                                MessageDigest.getInstance("SHA-256")
                                        .digest(held.chain().getFirst().getEncoded()));
        HttpResponse<String> done =
                revoke(
                        "{\"sha256\":\"%s\",\"reason\":\"superseded\",\"comment\":\"x\"}"
                                .formatted(sha256));
        assertThat(RestRig.json(done).path("revocation").path("serialNumber").stringValue(""))
                .isEqualTo(serial(held));
    }

    @Test
    void refusesWhatIsNone() throws Exception {
        String none =
                "{\"serialNumber\":\"%s\",\"reason\":\"superseded\",\"comment\":\"x\"}"
                        .formatted("4" + "0".repeat(39));
        assertThat(revoke(none).statusCode()).isEqualTo(404);
        assertThat(revoke(none.replace("superseded", "removeFromCRL")).statusCode()).isEqualTo(400);
        assertThat(revoke(none.replace("\"x\"", "\"\"")).statusCode()).isEqualTo(400);
        assertThat(revoke("{\"reason\":\"superseded\",\"comment\":\"x\"}").statusCode())
                .isEqualTo(400);
        assertThat(
                        revoke(
                                        none.replace(
                                                "}",
                                                ",\"unrecorded\":{\"authorityId\":\""
                                                        + "0".repeat(64)
                                                        + "\"}}"))
                                .statusCode())
                .isEqualTo(400);
        assertThat(
                        rig.write(
                                        "POST",
                                        "/v1/revocation-jobs/preview",
                                        "{\"selector\":{\"spiffeIdPrefix\":\"spiffe://signet.test/a\"}}")
                                .statusCode())
                .isEqualTo(400);
        assertThat(
                        rig.write("POST", "/v1/revocation-jobs/preview", "{\"selector\":{}}")
                                .statusCode())
                .isEqualTo(400);
    }

    @Test
    void revokesWhatTheLedgerHasLost() throws Exception {
        String authority =
                RestRig.json(rig.get("/v1/authorities"))
                        .path("items")
                        .path(1)
                        .path("id")
                        .stringValue("");
        String serial = serial(rig.certificate("/apps/lost", Duration.ofMinutes(10)));
        rig.database()
                .ownerJdbcClient()
                .sql("DELETE FROM ledger.certificate WHERE serial = ?")
                .param(HexFormat.of().parseHex(serial))
                .update();
        HttpResponse<String> done =
                revoke(
                        """
                        {"serialNumber":"%s","reason":"keyCompromise","comment":"after the restore",
                         "unrecorded":{"authorityId":"%s"}}
                        """
                                .formatted(serial, authority));
        assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
        assertThat(RestRig.json(done).path("revocation").path("onRecord").asBoolean(true))
                .isFalse();
    }

    @Test
    void revokesManyAfterAPreviewAndBlocksThem() throws Exception {
        for (int i = 0; i < 5; i++) {
            rig.certificate("/fleet/n" + i, Duration.ofMinutes(10));
        }
        String selector = "\"selector\":{\"spiffeIdPrefix\":\"spiffe://signet.test/fleet/\"}";
        JsonNode preview =
                RestRig.json(
                        rig.write("POST", "/v1/revocation-jobs/preview", "{" + selector + "}"));
        assertThat(preview.path("count").asInt(0)).isEqualTo(5);
        String token = preview.path("token").stringValue("");
        String body =
                "{" + selector + ",\"reason\":\"keyCompromise\",\"comment\":\"x\",\"block\":true}";
        assertThat(rig.write("POST", "/v1/revocation-jobs", body).statusCode()).isEqualTo(428);
        assertThat(based("/v1/revocation-jobs", "x", body).statusCode()).isEqualTo(412);
        HttpResponse<String> made = based("/v1/revocation-jobs", token, body);
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        String path = made.headers().firstValue("Location").orElseThrow();
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        RestRig.json(rig.get(path)).path("state").stringValue("").equals("done"));
        assertThat(RestRig.json(rig.get(path)).path("revoked").asInt(0)).isEqualTo(5);
        assertThat(RestRig.json(rig.get("/v1/revocation-jobs")).path("items").size()).isPositive();
        JsonNode block = RestRig.json(rig.get("/v1/blocks?state=in-force")).path("items").path(0);
        assertThat(block.path("target").stringValue("")).isEqualTo("spiffe://signet.test/fleet/");
        String release = "/v1/blocks/" + block.path("number").asLong() + "/release";
        assertThat(rig.write("POST", release, "{\"reason\":\"over\"}").statusCode()).isEqualTo(200);
        assertThat(rig.write("POST", release, "{\"reason\":\"over\"}").statusCode()).isEqualTo(409);
        assertThat(
                        rig.write("POST", path + "/cancellation", "{\"reason\":\"too late\"}")
                                .statusCode())
                .isEqualTo(409);
    }

    @Test
    void waitsForASecondPersonWhereItIsToldTo() throws Exception {
        try (RestRig strict =
                new RestRig(
                        Map.of(
                                "signet.approval.four-eyes[0]", "revocation.bulk",
                                "signet.approval.four-eyes[1]", "block.release"))) {
            strict.certificate("/apps/a", Duration.ofMinutes(10));
            String selector = "\"selector\":{\"spiffeId\":\"spiffe://signet.test/apps/a\"}";
            String token =
                    RestRig.json(
                                    strict.write(
                                            "POST",
                                            "/v1/revocation-jobs/preview",
                                            "{" + selector + "}"))
                            .path("token")
                            .stringValue("");
            HttpResponse<String> proposed =
                    strict.send(
                            RestRig.write(
                                    strict.operator("/v1/revocation-jobs")
                                            .header("If-Match", '"' + token + '"'),
                                    "POST",
                                    "{"
                                            + selector
                                            + ",\"reason\":\"superseded\",\"comment\":\"x\"}"));
            assertThat(proposed.statusCode()).as(proposed.body()).isEqualTo(202);
            String job = RestRig.json(proposed).path("target").stringValue("");
            assertThat(
                            RestRig.json(strict.get("/v1/revocation-jobs/" + job))
                                    .path("state")
                                    .stringValue(""))
                    .isEqualTo("waiting");
            HttpResponse<String> approved =
                    strict.send(
                            RestRig.write(
                                    strict.request(
                                                    proposed.headers()
                                                                    .firstValue("Location")
                                                                    .orElseThrow()
                                                            + "/approval")
                                            .header(
                                                    "Authorization",
                                                    "Bearer " + strict.token(Role.ADMIN)),
                                    "POST",
                                    "{\"reason\":\"agreed\"}"));
            assertThat(approved.statusCode()).as(approved.body()).isEqualTo(200);
            await().atMost(Duration.ofSeconds(30))
                    .until(() ->
                            RestRig.json(strict.get("/v1/revocation-jobs/" + job))
                                    .path("state")
                                    .stringValue("")
                                    .equals("done"));
        }
    }

    @Test
    void R9_anAdminWhoseCertificateIsRevokedIsOutAtItsNextRequest() throws Exception {
        RestRig.Held admin = rig.certificate("/admin/mallory", Duration.ofMinutes(10));
        HttpClient client = rig.client(admin.key(), admin.chain());
        assertThat(status(client)).isEqualTo(200);
        revoke(
                "{\"serialNumber\":\"%s\",\"reason\":\"keyCompromise\",\"comment\":\"stolen\"}"
                        .formatted(serial(admin)));
        assertThat(status(client)).isEqualTo(401);
        assertThat(status(rig.client(admin.key(), admin.chain()))).isEqualTo(401);
    }

    private static int status(HttpClient client) throws Exception {
        return client.send(rig.request("/v1/me").build(), HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    @Test
    void R11_aRevokedCertificateReachesNoEndpoint() throws Exception {
        RestRig.Held admin = rig.certificate("/admin/gone", Duration.ofMinutes(10));
        revoke(
                "{\"serialNumber\":\"%s\",\"reason\":\"keyCompromise\",\"comment\":\"stolen\"}"
                        .formatted(serial(admin)));
        HttpClient client = rig.client(admin.key(), admin.chain());
        for (Endpoint endpoint : Endpoint.all(rig.server)) {
            HttpRequest request =
                    rig.request(endpoint.example())
                            .method(
                                    endpoint.method(),
                                    endpoint.method().equals("GET")
                                            ? HttpRequest.BodyPublishers.noBody()
                                            : HttpRequest.BodyPublishers.ofString("{}"))
                            .header("Content-Type", "application/json")
                            .header("Idempotency-Key", UUID.randomUUID().toString())
                            .build();
            assertThat(RestRig.send(client, request).statusCode())
                    .as("%s %s", endpoint.method(), endpoint.path())
                    .isEqualTo(401);
        }
    }
}
