package dev.signet.ca.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signet.ca.privilege.Role;

import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/// No role of the admin API is a way to another one: whoever causes a certificate for an identity
/// must hold every role that the identity carries.
class PrivilegeIT {

    private static RestRig rig;

    @BeforeAll
    static void start() throws Exception {
        rig = new RestRig();
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @BeforeEach
    void putTheBuiltInPolicyInForce() throws Exception {
        HttpResponse<String> active = rig.get("/v1/policies/active");
        HttpResponse<String> done =
                rig.send(
                        RestRig.write(
                                        rig.operator("/v1/policies/active"),
                                        "PUT",
                                        "{\"number\":0,\"reason\":\"a test\"}")
                                .header(
                                        "If-Match",
                                        active.headers().firstValue("ETag").orElseThrow()));
        assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
    }

    private static HttpRequest.Builder as(String path, Role... roles) throws Exception {
        return rig.request(path).header("Authorization", "Bearer " + rig.token(roles));
    }

    private static HttpResponse<String> joinToken(String id, Role... roles) throws Exception {
        return rig.send(
                RestRig.write(
                        as("/v1/join-tokens", roles),
                        "POST",
                        "{\"spiffeIdPattern\":\"" + id + "\",\"reason\":\"a test\"}"));
    }

    private static String secret(HttpResponse<String> made) {
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        return RestRig.json(made).path("items").path(0).path("token").stringValue("");
    }

    /// Of a token that gives nothing; "none" of one that does.
    private static String refusal(String token) throws Exception {
        try {
            rig.certificate(token, Duration.ofMinutes(10), "Join ");
            return "none";
        } catch (StatusRuntimeException e) {
            return reason(e);
        }
    }

    private static String reason(StatusRuntimeException e) throws Exception {
        for (var detail : StatusProto.fromThrowable(e).getDetailsList()) {
            if (detail.is(com.google.rpc.ErrorInfo.class)) {
                return detail.unpack(com.google.rpc.ErrorInfo.class).getReason();
            }
        }
        return "";
    }

    @ParameterizedTest
    @CsvSource({
        "OPERATOR, spiffe://signet.test/admin/olga",
        "OPERATOR, spiffe://signet.test/admin/*",
        "OPERATOR, SPIFFE://signet.test/admin/olga",
        "OPERATOR, spiffe://signet.test/security-officer/olga",
        "OPERATOR, spiffe://signet.test/security-officer/*",
        "OPERATOR, spiffe://signet.test/signet/operator/olga",
        "OPERATOR, spiffe://signet.test/signet/operator/bootstrap"
    })
    void anOperatorMakesNoTokenForAnIdentityWithARoleThatItDoesNotHold(Role role, String id)
            throws Exception {
        HttpResponse<String> refused = joinToken(id, role);
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(403);
        assertThat(RestRig.code(refused)).isEqualTo("ROLE_REQUIRED");
    }

    @ParameterizedTest
    @CsvSource({
        "OPERATOR, spiffe://signet.test/operator/olga",
        "OPERATOR, spiffe://signet.test/viewer/*",
        "OPERATOR, spiffe://signet.test/shop/*",
        "ADMIN, spiffe://signet.test/security-officer/*",
        "ADMIN, spiffe://signet.test/admin/olga",
        "ADMIN, spiffe://signet.test/signet/operator/olga"
    })
    void aTokenForTheRolesThatItsCreatorHoldsIsMade(Role role, String id) throws Exception {
        secret(joinToken(id, role));
    }

    @ParameterizedTest
    @CsvSource({
        "spiffe://signet.test/signet/operator/*",
        "spiffe://signet.test/signet/operator/olga/x",
        "spiffe://signet.test/signet/server",
        "SPIFFE://signet.test/signet/server",
        "spiffe://signet.test/signet/*"
    })
    void theCasOwnIdsAreNotForTokensWhoeverAsks(String id) throws Exception {
        HttpResponse<String> refused = joinToken(id, Role.ADMIN);
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
        assertThat(RestRig.code(refused)).isEqualTo("INVALID_ARGUMENT");
    }

    @Test
    void anAdminMakesASecondAdmin() throws Exception {
        String token = secret(joinToken("spiffe://signet.test/signet/operator/olga", Role.ADMIN));
        RestRig.Held held = rig.certificate(token, Duration.ofMinutes(10), "Join ");
        HttpClient client = rig.client(held.key(), held.chain());
        HttpResponse<String> me = RestRig.send(client, rig.request("/v1/me").build());
        assertThat(me.statusCode()).isEqualTo(200);
        assertThat(me.body())
                .contains("spiffe://signet.test/signet/operator/olga")
                .contains("\"roles\":[\"admin\"]");
    }

    /// As if the mapping had come between the token and its use: only then can such a token be.
    @Test
    void aTokenGivesNoIdentityWithRolesThatItsCreatorDidNotHold() throws Exception {
        String token = secret(joinToken("spiffe://signet.test/shop/*", Role.OPERATOR));
        int changed =
                rig.database()
                        .ownerJdbcClient()
                        .sql(
                                """
                                UPDATE attestation.join_token
                                SET spiffe_id_pattern = 'spiffe://signet.test/admin/olga'
                                WHERE created_at = (
                                    SELECT max(created_at) FROM attestation.join_token)
                                """)
                        .update();
        assertThat(changed).isOne();
        // The policy in force is followed within a second or so.
        await().atMost(Duration.ofSeconds(30))
                .until(() -> refusal(token), reason -> !reason.equals("POLICY_DENIED"));
        assertThat(refusal(token)).isEqualTo("ROLE_REQUIRED");
    }

    private static HttpResponse<String> activate(String rule, Role... roles) throws Exception {
        String document =
                "apiVersion: signet.dev/v1\\nrules:\\n  - name: people\\n    when: evidence.kind =="
                        + " 'oidc'\\n    grant: {"
                        + rule.replace('"', '\'')
                        + "}\\n";
        HttpResponse<String> stored =
                rig.send(
                        RestRig.write(
                                as("/v1/policies", roles),
                                "POST",
                                "{\"document\":\"" + document + "\",\"reason\":\"a test\"}"));
        assertThat(stored.statusCode()).as(stored.body()).isEqualTo(201);
        HttpResponse<String> active = rig.send(as("/v1/policies/active", roles));
        return rig.send(
                RestRig.write(
                                as("/v1/policies/active", roles),
                                "PUT",
                                "{\"number\":"
                                        + RestRig.json(stored).path("number").asLong()
                                        + ",\"reason\":\"a test\"}")
                        .header("If-Match", active.headers().firstValue("ETag").orElseThrow()));
    }

    @ParameterizedTest
    @CsvSource({
        "'spiffeId: \"{request.spiffeId}\"'",
        "'spiffeId: \"spiffe://{trustDomain}/admin/{evidence.subject}\"'",
        "'spiffeId: {oneOf: [\"spiffe://{trustDomain}/**\"]}'"
    })
    void aSecurityOfficerPutsNoRuleInForceThatMakesAdmins(String rule) throws Exception {
        HttpResponse<String> refused = activate(rule, Role.SECURITY_OFFICER);
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(403);
        assertThat(RestRig.code(refused)).isEqualTo("ROLE_REQUIRED");
        HttpResponse<String> done = activate(rule, Role.ADMIN);
        assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
        HttpResponse<String> back =
                activate("spiffeId: \"spiffe://{trustDomain}/shop/a\"", Role.SECURITY_OFFICER);
        assertThat(back.statusCode()).as(back.body()).isEqualTo(200);
        HttpResponse<String> rolledBack =
                rig.send(
                        RestRig.write(
                                        as("/v1/policies/active/rollback", Role.SECURITY_OFFICER),
                                        "POST",
                                        "{\"reason\":\"a test\"}")
                                .header(
                                        "If-Match",
                                        back.headers().firstValue("ETag").orElseThrow()));
        assertThat(RestRig.code(rolledBack)).as(rolledBack.body()).isEqualTo("ROLE_REQUIRED");
    }

    @Test
    void aRuleThatMakesAdminsIsFlagged() throws Exception {
        HttpResponse<String> validation =
                rig.send(
                        as("/v1/policies/validation", Role.OPERATOR)
                                .header("Content-Type", "application/json")
                                .POST(
                                        HttpRequest.BodyPublishers.ofString(
                                                "{\"document\":\"apiVersion:"
                                                        + " signet.dev/v1\\nrules:\\n  - name:"
                                                        + " any\\n    grant: {spiffeId:"
                                                        + " '{request.spiffeId}'}\\n\"}")));
        assertThat(validation.body())
                .contains("\"accepted\":true")
                .contains("Rule any can grant spiffe://signet.test/");
    }
}
