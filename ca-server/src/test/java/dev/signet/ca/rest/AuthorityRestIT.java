package dev.signet.ca.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signet.ca.privilege.Role;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.io.InputStream;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;

/// The life of authorities as an operator leads it.
class AuthorityRestIT {

    private static final String PATH = "/v1/authorities";
    private static final String REASON = "{\"reason\":\"ticket 7\"}";

    private RestRig rig;

    @BeforeEach
    void start() throws Exception {
        rig = new RestRig();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    /// Based on what is now.
    private HttpResponse<String> act(String path, String body) throws Exception {
        return based(tag(), path, body);
    }

    private HttpResponse<String> based(String tag, String path, String body) throws Exception {
        return rig.send(
                RestRig.write(rig.operator(PATH + path).header("If-Match", tag), "POST", body));
    }

    private String tag() throws Exception {
        return tag(rig.get(PATH));
    }

    private static String tag(HttpResponse<String> answer) {
        return answer.headers().firstValue("ETag").orElseThrow();
    }

    private JsonNode authority(String role, String state) throws Exception {
        for (JsonNode one : RestRig.json(rig.get(PATH)).path("items")) {
            if (one.path("role").stringValue("").equals(role)
                    && one.path("state").stringValue("").equals(state)) {
                return one;
            }
        }
        throw new AssertionError("no " + role + " is " + state);
    }

    private String id(String role, String state) throws Exception {
        return authority(role, state).path("id").stringValue("");
    }

    private String state(String id) throws Exception {
        return RestRig.json(rig.get(PATH + "/" + id)).path("state").stringValue("");
    }

    private static JsonNode done(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return RestRig.json(answer);
    }

    private static void refused(int status, String code, HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(RestRig.code(answer)).isEqualTo(code);
    }

    private String prepare() throws Exception {
        return done(act("/prepare", REASON)).path("changed").get(0).path("id").stringValue("");
    }

    /// Another issuing CA signs; the one before is retired.
    private void change() throws Exception {
        done(act("/" + prepare() + "/activate", REASON));
    }

    private void recorded(String act, String text) throws Exception {
        assertThat(rig.get("/v1/audit-events?act=" + act).body()).contains(text);
    }

    @Test
    void eachActIsBasedOnWhatWasSeenAndRecorded() throws Exception {
        String first = id("issuing", "active");
        String seen = tag();
        refused(412, "PRECONDITION_FAILED", based("\"999999\"", "/prepare", REASON));
        refused(428, "PRECONDITION_REQUIRED", rig.write("POST", PATH + "/prepare", REASON));
        HttpResponse<String> prepared = based(seen, "/prepare", REASON);
        String second = done(prepared).path("changed").get(0).path("id").stringValue("");
        assertThat(tag(prepared)).isEqualTo(tag()).isNotEqualTo(seen);
        recorded("authority.prepare", second);
        for (String path :
                new String[] {
                    "/prepare",
                    "/prepare-root",
                    "/rollback",
                    "/" + second + "/activate",
                    "/" + second + "/retire"
                }) {
            refused(412, "PRECONDITION_FAILED", based(seen, path, REASON));
        }
        refused(
                412,
                "PRECONDITION_FAILED",
                based(
                        seen,
                        "/" + second + "/revoke",
                        "{\"cause\":\"superseded\",\"reason\":\"r\"}"));
        assertThat(state(second)).isEqualTo("prepared");

        done(based(tag(), "/" + second + "/activate", REASON));
        recorded("authority.activate", second);
        assertThat(state(first)).isEqualTo("retired");
        assertThat(id("issuing", "active")).isEqualTo(second);

        JsonNode root = done(based(tag(), "/prepare-root", "{\"reason\":\"root change\"}"));
        assertThat(root.path("changed").toString()).contains("cross", "root", "issuing");
        String third = id("issuing", "prepared");
        JsonNode readiness = RestRig.json(rig.get(PATH + "/" + third + "/readiness"));
        assertThat(readiness.path("knownRoot").asBoolean()).isFalse();
        done(based(tag(), "/" + third + "/retire", REASON));
        recorded("authority.retire", third);
        refused(404, "NOT_FOUND", rig.get(PATH + "/" + "0".repeat(64) + "/readiness"));
    }

    @Test
    void whatCannotBeIsRefusedAndRecordedAsRefused() throws Exception {
        String active = id("issuing", "active");
        String revoke = "{\"cause\":\"cACompromise\",\"reason\":\"r\"}";
        refused(409, "LAST_AUTHORITY", act("/" + active + "/retire", REASON));
        refused(409, "LAST_AUTHORITY", act("/" + active + "/revoke", revoke));
        refused(409, "CONFLICT", act("/" + active + "/activate", REASON));
        refused(409, "CONFLICT", act("/rollback", REASON));
        refused(
                400,
                "INVALID_ARGUMENT",
                act("/" + active + "/revoke", revoke.replace("cACompromise", "boredom")));
        refused(400, "INVALID_ARGUMENT", act("/prepare", "{\"reason\":\"\"}"));
        String none = "/" + "0".repeat(64);
        refused(404, "NOT_FOUND", act(none + "/activate", REASON));
        refused(404, "NOT_FOUND", act(none + "/retire", REASON));
        refused(404, "NOT_FOUND", act(none + "/revoke", revoke));
        refused(
                404,
                "NOT_FOUND",
                act("/prepare", "{\"rootId\":\"" + "0".repeat(64) + "\",\"reason\":\"r\"}"));
        assertThat(state(active)).isEqualTo("active");
        assertThat(rig.get("/v1/audit-events?act=authority.revoke&limit=1000").body())
                .contains("LAST_AUTHORITY", "NOT_FOUND");
    }

    @Test
    void aRevokedIssuingCaIsInTheFeedAndInTheListOfItsRoot() throws Exception {
        String first = id("issuing", "active");
        X509Certificate certificate = certificate(authority("issuing", "active"));
        String root = id("root", "active");
        change();
        done(act("/" + first + "/revoke", "{\"cause\":\"cACompromise\",\"reason\":\"incident\"}"));
        recorded("authority.revoke", "incident");
        assertThat(state(first)).isEqualTo("revoked");
        BigInteger serial = certificate.getSerialNumber();
        String hex = String.format("%040x", serial);
        JsonNode revocation = done(rig.get("/v1/revocations/" + hex));
        assertThat(revocation.path("reason").stringValue("")).isEqualTo("cACompromise");
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(
                        () -> assertThat(crl(root).getRevokedCertificate(serial)).isNotNull());
        crl(root).verify(certificate(authority("root", "active")).getPublicKey());
        refused(
                409,
                "CONFLICT",
                act("/" + first + "/revoke", "{\"cause\":\"superseded\",\"reason\":\"twice\"}"));
    }

    private static X509Certificate certificate(JsonNode authority) throws Exception {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(
                                new java.io.ByteArrayInputStream(
                                        authority.path("pem").stringValue("").getBytes()));
    }

    private X509CRL crl(String authority) throws Exception {
        URI uri =
                URI.create(
                        "http://127.0.0.1:"
                                + rig.server.httpPort()
                                + "/crl/"
                                + authority
                                + "/1.crl");
        try (InputStream in = uri.toURL().openStream()) {
            return (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(in);
        }
    }

    @Test
    void activationAndRevocationWaitForASecondPersonWhereTheyAreToldTo() throws Exception {
        rig.close();
        rig =
                new RestRig(
                        Map.of(
                                "signet.approval.four-eyes[0]", "authority.activate",
                                "signet.approval.four-eyes[1]", "authority.revoke"));
        String first = id("issuing", "active");
        String second = prepare();
        refused(
                412,
                "PRECONDITION_FAILED",
                based("\"999999\"", "/" + second + "/activate", REASON));
        HttpResponse<String> proposed = based(tag(), "/" + second + "/activate", REASON);
        assertThat(proposed.statusCode()).as(proposed.body()).isEqualTo(202);
        assertThat(state(second)).isEqualTo("prepared");
        assertThat(rig.write("POST", approval(proposed), REASON).statusCode())
                .as("whoever proposed it")
                .isNotEqualTo(200);
        done(approve(proposed));
        assertThat(state(second)).isEqualTo("active");
        recorded("authority.activate", "proposedBy");

        String revoke = "{\"cause\":\"superseded\",\"reason\":\"r\"}";
        HttpResponse<String> outdated = act("/" + first + "/revoke", revoke);
        assertThat(outdated.statusCode()).isEqualTo(202);
        prepare();
        refused(412, "PRECONDITION_FAILED", approve(outdated));
        assertThat(state(first)).isEqualTo("retired");
        done(approve(act("/" + first + "/revoke", revoke)));
        assertThat(state(first)).isEqualTo("revoked");
    }

    private static String approval(HttpResponse<String> proposed) {
        return proposed.headers().firstValue("Location").orElseThrow() + "/approval";
    }

    private HttpResponse<String> approve(HttpResponse<String> proposed) throws Exception {
        return rig.send(
                RestRig.write(
                        rig.request(approval(proposed))
                                .header("Authorization", "Bearer " + rig.token(Role.ADMIN)),
                        "POST",
                        "{\"reason\":\"agreed\"}"));
    }

    @Test
    void R16_anAdminBelowARevokedIssuingCaLogsInByWhatIsOnRecordAndByNothingElse()
            throws Exception {
        RestRig.Held admin = rig.certificate("/admin/below", Duration.ofMinutes(10));
        RestRig.Held unrecorded = rig.certificate("/admin/thief", Duration.ofMinutes(10));
        HttpClient thief = rig.client(unrecorded.key(), unrecorded.chain());
        assertThat(me(thief)).isEqualTo(200);
        rig.database()
                .ownerJdbcClient()
                .sql("DELETE FROM ledger.certificate WHERE serial = :serial")
                .param("serial", unrecorded.chain().getFirst().getSerialNumber().toByteArray())
                .update();
        String first = id("issuing", "active");
        change();
        assertThat(me(thief)).isEqualTo(200);
        done(act("/" + first + "/revoke", "{\"cause\":\"cACompromise\",\"reason\":\"r\"}"));
        await().atMost(Duration.ofSeconds(1)).until(() -> me(thief) == 401);
        assertThat(me(rig.client(unrecorded.key(), unrecorded.chain()))).isEqualTo(401);
        assertThat(me(rig.client(admin.key(), admin.chain()))).isEqualTo(200);
    }

    private int me(HttpClient client) throws Exception {
        return client.send(rig.request("/v1/me").build(), HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    @Test
    void R17_theAdminPathWorksWhileNothingMaySignAndMakesWhatSignsAgain() throws Exception {
        String last = id("issuing", "active");
        done(act("/" + last + "/retire", "{\"override\":true,\"reason\":\"nothing signs\"}"));
        HttpClient bearer = rig.client(null, java.util.List.of());
        for (String path : new String[] {"/v1/suspension", PATH, "/v1/rotation"}) {
            assertThat(rig.get(path).statusCode()).as(path).isEqualTo(200);
            assertThat(
                            bearer.send(
                                            rig.request(path)
                                                    .header(
                                                            "Authorization",
                                                            "Bearer " + rig.token(Role.VIEWER))
                                                    .build(),
                                            HttpResponse.BodyHandlers.ofString())
                                    .statusCode())
                    .as(path)
                    .isEqualTo(200);
        }
        String next = prepare();
        done(act("/" + next + "/activate", "{\"override\":true,\"reason\":\"signs again\"}"));
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() ->
                        assertThat(rig.certificate("/apps/again", Duration.ofMinutes(5)).chain())
                                .hasSize(2));
    }
}
