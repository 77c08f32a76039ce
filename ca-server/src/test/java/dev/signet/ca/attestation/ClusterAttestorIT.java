package dev.signet.ca.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// TokenReview against an API server's double that gives answers as a kube-apiserver 1.37 gave
/// them, and worse ones.
class ClusterAttestorIT {

    private static final String CANARY = "canary-of-an-answer";
    private static final TestIssuer ISSUER = new TestIssuer("https://cluster.test", "k", "RS256");

    @TempDir Path directory;

    private final List<String> paths = new CopyOnWriteArrayList<>();
    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private final List<String> credentials = new CopyOnWriteArrayList<>();
    private final List<X509Certificate> clients = new CopyOnWriteArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private volatile Answer answer = exchange -> send(exchange, 201, review(true));
    private volatile Instant now = TestIssuer.NOW;
    private volatile long nanos;
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private TestHttps server;
    private Path tokenFile;
    private final List<ClusterAttestor> opened = new ArrayList<>();

    private interface Answer {
        void to(HttpExchange exchange) throws IOException, InterruptedException;
    }

    @BeforeEach
    void serve() throws Exception {
        server = TestHttps.serve(directory, this::serve);
        tokenFile = Files.writeString(directory.resolve("token"), "reviewer-1\n");
    }

    @AfterEach
    void stop() throws Exception {
        end.countDown();
        opened.forEach(ClusterAttestor::close);
        server.close();
        threads.shutdownNow();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            paths.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            credentials.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            bodies.add(
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            if (exchange instanceof HttpsExchange https) {
                try {
                    clients.add((X509Certificate) https.getSSLSession().getPeerCertificates()[0]);
                } catch (javax.net.ssl.SSLPeerUnverifiedException _) {
                    // none was shown
                }
            }
            answer.to(exchange);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void attestsByWhatTheApiServerAnswers() throws Exception {
        AttestedCaller caller = attested(attest(attestation(cluster().build()), token()));

        assertThat(caller.kind()).isEqualTo(EvidenceKind.KUBERNETES);
        assertThat(caller.subject()).isEqualTo("east|system:serviceaccount:shop:orders");
        assertThat(caller.bound()).isNull();
        assertThat(caller.attributes())
                .containsOnly(
                        Map.entry("kubernetes.cluster", "east"),
                        Map.entry("kubernetes.namespace", "shop"),
                        Map.entry("kubernetes.service-account", "orders"),
                        Map.entry(
                                "kubernetes.service-account-uid",
                                "1a431fb1-4e5d-47e6-80d7-cf9f39be9bea"),
                        Map.entry("kubernetes.pod-name", "orders-1"),
                        Map.entry("kubernetes.pod-uid", "d7c1d0ec-b09c-420d-bcd3-fcca6856b2b0"),
                        Map.entry("kubernetes.node-name", "node1"),
                        Map.entry("kubernetes.node-uid", "7b1c6f0e-3e47-4d2b-9a55-0d6f5f2f2c11"),
                        Map.entry(
                                "kubernetes.credential-id",
                                "JTI=0b6562c4-6475-466f-ad83-c74038c80db3"));
        assertThat(paths).containsExactly("POST /apis/authentication.k8s.io/v1/tokenreviews");
        assertThat(credentials).containsExactly("Bearer reviewer-1");
        assertThat(bodies)
                .containsExactly(
                        "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenReview\","
                                + "\"spec\":{\"token\":\""
                                + token()
                                + "\",\"audiences\":[\"signet\",\"spiffe://example.org\"]}}");
    }

    @Test
    void tellsTheSameServiceAccountOfTwoClustersApart() throws Exception {
        TestIssuer other = new TestIssuer("https://west.test", "k", "RS256");
        EvidenceAttestation attestation =
                attestation(
                        cluster().build(),
                        cluster().name("west").issuers("https://west.test").build());
        AttestedCaller east = attested(attest(attestation, token()));
        AttestedCaller west = attested(attest(attestation, other.token()));

        assertThat(east.subject()).isNotEqualTo(west.subject());
        assertThat(west.attributes()).containsEntry("kubernetes.cluster", "west");
        assertThat(west.attributes().get("kubernetes.namespace"))
                .isEqualTo(east.attributes().get("kubernetes.namespace"));
    }

    @Test
    void R8_identityComesFromTheAnswersStatusOnly() throws Exception {
        // The token says admin of itself, and so does every other part of the answer.
        String claimsAdmin = ISSUER.sign(ISSUER.header(), ISSUER.claims("kube-system", "admin"));
        String admin = "\"system:serviceaccount:kube-system:admin\"";
        String inSpec =
                splice(
                        review(true),
                        "\"spec\": {",
                        """
                        "user": {"username": %s},
                        "username": %s,
                        "spec": {
                          "status": {"authenticated": true, "user": {"username": %s}},
                        """
                                .formatted(admin, admin, admin));
        String inStatus =
                splice(
                        inSpec,
                        "\"username\": \"system:serviceaccount:shop:orders\"",
                        """
                        "impersonatedUser": {"username": %s},
                        "username": "system:serviceaccount:shop:orders"
                        """
                                .formatted(admin));
        String inExtra =
                splice(
                        inStatus,
                        "\"extra\": {",
                        """
                        "extra": {
                          "username": [%s],
                          "authentication.kubernetes.io/namespace": ["kube-system"],
                          "pod-name": ["admin-0"],
                        """
                                .formatted(admin));
        answer = exchange -> send(exchange, 201, inExtra);
        AttestedCaller caller = attested(attest(attestation(cluster().build()), claimsAdmin));

        assertThat(caller.subject()).isEqualTo("east|system:serviceaccount:shop:orders");
        assertThat(caller.attributes())
                .containsEntry("kubernetes.namespace", "shop")
                .containsEntry("kubernetes.service-account", "orders")
                .containsEntry("kubernetes.pod-name", "orders-1");
        assertThat(caller.attributes().toString()).doesNotContain("admin", "kube-system");
    }

    @Test
    void R8_refusesAnAnswerThatTwoReadersCouldReadDifferently() throws Exception {
        for (String spliced :
                List.of(
                        splice(review(true), "\"status\": {", "\"status\": {}, \"status\": {"),
                        splice(
                                review(true),
                                "\"uid\":",
                                "\"username\": \"system:serviceaccount:a:b\", \"uid\":"),
                        splice(
                                review(true),
                                "\"authenticated\": true",
                                "\"authenticated\": false, \"authenticated\": true"),
                        review(true) + "{}",
                        splice(review(true), "TokenReview", "SubjectAccessReview"),
                        splice(review(true), "k8s.io/v1\"", "k8s.io/v1beta1\""))) {
            answer = exchange -> send(exchange, 201, spliced);
            // A new one each: they would open the circuit.
            assertRefused(
                    attest(attestation(cluster().build()), token()),
                    RefusalCode.ATTESTATION_UNAVAILABLE,
                    "no TokenReview");
        }
        answer =
                exchange ->
                        send(
                                exchange,
                                201,
                                splice(review(true), "\"orders-1\"", "\"orders-1\", \"other-2\""));
        assertRefused(
                attest(attestation(cluster().build()), token()),
                RefusalCode.UNAUTHENTICATED,
                "no single readable pod-name");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\"audiences\": []",
                "\"audiences\": [\"other\"]",
                "\"audiences\": [\"https://kubernetes.default.svc\"]",
                "\"audiences\": \"signet\"",
                "\"audiences\": [\"signet\", 7]",
                "\"audiences\": [[\"signet\"]]",
                "\"audiences\": null",
                "\"audience\": [\"signet\"]",
                "\"audiences\": [\"signet \"]",
                "\"audiences\": [\"SIGNET\"]"
            })
    void refusesAnAnswerWithoutOurAudienceAndDoesNotAskAgain(String audiences) throws Exception {
        answer =
                exchange ->
                        send(
                                exchange,
                                201,
                                splice(
                                        review(true),
                                        "\"audiences\": [\"signet\"]\n  }\n}",
                                        (audiences.isEmpty() ? "\"x\": 1" : audiences) + "}}"));
        assertRefused(
                attest(attestation(cluster().build()), token()),
                RefusalCode.UNAUTHENTICATED,
                "audience");
        assertThat(bodies).hasSize(1).allMatch(body -> body.contains("\"audiences\":[\"signet\""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"user\": {}, \"error\": \"[invalid bearer token, " + CANARY + "]\"}",
                "{\"authenticated\": false, \"audiences\": [\"signet\"], \"user\": {\"username\":"
                        + " \"system:serviceaccount:shop:orders\"}}",
                "{\"authenticated\": \"true\", \"audiences\": [\"signet\"], \"user\":"
                        + " {\"username\": \"system:serviceaccount:shop:orders\"}}",
                "{\"authenticated\": 1, \"audiences\": [\"signet\"]}",
                "{\"authenticated\": true, \"error\": \"x\", \"audiences\": [\"signet\"], \"user\":"
                        + " {\"username\": \"system:serviceaccount:shop:orders\"}}",
                "{\"authenticated\": true, \"audiences\": [\"signet\"]}",
                "{\"authenticated\": true, \"audiences\": [\"signet\"], \"user\": {}}",
                "{}"
            })
    void refusesWhatIsNotAuthenticated(String status) throws Exception {
        answer = exchange -> send(exchange, 201, reviewWithStatus(status));
        Refusal refusal =
                assertRefused(
                        attest(attestation(cluster().build()), token()),
                        RefusalCode.UNAUTHENTICATED,
                        "the token of cluster east");
        assertThat(refusal.diagnosis()).doesNotContain(CANARY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "system:admin",
                "system:node:node1",
                "system:serviceaccount:shop",
                "system:serviceaccount::orders",
                "system:serviceaccount:shop:",
                "system:serviceaccount:shop:a:b",
                "system:serviceaccount:Shop:orders",
                "system:serviceaccount:shop:../admin",
                "system:serviceaccount:shop:orders\\n",
                "system:serviceaccount:shop/x:orders",
                "SYSTEM:serviceaccount:shop:orders",
                "oidc:system:serviceaccount:shop:orders"
            })
    void R13_refusesUsersThatAreNoServiceAccounts(String username) throws Exception {
        answer =
                exchange ->
                        send(
                                exchange,
                                201,
                                splice(
                                        review(true),
                                        "system:serviceaccount:shop:orders",
                                        username));
        assertRefused(
                attest(attestation(cluster().build()), token()),
                RefusalCode.UNAUTHENTICATED,
                "is not a service account's");
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 307, 401, 403, 404, 408, 409, 429, 500, 502, 503, 204, 200, 400})
    void R14_anythingButAReviewIsUnavailableAndShowsNothing(int status) throws Exception {
        answer =
                exchange -> {
                    exchange.getResponseHeaders()
                            .add("Location", server.url("/elsewhere").toString());
                    send(exchange, status, status == 204 ? "" : CANARY);
                };
        Refusal refusal =
                assertRefused(
                        attest(attestation(cluster().build()), token()),
                        RefusalCode.ATTESTATION_UNAVAILABLE,
                        "API server of cluster east");
        assertThat(refusal.diagnosis() + refusal.message()).doesNotContain(CANARY, token());
        assertThat(refusal.retryAfter()).isPositive();
        assertThat(paths).hasSize(1).noneMatch(path -> path.contains("elsewhere"));
    }

    @Test
    void R14_readsNoMoreThanTheBoundAndWaitsNoLongerThanTheTimeout() throws Exception {
        List<Answer> answers =
                List.of(
                        exchange -> {
                            exchange.sendResponseHeaders(201, 0);
                            byte[] spaces = " ".repeat(8192).getBytes(StandardCharsets.UTF_8);
                            while (end.getCount() > 0) {
                                exchange.getResponseBody().write(spaces);
                            }
                        },
                        exchange -> {
                            exchange.sendResponseHeaders(201, 0);
                            exchange.getResponseBody().write('{');
                            exchange.getResponseBody().flush();
                            end.await();
                        },
                        _ -> end.await());
        for (Answer each : answers) {
            answer = each;
            long begin = System.nanoTime();
            assertRefused(
                    attest(attestation(cluster().timeout(Duration.ofMillis(500)).build()), token()),
                    RefusalCode.ATTESTATION_UNAVAILABLE,
                    "API server of cluster east");
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void asksNobodyWhileItKeepsFailingAndTriesAgainLater() throws Exception {
        EvidenceAttestation attestation = attestation(cluster().build());
        answer = exchange -> send(exchange, 500, "");
        for (int i = 0; i < 5; i++) {
            assertRefused(
                    attest(attestation, token()),
                    RefusalCode.ATTESTATION_UNAVAILABLE,
                    "answered 500");
        }
        int asked = paths.size();
        for (int i = 0; i < 20; i++) {
            assertRefused(
                    attest(attestation, token()),
                    RefusalCode.ATTESTATION_UNAVAILABLE,
                    "not asked just now");
        }
        assertThat(paths).hasSize(asked);

        answer = exchange -> send(exchange, 201, review(true));
        now = now.plusSeconds(3);
        assertThat(attested(attest(attestation, token())).subject()).startsWith("east|");
        assertThat(reviews("unavailable")).isEqualTo(25);
        assertThat(reviews("proved")).isEqualTo(1);
    }

    @Test
    void noStrangersTokenStopsTheReviewsOfOthers() throws Exception {
        EvidenceAttestation attestation = attestation(cluster().build());
        for (String status :
                List.of("{\"user\": {}, \"error\": \"[invalid bearer token]\"}", "{}")) {
            answer = exchange -> send(exchange, 201, reviewWithStatus(status));
            for (int i = 0; i < 30; i++) {
                assertRefused(
                        attest(attestation, token()), RefusalCode.UNAUTHENTICATED, "cluster east");
            }
        }
        for (int code : new int[] {400, 413, 422}) {
            answer = exchange -> send(exchange, code, "");
            for (int i = 0; i < 30; i++) {
                assertRefused(
                        attest(attestation, token()),
                        RefusalCode.ATTESTATION_UNAVAILABLE,
                        "answered " + code);
            }
        }
        answer = exchange -> send(exchange, 201, review(true));
        assertThat(attest(attestation, token())).isInstanceOf(Attestation.Outcome.Attested.class);
    }

    @Test
    void asksABoundedNumberAtATime() throws Exception {
        KubernetesCluster cluster =
                cluster().maxConcurrent(2).timeout(Duration.ofSeconds(1)).build();
        ClusterAttestor attestor =
                new ClusterAttestor(
                        List.of(cluster),
                        TestCertificates.CRYPTO,
                        () -> now,
                        System::nanoTime,
                        registry);
        opened.add(attestor);
        EvidenceAttestation attestation = TestAttestation.ofClusters(attestor, () -> now);
        answer = _ -> end.await();
        List<Future<Attestation.Outcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            outcomes.add(threads.submit(() -> attest(attestation, token())));
        }
        Awaitility.await().until(() -> paths.size() == 2);
        for (Future<Attestation.Outcome> outcome : outcomes) {
            assertRefused(
                    outcome.get(10, TimeUnit.SECONDS),
                    RefusalCode.ATTESTATION_UNAVAILABLE,
                    "API server of cluster east");
        }
        // Who gets a place with the last of its time may still ask.
        assertThat(paths).hasSizeBetween(2, 5);
    }

    @Test
    void usesAPositiveAnswerForSecondsAndANegativeOneNever() throws Exception {
        EvidenceAttestation attestation =
                attestation(cluster().cacheTime(Duration.ofSeconds(5)).build());
        Evidence.BearerToken first = new Evidence.BearerToken(token());
        assertThat(attestation.mayBlock(first)).isTrue();
        attested(attestation.attest(first, now));

        answer = exchange -> send(exchange, 201, reviewWithStatus("{\"user\": {}}"));
        nanos += Duration.ofMillis(4_999).toNanos();
        Evidence.BearerToken again = new Evidence.BearerToken(token());
        assertThat(attestation.mayBlock(again)).isFalse();
        // Whatever the clock does between the two calls: what may not block does not.
        nanos += Duration.ofSeconds(10).toNanos();
        attested(attestation.attest(again, now));
        assertThat(paths).hasSize(1);

        for (int i = 2; i < 5; i++) {
            Evidence.BearerToken late = new Evidence.BearerToken(token());
            assertThat(attestation.mayBlock(late)).isTrue();
            assertRefused(
                    attestation.attest(late, now), RefusalCode.UNAUTHENTICATED, "authenticated");
            assertThat(paths).hasSize(i);
        }
    }

    @Test
    void forgetsAnAnswerWhenTheTokenItselfEnds() throws Exception {
        EvidenceAttestation attestation =
                attestation(cluster().cacheTime(Duration.ofSeconds(30)).build());
        attested(attest(attestation, token()));
        now = TestIssuer.NOW.plusSeconds(599);
        assertThat(attestation.mayBlock(new Evidence.BearerToken(token()))).isFalse();
        now = TestIssuer.NOW.plusSeconds(600);
        assertThat(attestation.mayBlock(new Evidence.BearerToken(token()))).isTrue();
    }

    @Test
    void asksEachTimeWhereNothingIsRemembered() throws Exception {
        EvidenceAttestation attestation = attestation(cluster().cacheTime(Duration.ZERO).build());
        attested(attest(attestation, token()));
        attested(attest(attestation, token()));
        assertThat(paths).hasSize(2);
    }

    @Test
    void readsItsOwnTokenForEachReview() throws Exception {
        EvidenceAttestation attestation = attestation(cluster().cacheTime(Duration.ZERO).build());
        attested(attest(attestation, token()));
        Files.writeString(tokenFile, "reviewer-2");
        attested(attest(attestation, token()));
        assertThat(credentials).containsExactly("Bearer reviewer-1", "Bearer reviewer-2");
        Files.delete(tokenFile);
        assertRefused(
                attest(attestation, token()),
                RefusalCode.ATTESTATION_UNAVAILABLE,
                tokenFile + " cannot be read");
    }

    @Test
    void showsAClientCertificateAndTheNextOneWhenTheFilesChange() throws Exception {
        Path certificateFile = directory.resolve("client.pem");
        Path keyFile = directory.resolve("client.key");
        X509Certificate one = write(certificateFile, keyFile, "one", 1);
        EvidenceAttestation attestation =
                attestation(
                        cluster()
                                .clientCertificate(certificateFile, keyFile)
                                .cacheTime(Duration.ZERO)
                                .build());
        attested(attest(attestation, token()));
        assertThat(clients).containsExactly(one);
        assertThat(credentials).containsExactly("null");
        X509Certificate two = write(certificateFile, keyFile, "two", 2);
        attested(attest(attestation, token()));
        assertThat(clients).containsExactly(one, two);
        // Half written: what was read last goes on.
        Files.writeString(certificateFile, "-----BEGIN CERT");
        Files.setLastModifiedTime(certificateFile, FileTime.fromMillis(3));
        attested(attest(attestation, token()));
        assertThat(clients).endsWith(two);
    }

    private static X509Certificate write(Path certificateFile, Path keyFile, String name, long at)
            throws Exception {
        KeyPair key = TestHttps.newKey();
        X509Certificate certificate = TestHttps.selfSigned(key, name);
        Files.write(certificateFile, TestCertificates.pem("CERTIFICATE", certificate.getEncoded()));
        Files.write(keyFile, TestCertificates.pem("PRIVATE KEY", key.getPrivate().getEncoded()));
        Files.setLastModifiedTime(certificateFile, FileTime.fromMillis(at));
        return certificate;
    }

    @Test
    void trustsTheConfiguredCaOnly() throws Exception {
        try (TestHttps other = TestHttps.serve(directory, _ -> {})) {
            assertRefused(
                    attest(attestation(cluster().caFile(other.caFile()).build()), token()),
                    RefusalCode.ATTESTATION_UNAVAILABLE,
                    "could not be read");
            assertThat(paths).isEmpty();
        }
    }

    @Test
    void neverFallsBackToAWeakerCheck() throws Exception {
        answer = exchange -> send(exchange, 503, "");
        EvidenceAttestation attestation = attestation(cluster().build());
        assertRefused(
                attest(attestation, token()), RefusalCode.ATTESTATION_UNAVAILABLE, "answered 503");
        TokenIssuer byKeys =
                TokenIssuer.ofFile(
                        "offline",
                        TokenIssuer.Kind.KUBERNETES,
                        ISSUER.url(),
                        List.of("signet"),
                        Path.of("jwks.json"));
        assertThatThrownBy(() ->
                        new AttestationSettings(
                                List.of(byKeys), List.of(cluster().build()), null, null))
                .hasMessageContaining("each once");
    }

    @Test
    void leavesOtherIssuersToTheirKeys() throws Exception {
        EvidenceAttestation attestation = attestation(cluster().build());
        TestIssuer stranger = new TestIssuer("https://stranger.test", "k", "ES256");
        Evidence.BearerToken token = new Evidence.BearerToken(stranger.token());
        assertThat(attestation.mayBlock(token)).isFalse();
        assertRefused(
                attestation.attest(token, now), RefusalCode.UNAUTHENTICATED, "not configured");
        for (String garbage :
                List.of("", "a.b.c", "x".repeat(9000), token() + ".", ISSUER.token() + "=")) {
            assertThat(attestation.mayBlock(new Evidence.BearerToken(garbage))).isFalse();
        }
        assertThat(paths).isEmpty();
    }

    @Test
    void settingsRefuseWhatCannotWork() {
        for (Cluster wrong :
                List.of(
                        cluster().name("East"),
                        cluster().apiServer("http://localhost:1"),
                        cluster().apiServer("https://user@localhost:1"),
                        cluster().apiServer("https://localhost:1/?x=1"),
                        cluster().issuers(),
                        cluster().issuers("a", "a"),
                        cluster().issuers("x".repeat(513)),
                        cluster().audiences(),
                        cluster().audiences(" "),
                        cluster().timeout(Duration.ofMillis(99)),
                        cluster().timeout(Duration.ofSeconds(11)),
                        cluster().cacheTime(Duration.ofSeconds(31)),
                        cluster().cacheTime(Duration.ofSeconds(-1)),
                        cluster().maxConcurrent(0))) {
            assertThatThrownBy(wrong::build).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() ->
                        new AttestationSettings(
                                List.of(),
                                List.of(cluster().build(), cluster().issuers("b").build()),
                                null,
                                null))
                .hasMessageContaining("each once");
    }

    private EvidenceAttestation attestation(KubernetesCluster... clusters) {
        ClusterAttestor attestor =
                new ClusterAttestor(
                        List.of(clusters),
                        TestCertificates.CRYPTO,
                        () -> now,
                        () -> nanos,
                        registry);
        opened.add(attestor);
        return TestAttestation.ofClusters(attestor, () -> now);
    }

    private Attestation.Outcome attest(EvidenceAttestation attestation, String token) {
        return attestation.attest(new Evidence.BearerToken(token), now);
    }

    private long reviews(String outcome) {
        return registry.get("signet.attestation.review")
                .tag("cluster", "east")
                .tag("outcome", outcome)
                .timer()
                .count();
    }

    private static String token() {
        return TOKEN;
    }

    private static final String TOKEN = ISSUER.token();

    private static AttestedCaller attested(Attestation.Outcome outcome) {
        assertThat(outcome).isInstanceOf(Attestation.Outcome.Attested.class);
        return ((Attestation.Outcome.Attested) outcome).caller();
    }

    private static Refusal assertRefused(
            Attestation.Outcome outcome, RefusalCode code, String diagnosis) {
        assertThat(outcome).isInstanceOf(Attestation.Outcome.Refused.class);
        Refusal refusal = ((Attestation.Outcome.Refused) outcome).refusal();
        assertThat(refusal.code()).as(refusal.diagnosis()).isEqualTo(code);
        assertThat(refusal.diagnosis()).contains(diagnosis);
        return refusal;
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] octets = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, octets.length == 0 ? -1 : octets.length);
        if (octets.length > 0) {
            exchange.getResponseBody().write(octets);
        }
    }

