package dev.signet.ca.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Computations over policies whose cost an operator chooses cost nobody else.
class PolicyWorkIT {

    private static final String COSTLY = "attributes[\"v\"].matches(\"(x?y?){120}z$\")";

    private static RestRig rig;

    @BeforeAll
    static void start() throws Exception {
        rig = new RestRig();
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    /// Each rule alone costs less than a decision may; an explanation looks at all of them.
    private static String document(int rules) {
        return "apiVersion: signet.dev/v1\nrules:\n"
                + IntStream.range(0, rules)
                        .mapToObj(i ->
                                "- {name: r%d, deny: no, when: 'evidence.subject == \"%d\" && %s'}\n"
                                        .formatted(i, i, COSTLY))
                        .collect(Collectors.joining());
    }

    private static String question(String document, String value) {
        return RestRig.JSON.writeValueAsString(
                Map.of(
                        "document",
                        document,
                        "evidence",
                        Map.of(
                                "kind",
                                "oidc",
                                "subject",
                                "someone",
                                "attributes",
                                Map.of("v", value))));
    }

    private static HttpRequest explanation(String body) {
        return RestRig.write(
                        rig.operator("/v1/policies/candidate/explanation")
                                .timeout(Duration.ofMinutes(2)),
                        "POST",
                        body)
                .build();
    }

    private static List<Thread> working() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(entry -> entry.getKey().getName().startsWith("signet-policy-worker"))
                .filter(entry ->
                        java.util.Arrays.stream(entry.getValue())
                                .anyMatch(
                                        frame -> frame.getClassName().contains(".policy.Compiled")))
                .map(Map.Entry::getKey)
                .toList();
    }

    @Test
    void twoExplanationsDelayNeitherProbesNorJoinTokens() throws Exception {
        String body = question(document(950), "xy".repeat(1_000));
        List<CompletableFuture<HttpResponse<String>>> explained = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            explained.add(
                    rig.client(null, List.of())
                            .sendAsync(explanation(body), HttpResponse.BodyHandlers.ofString()));
        }
        await().atMost(Duration.ofMinutes(1)).until(() -> !working().isEmpty());

        for (int i = 0; i < 3; i++) {
            long begin = System.nanoTime();
            HttpResponse<String> live =
                    rig.http.send(
                            HttpRequest.newBuilder(
                                            URI.create(
                                                    "http://127.0.0.1:"
                                                            + rig.server.httpPort()
                                                            + "/livez"))
                                    .timeout(Duration.ofSeconds(20))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(live.statusCode()).isEqualTo(200);
            assertThat(rig.certificate("/during/" + i, Duration.ofMinutes(10)).chain())
                    .isNotEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isLessThan(Duration.ofSeconds(10));
        }
        for (var one : explained) {
            // Ended at the deadline at the latest, in words.
            assertThat(one.get().statusCode()).isIn(200, 422, 503);
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> working().isEmpty());
    }

    @Test
    void theComputationEndsSoonAfterItsCallerHasLeft() throws Exception {
        var client = rig.client(null, List.of());
        var left =
                client.sendAsync(
                        explanation(question(document(950), "xy".repeat(1_000))),
                        HttpResponse.BodyHandlers.ofString());
        await().atMost(Duration.ofMinutes(1)).until(() -> !working().isEmpty());
        left.cancel(true);
        client.shutdownNow();

        await().atMost(Duration.ofSeconds(15)).until(() -> working().isEmpty());
    }

    @Test
    void whatNoEvidenceHasIsRefusedBeforeItIsComputed() throws Exception {
        HttpResponse<String> refused =
                RestRig.send(rig.http, explanation(question(document(1), "x".repeat(200_000))));

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("evidence.attributes");
    }

    @Test
    void aCostlyConditionIsRefusedWithItsPlaceWhereverADocumentIsRead() throws Exception {
        String document =
                """
                apiVersion: signet.dev/v1
                rules:
                  - name: a
                    grant:
                      spiffeId: spiffe://{trustDomain}/a
                      names:
                        dns: [{when: '!attributes["v"].matches("(x?y?){120}z$")'}]
                """;
        HttpResponse<String> validated =
                rig.write(
                        "POST",
                        "/v1/policies/validation",
                        RestRig.JSON.writeValueAsString(Map.of("document", document)));
        assertThat(RestRig.json(validated).path("accepted").asBoolean(true)).isFalse();
        assertThat(RestRig.json(validated).path("findings").get(0).path("line").asInt())
                .isEqualTo(7);
        HttpResponse<String> written =
                rig.write(
                        "POST",
                        "/v1/policies",
                        RestRig.JSON.writeValueAsString(
                                Map.of("document", document, "reason", "try")));
        assertThat(RestRig.code(written)).isEqualTo("POLICY_NOT_ACCEPTED");
        HttpResponse<String> explained =
                RestRig.send(rig.http, explanation(question(document, "x")));
        assertThat(explained.statusCode()).isEqualTo(422);
    }
}
