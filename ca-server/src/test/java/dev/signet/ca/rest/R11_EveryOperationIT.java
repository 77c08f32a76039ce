package dev.signet.ca.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;

import dev.signet.ca.privilege.Role;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Every endpoint of the running server with every role and every credential that proves nothing:
/// exactly the published permissions are found.
class R11_EveryOperationIT {

    private static RestRig rig;
    private static List<Endpoint> endpoints;

    @BeforeAll
    static void start() throws Exception {
        rig = new RestRig();
        endpoints = Endpoint.all(rig.server);
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @Test
    void everyOperationHasOneEndpointAndTheReverse() {
        assertThat(endpoints.stream().map(Endpoint::operation).toList())
                .containsExactlyInAnyOrder(Operation.values());
    }

    @Test
    void eachRoleMayWhatTheTableSaysAndNothingElse() throws Exception {
        Map<Role, Set<Operation>> found = new LinkedHashMap<>();
        for (Role role : Role.values()) {
            String token = rig.token(role);
            Set<Operation> may = EnumSet.noneOf(Operation.class);
            for (Endpoint endpoint : endpoints) {
                HttpResponse<String> response =
                        rig.send(attempt(endpoint).header("Authorization", "Bearer " + token));
                if (response.statusCode() == 403) {
                    assertThat(RestRig.code(response)).isEqualTo("NOT_PERMITTED");
                } else {
                    assertThat(response.statusCode())
                            .as("%s %s", endpoint.method(), endpoint.path())
                            .isNotIn(401, 405, 500, 503);
                    may.add(endpoint.operation());
                }
            }
            found.put(role, may);
        }
        for (Operation operation : Operation.values()) {
            for (Role role : Role.values()) {
                assertThat(found.get(role).contains(operation))
                        .as("%s %s", role, operation)
                        .isEqualTo(operation.roles().contains(role));
            }
        }
    }

    @Test
    void aCertificateHasTheRolesOfItsSpiffeIdAndAnyOtherHasNone() throws Exception {
        RestRig.Held viewer = rig.certificate("/viewer/alice", Duration.ofMinutes(10));
        RestRig.Held workload = rig.certificate("/apps/shop", Duration.ofMinutes(10));
        HttpClient asViewer = rig.client(viewer.key(), viewer.chain());
        HttpClient asWorkload = rig.client(workload.key(), workload.chain());
        for (Endpoint endpoint : endpoints) {
            assertThat(status(asViewer, attempt(endpoint)) != 403)
                    .as("%s %s", endpoint.method(), endpoint.path())
                    .isEqualTo(endpoint.operation().roles().contains(Role.VIEWER));
            assertThat(status(asWorkload, attempt(endpoint))).isEqualTo(403);
        }
    }

    @Test
    void noEndpointIsReachedWithoutAProof() throws Exception {
        for (Map.Entry<String, List<String>> credential : worthless().entrySet()) {
            for (Endpoint endpoint : endpoints) {
                HttpRequest.Builder request = attempt(endpoint);
                credential.getValue().forEach(value -> request.header("Authorization", value));
                HttpResponse<String> response = rig.send(request);
                assertThat(response.statusCode())
                        .as("%s: %s %s", credential.getKey(), endpoint.method(), endpoint.path())
                        .isEqualTo(401);
                assertThat(RestRig.code(response)).isEqualTo("UNAUTHENTICATED");
                // What follows, if anything, is what the credential says of itself.
                assertThat(RestRig.json(response).path("detail").stringValue(""))
                        .startsWith("No credential, or one that proves nothing here.")
                        .doesNotContain("eyJ");
            }
        }
    }

    @Test
    void whatDoesNotExistIsNotToldToAnybodyUnproved() throws Exception {
        assertThat(rig.send(rig.request("/v1/nothing")).statusCode()).isEqualTo(401);
        assertThat(rig.send(rig.request("/")).statusCode()).isEqualTo(401);
        assertThat(
                        rig.send(
                                        rig.request("/v1/me")
                                                .method(
                                                        "DELETE",
                                                        HttpRequest.BodyPublishers.noBody()))
                                .statusCode())
                .isEqualTo(401);
        assertThat(rig.get("/v1/nothing").statusCode()).isEqualTo(404);
    }

    @Test
    void aCertificateAndAnotherCredentialAreRefusedTogether() throws Exception {
        RestRig.Held admin = rig.certificate("/admin/alice", Duration.ofMinutes(10));
        HttpClient client = rig.client(admin.key(), admin.chain());
        assertThat(status(client, rig.request("/v1/me"))).isEqualTo(200);
        assertThat(status(client, rig.operator("/v1/me"))).isEqualTo(401);
        assertThat(
                        status(
                                client,
                                rig.request("/v1/me")
                                        .header(
                                                "Authorization",
                                                "Bearer " + rig.token(Role.ADMIN))))
                .isEqualTo(401);
    }

    @Test
    void aCertificateOfAnotherCaDoesNotGetThroughTheHandshake() throws Exception {
        try (RestRig other = new RestRig()) {
            RestRig.Held foreign = other.certificate("/admin/alice", Duration.ofMinutes(10));
            HttpClient client = rig.client(foreign.key(), foreign.chain());
            assertThatThrownBy(() -> status(client, rig.request("/v1/me")))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void noRoleIsNoPermission() throws Exception {
        String token = rig.token();
        for (Endpoint endpoint : endpoints) {
            assertThat(
                            rig.send(attempt(endpoint).header("Authorization", "Bearer " + token))
                                    .statusCode())
                    .isEqualTo(403);
        }
    }

    /// Without a body or key that would do anything.
    private static HttpRequest.Builder attempt(Endpoint endpoint) {
        return rig.request(endpoint.example())
                .method(
                        endpoint.method(),
                        endpoint.method().equals("GET")
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString("{}"))
                .header("Content-Type", "application/json");
    }

    private static int status(HttpClient client, HttpRequest.Builder request) throws Exception {
        return RestRig.send(client, request.build()).statusCode();
    }

    private static Map<String, List<String>> worthless() throws Exception {
        Instant now = Instant.now();
        Map<String, List<String>> all = new LinkedHashMap<>();
        all.put("none", List.of());
        all.put(
                "expired",
                bearer(
                        rig.claims(Role.ADMIN)
                                .issueTime(Date.from(now.minusSeconds(900)))
                                .expirationTime(Date.from(now.minusSeconds(300)))));
        all.put(
                "not valid yet",
                bearer(rig.claims(Role.ADMIN).notBeforeTime(Date.from(now.plusSeconds(300)))));
        all.put(
                "issued in the future",
                bearer(rig.claims(Role.ADMIN).issueTime(Date.from(now.plusSeconds(300)))));
        all.put("without expiry", bearer(rig.claims(Role.ADMIN).expirationTime(null)));
        all.put(
                "too long-lived",
                bearer(
                        rig.claims(Role.ADMIN)
                                .expirationTime(Date.from(now.plus(Duration.ofDays(3))))));
        all.put("wrong audience", bearer(rig.claims(Role.ADMIN).audience("someone-else")));
        all.put("no audience", bearer(rig.claims(Role.ADMIN).audience((String) null)));
        all.put("wrong issuer", bearer(rig.claims(Role.ADMIN).issuer("https://evil.test")));
        all.put(
                "another key",
                List.of(
                        "Bearer "
                                + RestRig.sign(
                                        rig.claims(Role.ADMIN).build(), RestRig.newTokenKey())));
        all.put(
                "another key of the same name",
                List.of(
                        "Bearer "
                                + RestRig.sign(
                                        rig.claims(Role.ADMIN).build(),
                                        new com.nimbusds.jose.jwk.ECKey.Builder(
                                                        RestRig.newTokenKey())
                                                .keyID(rig.tokenKey.getKeyID())
                                                .build())));
        all.put(
                "alg none",
                List.of("Bearer " + new PlainJWT(rig.claims(Role.ADMIN).build()).serialize()));
        SignedJWT confused =
                new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.HS256)
                                .type(JOSEObjectType.JWT)
                                .keyID(rig.tokenKey.getKeyID())
                                .build(),
                        rig.claims(Role.ADMIN).build());
        confused.sign(new MACSigner(rig.tokenKey.toPublicJWK().toJSONString()));
        all.put("HS256 with the public key", List.of("Bearer " + confused.serialize()));
        String good = rig.token(Role.ADMIN);
        all.put("cut", List.of("Bearer " + good.substring(0, good.length() - 4)));
        all.put("huge", List.of("Bearer " + "a".repeat(9000)));
        all.put("wrong operator credential", List.of("Operator " + "x".repeat(40)));
        all.put("wrong scheme", List.of("Basic b3BlcmF0b3I6b3BlcmF0b3I="));
        all.put("join token", List.of("Join " + RestRig.OPERATOR));
        all.put("scheme alone", List.of("Bearer"));
        all.put("empty", List.of("Bearer "));
        List<String> two = new ArrayList<>(List.of("Operator " + RestRig.OPERATOR));
        two.add("Bearer " + good);
        all.put("two credentials", two);
        all.put(
                "the same twice",
                List.of("Operator " + RestRig.OPERATOR, "Operator " + RestRig.OPERATOR));
        all.put(
                "two in one header",
                List.of("Operator " + RestRig.OPERATOR + ", Operator " + RestRig.OPERATOR));
        return all;
    }

    private static List<String> bearer(com.nimbusds.jwt.JWTClaimsSet.Builder claims)
            throws Exception {
        return List.of("Bearer " + RestRig.sign(claims.build(), rig.tokenKey));
    }
}