    /// As a kube-apiserver 1.37 answered for a token bound to a pod; the token itself left out.
    private static String review(boolean authenticated) {
        return reviewWithStatus(
                """
                {
                    "authenticated": %s,
                    "user": {
                      "username": "system:serviceaccount:shop:orders",
                      "uid": "1a431fb1-4e5d-47e6-80d7-cf9f39be9bea",
                      "groups": [
                        "system:serviceaccounts",
                        "system:serviceaccounts:shop",
                        "system:authenticated"
                      ],
                      "extra": {
                        "authentication.kubernetes.io/credential-id": [
                          "JTI=0b6562c4-6475-466f-ad83-c74038c80db3"
                        ],
                        "authentication.kubernetes.io/node-name": ["node1"],
                        "authentication.kubernetes.io/node-uid": [
                          "7b1c6f0e-3e47-4d2b-9a55-0d6f5f2f2c11"
                        ],
                        "authentication.kubernetes.io/pod-name": ["orders-1"],
                        "authentication.kubernetes.io/pod-uid": [
                          "d7c1d0ec-b09c-420d-bcd3-fcca6856b2b0"
                        ]
                      }
                    },
                    "audiences": ["signet"]
                  }\
                """
                        .formatted(authenticated));
    }

    private static String reviewWithStatus(String status) {
        return """
        {
          "kind": "TokenReview",
          "apiVersion": "authentication.k8s.io/v1",
          "metadata": {
            "managedFields": [
              {
                "manager": "signet",
                "operation": "Update",
                "apiVersion": "authentication.k8s.io/v1",
                "time": "2026-11-23T06:24:36Z",
                "fieldsType": "FieldsV1",
                "fieldsV1": {"f:spec": {"f:audiences": {}, "f:token": {}}}
              }
            ]
          },
          "spec": {"token": "%s", "audiences": ["signet"]},
          "status": %s
        }\
        """
                .formatted(CANARY, status);
    }

