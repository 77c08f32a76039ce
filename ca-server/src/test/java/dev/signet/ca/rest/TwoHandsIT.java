package dev.signet.ca.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.privilege.Role;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;

/// Nobody alone gets an act of four eyes done, whatever credentials that one can make.
class TwoHandsIT {

    private static RestRig rig;

    @BeforeAll
    static void start() throws Exception {
        rig = new RestRig(Map.of("signet.approval.four-eyes[0]", "policy.activate"));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    /// Makes requests with one credential.
    private interface Person {
        HttpResponse<String> send(
                java.util.function.UnaryOperator<HttpRequest.Builder> with, String path)
                throws Exception;
    }

    private static Person oidc(String subject) {
        return (with, path) ->
                rig.send(
                        with.apply(
                                rig.request(path)
                                        .header(
                                                "Authorization",
                                                "Bearer "
                                                        + RestRig.sign(
                                                                rig.claims(Role.ADMIN)
                                                                        .subject(subject)
                                                                        .build(),
                                                                rig.tokenKey))));
    }

    private static Person credential() {
        return (with, path) -> rig.send(with.apply(rig.operator(path)));
    }

    private static Person certificate(RestRig.Held held) throws Exception {
        HttpClient client = rig.client(held.key(), held.chain());
        return (with, path) -> RestRig.send(client, with.apply(rig.request(path)).build());
    }

    /// Gets a certificate by a join token that the creator makes.
    private static RestRig.Held minted(Person creator, String path) throws Exception {
        HttpResponse<String> made =
                creator.send(
                        request ->
                                RestRig.write(
                                        request,
                                        "POST",
                                        "{\"spiffeIdPattern\":\"spiffe://signet.test"
                                                + path
                                                + "\",\"reason\":\"a test\"}"),
                        "/v1/join-tokens");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        return rig.certificate(
                RestRig.json(made).path("items").path(0).path("token").stringValue(""),
                Duration.ofMinutes(10),
                "Join ");
    }

    private static String proposed(Person proposer) throws Exception {
        // A proposal of each test's own: the same one would wait already.
        String document =
                "apiVersion: signet.dev/v1\\nrules:\\n  - name: bound\\n    when: evidence.kind in"
                        + " ['join-token', 'current-certificate']\\n    grant: {spiffeId:"
                        + " '{evidence.spiffeId}'}\\n";
        HttpResponse<String> stored =
                rig.write(
                        "POST",
                        "/v1/policies",
                        "{\"document\":\"" + document + "\",\"reason\":\"x\"}");
        assertThat(stored.statusCode()).as(stored.body()).isEqualTo(201);
        String tag = rig.get("/v1/policies/active").headers().firstValue("ETag").orElseThrow();
        HttpResponse<String> pending =
                proposer.send(
                        request ->
                                RestRig.write(
                                                request,
                                                "PUT",
                                                "{\"number\":"
                                                        + RestRig.json(stored)
                                                                .path("number")
                                                                .asLong()
                                                        + ",\"reason\":\"a test\"}")
                                        .header("If-Match", tag),
                        "/v1/policies/active");
        assertThat(pending.statusCode()).as(pending.body()).isEqualTo(202);
        return RestRig.json(pending).path("id").stringValue("");
    }

    private static HttpResponse<String> approve(Person approver, String id) throws Exception {
        return approver.send(
                request -> RestRig.write(request, "POST", "{\"reason\":\"a test\"}"),
                "/v1/approvals/" + id + "/approval");
    }

    private static void refused(Person proposer, Person approver) throws Exception {
        String id = proposed(proposer);
        HttpResponse<String> refused = approve(approver, id);
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(403);
        assertThat(RestRig.code(refused)).isEqualTo("SECOND_PERSON_REQUIRED");
        assertThat(RestRig.json(rig.get("/v1/approvals/" + id)).path("state").stringValue(""))
                .isEqualTo("pending");
    }

    @Test
    void whomTheProposerMadeIsNoSecondPersonNorTheOtherWayRound() throws Exception {
        Person anna = oidc("anna");
        Person bert = certificate(minted(anna, "/admin/bert"));
        refused(anna, bert);
        refused(bert, anna);
    }

    @Test
    void norIsWhomSomebodyMadeWhomTheProposerMade() throws Exception {
        Person anna = oidc("anna");
        Person carl = certificate(minted(certificate(minted(anna, "/admin/bert")), "/admin/carl"));
        refused(anna, carl);
    }

    @Test
    void twoWhomOneMadeAreOne() throws Exception {
        Person anna = oidc("anna");
        refused(certificate(minted(anna, "/admin/bert")), certificate(minted(anna, "/admin/carl")));
    }

    @Test
    void renewalsHideNothing() throws Exception {
        Person anna = oidc("anna");
        RestRig.Held first = minted(anna, "/admin/dora");
        refused(anna, certificate(rig.renewed(rig.renewed(first))));
    }

    @Test
    void theOperatorCredentialApprovesNothing() throws Exception {
        refused(oidc("anna"), credential());
        refused(credential(), credential());
        refused(credential(), certificate(minted(credential(), "/admin/emil")));
    }

    @Test
    void somebodyElseIsASecondPerson() throws Exception {
        Person anna = oidc("anna");
        assertThat(approve(oidc("bert"), proposed(anna)).statusCode()).isEqualTo(200);
        Person emil = certificate(minted(credential(), "/admin/emil"));
        HttpResponse<String> done = approve(emil, proposed(anna));
        assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
        // Whatever another one of the same ID was made by: this certificate is the credential's.
        minted(anna, "/admin/emil");
        done = approve(emil, proposed(anna));
        assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
    }
}
