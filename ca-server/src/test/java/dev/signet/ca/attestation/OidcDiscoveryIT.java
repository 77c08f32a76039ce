package dev.signet.ca.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.refusal.RefusalCode;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/// Tokens of an issuer whose document and keys are at a real https endpoint.
class OidcDiscoveryIT {

    private static final String CANARY = "canary-of-an-internal-page";

    @TempDir Path directory;

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile Instant now = TestIssuer.NOW;
    private volatile byte[] jwks;
    private volatile String document;
    private volatile int documentStatus = 200;
    private TestHttps server;
    private TestHttps elsewhere;
    private String issuerUrl;
    private TokenIssuers issuers;

    @BeforeEach
    void serve() throws Exception {
        server = TestHttps.serve(directory, exchange -> answer("issuer", exchange));
        elsewhere = TestHttps.serve(directory, exchange -> answer("elsewhere", exchange));
        issuerUrl = server.url("/realm").toString();
        document = document(issuerUrl, server.url("/keys").toString());
    }

    @AfterEach
    void stop() throws Exception {
        if (issuers != null) {
            issuers.close();
        }
        server.close();
        elsewhere.close();
    }

    private void answer(String who, HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String credential = exchange.getRequestHeaders().getFirst("Authorization");
            asked.add(who + " " + path + (credential == null ? "" : " " + credential));
            switch (path) {
                case "/realm/.well-known/openid-configuration" -> {
                    exchange.getResponseHeaders().set("Location", server.url("/moved").toString());
                    send(exchange, documentStatus, document.getBytes(StandardCharsets.UTF_8));
                }
                case "/keys" -> send(exchange, 200, jwks);
                default -> send(exchange, 200, CANARY.getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    private static String document(String issuer, String keys) {
        return """
        {"issuer":"%s","jwks_uri":"%s","response_types_supported":["id_token"],
         "subject_types_supported":["public"],"id_token_signing_alg_values_supported":["RS256"]}\
        """
                .formatted(issuer, keys);
    }

    @Test
    void acceptsTokensThroughARotationOfTheIssuersKeys() throws Exception {
        TestIssuer old = new TestIssuer(issuerUrl, "key-1", "RS256");
        TestIssuer next = new TestIssuer(issuerUrl, "key-2", "RS256");
        jwks = TestIssuer.jwks(old);
        TokenAttestor attestor = attestor(settings(issuerUrl, List.of()));
        awaitAccepted(attestor, token(old));

        // The issuer signs with a key that nobody has read yet.
        jwks = TestIssuer.jwks(old, next);
        now = now.plusSeconds(11);
        awaitAccepted(attestor, token(next));
        assertThat(attest(attestor, token(old))).isInstanceOf(Attestation.Outcome.Attested.class);
        int reads = count("issuer /keys");
        assertThat(reads).isEqualTo(2);

        // The old key is withdrawn. Somebody makes up key ids: one read in ten seconds, no more.
        jwks = TestIssuer.jwks(next);
        TestIssuer stranger = new TestIssuer(issuerUrl, "made-up", "RS256");
        for (int i = 0; i < 200; i++) {
            assertThat(attest(attestor, token(stranger)))
                    .isInstanceOf(Attestation.Outcome.Refused.class);
        }
        assertThat(count("issuer /keys")).isEqualTo(reads);
        now = now.plusSeconds(11);
        Awaitility.await()
                .until(() -> refusal(attestor, token(stranger)) == RefusalCode.UNAUTHENTICATED);
        assertThat(count("issuer /keys")).isEqualTo(reads + 1);
        assertThat(refusal(attestor, token(old))).isEqualTo(RefusalCode.UNAUTHENTICATED);
        assertThat(attest(attestor, token(next))).isInstanceOf(Attestation.Outcome.Attested.class);
    }

    @Test
    void refusesEveryTokenThatIsNotTheIssuersForUsNow() throws Exception {
        TestIssuer issuer = new TestIssuer(issuerUrl, "key-1", "RS256");
        jwks = TestIssuer.jwks(issuer);
        TokenAttestor attestor = attestor(settings(issuerUrl, List.of()));
        awaitAccepted(attestor, token(issuer));
        String claims = claims("signet");
        long at = now.getEpochSecond();
        for (String token :
                List.of(
                        issuer.sign(issuer.header(), claims("other")),
                        issuer.sign(issuer.header(), claims.replace("\"aud\"", "\"azp\"")),
                        TestIssuer.encode("{\"alg\":\"none\"}")
                                + "."
                                + TestIssuer.encode(claims)
                                + ".",
                        issuer.sign("{\"alg\":\"none\",\"kid\":\"key-1\"}", claims),
                        issuer.signHs256(claims, issuer.pair().getPublic().getEncoded()),
                        issuer.signHs256(claims, jwks),
                        issuer.sign("{\"alg\":\"RS256\",\"kid\":\"../../keys\"}", claims),
                        issuer.sign("{\"alg\":\"RS256\",\"kid\":\"x' OR '1'='1\"}", claims),
                        issuer.sign(
                                "{\"alg\":\"RS256\",\"kid\":\"%s\",\"jku\":\"%s\"}"
                                        .formatted(elsewhere.url("/keys"), elsewhere.url("/keys")),
                                claims),
                        issuer.sign(
                                "{\"alg\":\"RS256\",\"kid\":\"%s\"}".formatted("k".repeat(4000)),
                                claims),
                        issuer.sign(
                                issuer.header(),
                                claims.replaceFirst("\"exp\":\\d+", "\"exp\":" + (at - 31))),
                        issuer.sign(
                                issuer.header(),
                                claims.replaceFirst("\"iat\":\\d+", "\"iat\":" + (at + 31))),
                        issuer.sign(
                                issuer.header(),
                                claims.replace("{", "{\"nbf\":" + (at + 31) + ",")),
                        issuer.sign(
                                issuer.header(),
                                claims.replace("{", "{\"pad\":\"" + "x".repeat(9000) + "\",")))) {
            assertThat(refusal(attestor, token))
                    .as(token.length() > 200 ? token.substring(0, 200) : token)
                    .isEqualTo(RefusalCode.UNAUTHENTICATED);
        }
        assertThat(asked)
                .allMatch(each ->
                        Set.of("issuer /realm/.well-known/openid-configuration", "issuer /keys")
                                .contains(each));
    }

    @Test
    void R14_readsNoDocumentThatSendsItElsewhere() throws Exception {
        jwks = TestIssuer.jwks(new TestIssuer(issuerUrl, "key-1", "RS256"));
        String other = elsewhere.url("/keys").toString();
        for (String wrong :
                List.of(
                        document("https://another.example", server.url("/keys").toString()),
                        document(issuerUrl + "/", server.url("/keys").toString()),
                        document(issuerUrl, other),
                        document(issuerUrl, "http://localhost/keys"),
                        document(issuerUrl, "file:///etc/passwd"),
                        document(issuerUrl, "https://169.254.169.254/latest"),
                        document(issuerUrl, "https://user@localhost:" + port() + "/keys"),
                        document(issuerUrl, "https://localhost:" + port() + "/keys?x=1"),
                        document(issuerUrl, "https://localhost/keys"),
                        document(issuerUrl, "https://localhost." + "x:" + port() + "/keys"),
                        document(issuerUrl, ""),
                        document(issuerUrl, other)
                                .replace("{\"issuer\"", "{\"jwks_uri\":\"x\",\"issuer\""),
                        "{}",
                        CANARY,
                        " ".repeat(70_000))) {
            document = wrong;
            assertThatThrownBy(() -> source(List.of()).read())
                    .isInstanceOf(KeysUnavailableException.class)
                    .message()
                    .doesNotContain(CANARY, "passwd", "latest");
        }
        document = document(issuerUrl, server.url("/keys").toString());
        for (int status : new int[] {301, 302, 307, 404, 500}) {
            documentStatus = status;
            assertThatThrownBy(() -> source(List.of()).read())
                    .isInstanceOf(KeysUnavailableException.class)
                    .hasMessageContaining("answered " + status);
        }
        assertThat(asked)
                .allMatch("issuer /realm/.well-known/openid-configuration"::equals)
                .isNotEmpty();
    }

    @Test
    void E32_aTrailingSlashBetweenTheDocumentAndTheSettingsShowsBothTexts() throws Exception {
        document = document(issuerUrl + "/", server.url("/keys").toString());
        assertThatThrownBy(() -> source(List.of()).read())
                .isInstanceOf(KeysUnavailableException.class)
                .hasMessageContaining(
                        "another issuer's: \"%s/\" (expected: \"%s\"; the two differ in a trailing"
                                        .formatted(issuerUrl, issuerUrl)
                                + " slash)");
    }

    @Test
    void readsKeysFromAnotherHostOnlyWhereItIsNamedAndSendsItNoToken() throws Exception {
        // Both have the name localhost, not the same port; the CA of the other one must do for
        // both.
        jwks = TestIssuer.jwks(new TestIssuer(issuerUrl, "key-1", "RS256"));
        URI keys = elsewhere.url("/keys");
        document = document(issuerUrl, keys.toString());
        Path bearer = Files.writeString(directory.resolve("bearer"), "own-token");
        Path both = directory.resolve("both.pem");
        Files.writeString(
                both, Files.readString(server.caFile()) + Files.readString(elsewhere.caFile()));
        try (DiscoveredKeySource source =
                new DiscoveredKeySource(
                        issuerUrl,
                        List.of("localhost:" + keys.getPort()),
                        both,
                        bearer,
                        Duration.ofSeconds(5))) {
            assertThat(source.read()).isEqualTo(jwks);
        }
        assertThat(asked)
                .containsExactly(
                        "issuer /realm/.well-known/openid-configuration Bearer own-token",
                        "elsewhere /keys");
    }

    @Test
    void settingsRefuseWhatCannotBeDiscovered() {
        for (String issuer :
                List.of(
                        "http://localhost:1",
                        "kubernetes/serviceaccount",
                        "https://",
                        "https://a@localhost",
                        "https://localhost/?a=b",
                        "https://localhost/#a")) {
            assertThatThrownBy(() -> settings(issuer, List.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("cannot be asked where its keys are");
        }
        for (String host : List.of("https://a", "a/b", "A", "*.example.org", "a:b", "a:123456")) {
            assertThatThrownBy(() -> settings("https://localhost", List.of(host)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("jwks-hosts");
        }
    }

    private DiscoveredKeySource source(List<String> hosts) {
        return new DiscoveredKeySource(
                issuerUrl, hosts, server.caFile(), null, Duration.ofSeconds(5));
    }

    private int port() {
        return server.url("").getPort();
    }

    private TokenIssuer settings(String issuer, List<String> hosts) {
        return new TokenIssuer(
                "oidc",
                TokenIssuer.Kind.OIDC,
                issuer,
                List.of("signet"),
                null,
                null,
                null,
                hosts,
                server.caFile(),
                null,
                null,
                null,
                null,
                null,
                null,
                Set.of());
    }

    private TokenAttestor attestor(TokenIssuer settings) {
        issuers =
                new TokenIssuers(
                        new AttestationSettings(List.of(settings), null, null, null),
                        TestCertificates.CRYPTO,
                        () -> now);
        issuers.start();
        return new TokenAttestor(issuers.byIssuer(), TestCertificates.CRYPTO, 100);
    }

    private String token(TestIssuer issuer) {
        return issuer.sign(issuer.header(), claims("signet"));
    }

    private String claims(String audience) {
        return """
        {"iss":"%s","sub":"repo:acme/shop","aud":"%s","exp":%d,"iat":%d}\
        """
                .formatted(issuerUrl, audience, now.getEpochSecond() + 300, now.getEpochSecond());
    }

    private Attestation.Outcome attest(TokenAttestor attestor, String token) {
        return attestor.attest(new Evidence.BearerToken(token), now);
    }

    private RefusalCode refusal(TokenAttestor attestor, String token) {
        Attestation.Outcome outcome = attest(attestor, token);
        assertThat(outcome).isInstanceOf(Attestation.Outcome.Refused.class);
        return ((Attestation.Outcome.Refused) outcome).refusal().code();
    }

    /// Until then it is unavailable, never unauthenticated: a caller retries and gets in.
    private void awaitAccepted(TokenAttestor attestor, String token) {
        Awaitility.await()
                .until(() ->
                        switch (attest(attestor, token)) {
                            case Attestation.Outcome.Attested _ -> true;
                            case Attestation.Outcome.Refused(var refusal, _) -> {
                                assertThat(refusal.code())
                                        .isEqualTo(RefusalCode.ATTESTATION_UNAVAILABLE);
                                yield false;
                            }
                        });
    }

    private int count(String request) {
        return (int) asked.stream().filter(request::equals).count();
    }
}