    private static String splice(String document, String at, String with) {
        assertThat(document).contains(at);
        return document.replace(at, with);
    }

    private Cluster cluster() {
        return new Cluster();
    }

    /// A cluster's settings, to be varied.
    private final class Cluster {
        private String name = "east";
        private URI apiServer = server == null ? URI.create("https://localhost:1") : server.url("");
        private List<String> issuers = List.of(ISSUER.url());
        private List<String> audiences = List.of("signet", "spiffe://example.org");
        private Path caFile = server == null ? null : server.caFile();
        private Optional<Path> clientCertificateFile = Optional.empty();
        private Path clientKeyFile;
        private Duration timeout = Duration.ofSeconds(5);
        private Duration cacheTime = Duration.ofSeconds(5);
        private int maxConcurrent = 8;

        Cluster name(String value) {
            name = value;
            return this;
        }

        Cluster apiServer(String value) {
            apiServer = URI.create(value);
            return this;
        }

        Cluster issuers(String... values) {
            issuers = List.of(values);
            return this;
        }

        Cluster audiences(String... values) {
            audiences = List.of(values);
            return this;
        }

        Cluster caFile(Path value) {
            caFile = value;
            return this;
        }

        Cluster clientCertificate(Path certificate, Path key) {
            clientCertificateFile = Optional.of(certificate);
            clientKeyFile = key;
            return this;
        }

        Cluster timeout(Duration value) {
            timeout = value;
            return this;
        }

        Cluster cacheTime(Duration value) {
            cacheTime = value;
            return this;
        }

        Cluster maxConcurrent(int value) {
            maxConcurrent = value;
            return this;
        }

        KubernetesCluster build() {
            return new KubernetesCluster(
                    name,
                    apiServer,
                    issuers,
                    audiences,
                    caFile,
                    clientCertificateFile.isPresent() ? null : tokenFile,
                    clientCertificateFile.orElse(null),
                    clientKeyFile,
                    timeout,
                    cacheTime,
                    100,
                    maxConcurrent);
        }
    }
}
