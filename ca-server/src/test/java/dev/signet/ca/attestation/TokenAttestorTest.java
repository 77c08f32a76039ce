package dev.signet.ca.attestation;

import static dev.signet.ca.attestation.TestIssuer.NOW;
import static dev.signet.ca.attestation.TestIssuer.encode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.refusal.RefusalCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

class TokenAttestorTest {

    private static final CryptoProvider CRYPTO = CryptoProvider.detect();
    private static final TestIssuer CLUSTER =
            new TestIssuer("https://cluster.example", "key-1", "ES256");
    private static final TestIssuer OTHER =
            new TestIssuer("https://other.example", "key-2", "ES256");

    private final FakeKeySource clusterKeys = new FakeKeySource(TestIssuer.jwks(CLUSTER));
    private final FakeKeySource otherKeys = new FakeKeySource(TestIssuer.jwks(OTHER));
    private final Rig rig = new Rig();
    private final TokenAttestor attestor =
            rig.attestor(
                    rig.issuer(CLUSTER, TokenIssuer.Kind.KUBERNETES, clusterKeys),
                    rig.issuer(OTHER, TokenIssuer.Kind.OIDC, otherKeys));

    @Test
    void acceptsAServiceAccountToken() {
        AttestedCaller caller = attested(CLUSTER.token());

        assertThat(caller.kind()).isEqualTo(EvidenceKind.KUBERNETES);
        assertThat(caller.subject())
                .isEqualTo("https://cluster.example|system:serviceaccount:shop:orders");
        assertThat(caller.bound()).isNull();
        assertThat(caller.joinToken()).isNull();
        assertThat(caller.attributes())
                .isEqualTo(
                        Map.of(
                                "token.issuer", "cluster-example",
                                "kubernetes.namespace", "shop",
                                "kubernetes.service-account", "orders",
                                "kubernetes.service-account-uid", "s-1",
                                "kubernetes.pod-name", "orders-1",
                                "kubernetes.pod-uid", "p-1",
                                "kubernetes.node-name", "node1",
                                "kubernetes.node-uid", "n-1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ES256", "ES384", "RS256", "EdDSA"})
    void acceptsEachDefaultAlgorithm(String algorithm) {
        TestIssuer issuer = new TestIssuer("https://a.example", "k", algorithm);
        Rig own = new Rig();
        TokenAttestor accepting =
                own.attestor(
                        own.issuer(
                                issuer,
                                TokenIssuer.Kind.KUBERNETES,
                                new FakeKeySource(TestIssuer.jwks(issuer))));

        assertThat(accepting.attest(new Evidence.BearerToken(issuer.token()), NOW))
                .isInstanceOf(Attestation.Outcome.Attested.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ES512", "PS256"})
    void acceptsOtherAlgorithmsWhereTheyAreConfiguredOnly(String algorithm) {
        TestIssuer issuer = new TestIssuer("https://a.example", "k", algorithm);
        Rig own = new Rig();
        own.algorithms = Set.of(algorithm);
        FakeKeySource keys = new FakeKeySource(TestIssuer.jwks(issuer));

        assertThat(
                        own.attestor(own.issuer(issuer, TokenIssuer.Kind.KUBERNETES, keys))
                                .attest(new Evidence.BearerToken(issuer.token()), NOW))
                .isInstanceOf(Attestation.Outcome.Attested.class);
        Rig plain = new Rig();
        assertUnauthenticated(
                plain.attestor(plain.issuer(issuer, TokenIssuer.Kind.KUBERNETES, keys)),
                issuer.token());
    }

    @Test
    void givesConfiguredClaimsOfAnOidcTokenAsAttributes() {
        String claims =
                """
                {"iss":"https://other.example","aud":"signet","exp":%d,"sub":"repo:a/b:ref:x",
                 "repository":"a/b","run":17,"fork":false,"secret":"not asked for","deep":{"a":1}}\
                """
                        .formatted(NOW.getEpochSecond() + 60);

        AttestedCaller caller = attested(OTHER.sign(OTHER.header(), claims));

        assertThat(caller.kind()).isEqualTo(EvidenceKind.OIDC);
        assertThat(caller.attributes())
                .isEqualTo(
                        Map.of(
                                "token.issuer", "other-example",
                                "oidc.subject", "repo:a/b:ref:x",
                                "oidc.claim.repository", "a/b",
                                "oidc.claim.run", "17",
                                "oidc.claim.fork", "false"));
    }

    // R8: identity only from the octets whose signature verified.

    @Test
    void R8_refusesPartsOfTwoTokens() {
        String[] mine = CLUSTER.token().split("\\.");
        String[] admin =
                CLUSTER.sign(CLUSTER.header(), CLUSTER.claims("kube-system", "admin")).split("\\.");
        String[] foreign =
                OTHER.sign(OTHER.header(), CLUSTER.claims("kube-system", "admin")).split("\\.");

        refuses(mine[0] + "." + admin[1] + "." + mine[2]);
        refuses(foreign[0] + "." + mine[1] + "." + mine[2]);
        refuses(mine[0] + "." + foreign[1] + "." + foreign[2]);
        refuses(foreign[0] + "." + foreign[1] + "." + mine[2]);
    }

    @Test
    void R8_refusesTokensJoined() {
        refuses(CLUSTER.token() + CLUSTER.token());
        refuses(CLUSTER.token() + "." + CLUSTER.token());
        refuses(CLUSTER.token() + "," + CLUSTER.token());
        refuses(CLUSTER.token() + " " + CLUSTER.token());
        refuses(CLUSTER.token() + "\n");
        refuses(" " + CLUSTER.token());
        refuses(CLUSTER.token() + "=");
    }

    @Test
    void R8_refusesTokensWithoutSignature() {
        String claims = CLUSTER.claims("shop", "orders");
        String[] parts = CLUSTER.token().split("\\.");

        refuses(encode("{\"alg\":\"none\"}") + "." + encode(claims) + ".");
        refuses(encode("{\"alg\":\"none\",\"kid\":\"key-1\"}") + "." + encode(claims) + ".AA");
        refuses(encode("{\"alg\":\"None\"}") + "." + encode(claims) + "." + parts[2]);
        refuses(parts[0] + "." + parts[1] + ".");
        refuses(parts[0] + "." + parts[1]);
        refuses(parts[0] + "." + parts[1] + "." + encode("\0".repeat(64)));
    }

    @Test
    void R8_refusesAPublicKeyTakenForASharedSecret() {
        String claims = CLUSTER.claims("shop", "orders");
        byte[] spki = CLUSTER.pair().getPublic().getEncoded();

        refuses(CLUSTER.signHs256(claims, spki));
        refuses(
                CLUSTER.signHs256(
                        claims,
                        java.util.Base64.getMimeEncoder()
                                .encodeToString(spki)
                                .getBytes(StandardCharsets.US_ASCII)));
        refuses(CLUSTER.signHs256(claims, clusterKeys.jwks));
    }

    @Test
    void R8_refusesTheKeyOfAnotherIssuer() {
        refuses(OTHER.sign(OTHER.header(), CLUSTER.claims("shop", "orders")));
        refuses(OTHER.sign(CLUSTER.header(), CLUSTER.claims("shop", "orders")));
        TestIssuer forger = new TestIssuer(CLUSTER.url(), "key-1", "ES256");
        refuses(forger.token());
    }

    @Test
    void R8_refusesAKeyThatTheTokenBrings() {
        TestIssuer forger = new TestIssuer(CLUSTER.url(), "key-1", "ES256");
        String jwk = forger.jwk().toJSONString();

        refuses(
                forger.sign(
                        "{\"alg\":\"ES256\",\"kid\":\"key-1\",\"jwk\":" + jwk + "}",
                        forger.claims("shop", "orders")));
        refuses(
                forger.sign(
                        "{\"alg\":\"ES256\",\"jku\":\"https://evil.example/jwks\"}",
                        forger.claims("shop", "orders")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"alg\":\"ES256\",\"kid\":\"key-1\",\"typ\":\"JWE\"}",
                "{\"alg\":\"ES256\",\"kid\":\"key-1\",\"typ\":\"dpop+jwt\"}",
                "{\"alg\":\"ES256\",\"kid\":\"key-1\",\"typ\":7}",
                "{\"alg\":\"ES256\",\"kid\":\"key-1\",\"cty\":\"JWT\"}",
                "{\"alg\":\"ES256\",\"kid\":\"key-1\",\"crit\":[\"exp\"],\"exp\":1}",
                "{\"alg\":\"ES256\",\"kid\":\"key-1\",\"b64\":false}",
                "{\"alg\":\"ES256\",\"kid\":\"key-1\",\"alg\":\"ES256\"}",
                "{\"alg\":\"ES256\",\"kid\":7}",
                "{\"alg\":[\"ES256\"],\"kid\":\"key-1\"}",
                "{\"alg\":\"es256\",\"kid\":\"key-1\"}",
                "{\"alg\":\"RS256\",\"kid\":\"key-1\"}",
                "{\"alg\":\"ES384\",\"kid\":\"key-1\"}",
                "{\"alg\":\"EdDSA\",\"kid\":\"key-1\"}",
                "{\"kid\":\"key-1\"}",
                "{}",
                "[]",
                "null",
                "{\"alg\":\"ES256\",\"kid\":\"key-1\"} {}",
                "{'alg':'ES256','kid':'key-1'}",
                "{\"alg\":\"ES256\",\"kid\":\"key-1\",}"
            })
    void R8_refusesOtherHeaders(String header) {
        refuses(CLUSTER.sign(header, CLUSTER.claims("shop", "orders")));
    }

    @Test
    void acceptsTheUsualTypes() {
        for (String type : List.of("JWT", "jwt", "at+jwt", "application/at+jwt")) {
            attested(
                    CLUSTER.sign(
                            "{\"alg\":\"ES256\",\"kid\":\"key-1\",\"typ\":\"" + type + "\"}",
                            CLUSTER.claims("shop", "orders")));
        }
    }

    @Test
    void acceptsATokenWithoutKeyIdSignedWithAnyOfItsIssuersKeys() {
        attested(CLUSTER.sign("{\"alg\":\"ES256\"}", CLUSTER.claims("shop", "orders")));
        refuses(OTHER.sign("{\"alg\":\"ES256\"}", CLUSTER.claims("shop", "orders")));
    }

    @Test
    void R8_refusesClaimsThatOccurTwice() {
        String claims = CLUSTER.claims("shop", "orders");

        refuses(claimed(claims.replace("{\"aud\"", "{\"sub\":\"x\",\"aud\"")));
        refuses(claimed(claims.replace("{\"namespace\"", "{\"namespace\":\"a\",\"namespace\"")));
        refuses(claimed(claims.replace("{\"name\":\"orders\"", "{\"name\":\"a\",\"name\":\"b\"")));
        refuses(claimed(claims.replace("{\"aud\"", "{\"\\u0073ub\":\"x\",\"aud\"")));
    }

    @Test
    void R8_refusesANamespaceThatDisagreesWithTheSubject() {
        String claims = CLUSTER.claims("shop", "orders");

        refuses(claimed(claims.replace("\"namespace\":\"shop\"", "\"namespace\":\"bank\"")));
        refuses(claimed(claims.replace("\"name\":\"orders\"", "\"name\":\"admin\"")));
        refuses(claimed(claims.replace("serviceaccount:shop:", "serviceaccount:bank:")));
        refuses(claimed(claims.replace("system:serviceaccount:shop:orders", "orders")));
        refuses(claimed(claims.replace("shop:orders\"", "shop:orders:x\"")));
        refuses(claimed(claims.replace("\"kubernetes.io\"", "\"kubernetes\"")));
        refuses(claimed(claims.replace("\"kubernetes.io\":{", "\"kubernetes.io\":7,\"x\":{")));
    }

    @Test
    void refusesLegacyServiceAccountTokens() {
        String legacy =
                """
                {"iss":"%s","kubernetes.io/serviceaccount/namespace":"shop",
                 "kubernetes.io/serviceaccount/secret.name":"orders-token",
                 "kubernetes.io/serviceaccount/service-account.name":"orders",
                 "sub":"system:serviceaccount:shop:orders"%s}\
                """;
        refuses(claimed(legacy.formatted(CLUSTER.url(), "")));
        refuses(
                claimed(
                        legacy.formatted(
                                CLUSTER.url(),
                                ",\"aud\":\"signet\",\"exp\":%d,\"iat\":%d"
                                        .formatted(
                                                NOW.getEpochSecond() + 60, NOW.getEpochSecond()))));
        refuses(CLUSTER.sign(CLUSTER.header(), legacy.formatted("kubernetes/serviceaccount", "")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"other\"",
                "[]",
                "[\"other\"]",
                "[\"SIGNET\"]",
                "\"signet \"",
                "[[\"signet\"]]",
                "[\"signet\",7]",
                "{\"signet\":true}",
                "null",
                "7"
            })
    void refusesOtherAudiences(String audience) {
        refuses(claimed(CLUSTER.claims("shop", "orders").replace("[\"signet\"]", audience)));
    }

    @Test
    void refusesATokenWithoutAudience() {
        String claims = CLUSTER.claims("shop", "orders");
        assertThat(claims).contains("\"aud\":[\"signet\"],");
        refuses(claimed(claims.replace("\"aud\":[\"signet\"],", "")));
        refuses(claimed(claims.replace("\"aud\":", "\"azp\":")));
    }

    @Test
    void acceptsOurAudienceAmongOthers() {
        attested(
                claimed(
                        CLUSTER.claims("shop", "orders")
                                .replace("[\"signet\"]", "[\"other\",\"signet\"]")));
        attested(claimed(CLUSTER.claims("shop", "orders").replace("[\"signet\"]", "\"signet\"")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "1e300",
                "1e1000000000",
                "99999999999999999999",
                "\"1795600000\"",
                "null",
                "true",
                "[1795600000]",
                "0.5"
            })
    void refusesUnreadableOrPassedExpiry(String expiry) {
        refuses(
                claimed(
                        CLUSTER.claims("shop", "orders")
                                .replaceFirst("\"exp\":\\d+", "\"exp\":" + expiry)));
    }

    @Test
    void checksTimesAtEachUseOfARememberedToken() {
        String token = CLUSTER.token();
        Instant expiry = NOW.plusSeconds(600);
        Duration skew = Duration.ofSeconds(30);

        attested(token);
        assertThat(
                        attestor.attest(
                                new Evidence.BearerToken(token), expiry.plus(skew).minusMillis(1)))
                .isInstanceOf(Attestation.Outcome.Attested.class);
        assertUnauthenticated(attestor.attest(new Evidence.BearerToken(token), expiry.plus(skew)));
        assertUnauthenticated(
                attestor.attest(
                        new Evidence.BearerToken(token),
                        NOW.minusSeconds(60).minus(skew).minusNanos(1)));
        assertThat(
                        attestor.attest(
                                new Evidence.BearerToken(token), NOW.minusSeconds(60).minus(skew)))
                .isInstanceOf(Attestation.Outcome.Attested.class);
    }

    @Test
    void refusesTokensThatAreTooOldWhereAnAgeIsConfigured() {
        Rig strict = new Rig();
        strict.maxTokenAge = Duration.ofMinutes(2);
        TestIssuer issuer = new TestIssuer("https://aged.example", "k", "ES256");
        TokenAttestor attestor =
                strict.attestor(
                        strict.issuer(
                                issuer,
                                TokenIssuer.Kind.OIDC,
                                new FakeKeySource(TestIssuer.jwks(issuer))));
        long issued = NOW.getEpochSecond();
        String token =
                issuer.sign(
                        issuer.header(),
                        """
                        {"iss":"https://aged.example","sub":"a","aud":"signet","exp":%d,"iat":%d}\
                        """
                                .formatted(issued + 3600, issued));
        Evidence.BearerToken shown = new Evidence.BearerToken(token);

        assertThat(attestor.attest(shown, NOW)).isInstanceOf(Attestation.Outcome.Attested.class);
        // Remembered by now; two minutes and the skew of 30 s.
        assertThat(attestor.attest(shown, NOW.plusMillis(149_999)))
                .isInstanceOf(Attestation.Outcome.Attested.class);
        assertUnauthenticated(attestor.attest(shown, NOW.plusSeconds(150)));
        assertUnauthenticated(
                attestor,
                issuer.sign(
                        issuer.header(),
                        """
                        {"iss":"https://aged.example","sub":"a","aud":"signet","exp":%d,"nbf":%d}\
                        """
                                .formatted(issued + 3600, issued)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../../../dev/null",
                "/dev/null",
                "file:///etc/passwd",
                "https://attacker.example/jwks.json",
                "k' OR '1'='1",
                "k' UNION SELECT 'key",
                "k; cat /etc/passwd",
                "k\\u0000",
                "*",
                "${jndi:ldap://attacker.example/a}",
                ""
            })
    void R8_aKeyIdIsComparedAndNothingElse(String keyId) {
        FakeKeySource source = new FakeKeySource(TestIssuer.jwks(CLUSTER));
        Rig own = new Rig();
        TokenAttestor attestor =
                own.attestor(own.issuer(CLUSTER, TokenIssuer.Kind.KUBERNETES, source));
        String header = "{\"alg\":\"%s\",\"kid\":\"%s\"}".formatted("ES256", keyId);

        // Just read: no such key, and nothing is read again for it.
        assertUnauthenticated(attestor, CLUSTER.sign(header, CLUSTER.claims("shop", "orders")));
        assertThat(source.reads).isEqualTo(1);
    }

    @Test
    void R8_refusesAHugeKeyIdWithoutALookUp() {
        String header = "{\"alg\":\"ES256\",\"kid\":\"%s\"}".formatted("k".repeat(257));
        refuses(CLUSTER.sign(header, CLUSTER.claims("shop", "orders")));
    }

    @Test
    void refusesTokensThatLiveTooLong() {
        String claims = CLUSTER.claims("shop", "orders");
        long issued = NOW.getEpochSecond() - 60;

        attested(claimed(claims.replaceFirst("\"exp\":\\d+", "\"exp\":" + (issued + 86_400))));
        refuses(claimed(claims.replaceFirst("\"exp\":\\d+", "\"exp\":" + (issued + 86_401))));
    }

    @Test
    void forgetsATokenWithItsKey() {
        String token = CLUSTER.token();
        attested(token);

        TestIssuer rotated = new TestIssuer(CLUSTER.url(), "key-1", "ES256");
        clusterKeys.jwks = TestIssuer.jwks(rotated);
        rig.keys.getFirst().read();

        refuses(token);
        attested(rotated.token());
    }

    @Test
    void remembersATokenAcrossAReadOfTheSameKeys() {
        String token = CLUSTER.token();
        Attestation.Outcome first = attestor.attest(new Evidence.BearerToken(token), NOW);
        rig.keys.getFirst().read();

        assertThat(attestor.attest(new Evidence.BearerToken(token), NOW)).isSameAs(first);
    }

    @Test
    void keepsTheLastGoodKeysWhileTheyCannotBeReadButNotForEver() {
        clusterKeys.jwks = null;
        rig.keys.getFirst().read();
        String token = CLUSTER.token();
        attested(token);

        Instant later = NOW.plus(Duration.ofHours(24)).plusSeconds(1);
        TestIssuer same = CLUSTER;
        String fresh =
                same.sign(
                        same.header(),
                        same.claims("shop", "orders")
                                .replaceFirst(
                                        "\"exp\":\\d+", "\"exp\":" + (later.getEpochSecond() + 60))
                                .replaceFirst("\"iat\":\\d+", "\"iat\":" + later.getEpochSecond()));
        assertCode(
                attestor.attest(new Evidence.BearerToken(fresh), later),
                RefusalCode.ATTESTATION_UNAVAILABLE);
    }

    @Test
    void refusesGarbageInsteadOfKeysAndKeepsTheGoodOnes() {
        for (String garbage :
                List.of(
                        "",
                        "{}",
                        "[]",
                        "{\"keys\":[]}",
                        "<html>",
                        "{\"keys\":[{\"kty\":\"oct\"}]}")) {
            clusterKeys.jwks = garbage.getBytes(StandardCharsets.UTF_8);
            rig.keys.getFirst().read();
            attested(CLUSTER.token());
        }
    }

    @Test
    void saysUnavailableUntilTheKeysWereReadOnce() {
        Rig own = new Rig();
        FakeKeySource away = new FakeKeySource(null);
        TokenAttestor waiting =
                own.attestor(own.issuer(CLUSTER, TokenIssuer.Kind.KUBERNETES, away));

        assertCode(
                waiting.attest(new Evidence.BearerToken(CLUSTER.token()), NOW),
                RefusalCode.ATTESTATION_UNAVAILABLE);
        away.jwks = TestIssuer.jwks(CLUSTER);
        own.keys.getFirst().read();
        assertThat(waiting.attest(new Evidence.BearerToken(CLUSTER.token()), NOW))
                .isInstanceOf(Attestation.Outcome.Attested.class);
    }

    @Test
    void R14_anUnknownKeyIdCausesOneReadInTenSecondsAndIsThenRefused() {
        TestIssuer unknown = new TestIssuer(CLUSTER.url(), "key-9", "ES256");
        Instant later = NOW.plusSeconds(11);
        rig.now = later;

        assertCode(
                attestor.attest(new Evidence.BearerToken(unknown.token()), later),
                RefusalCode.ATTESTATION_UNAVAILABLE);
        rig.awaitReads(clusterKeys, 2);
        for (int i = 0; i < 1_000; i++) {
            assertCode(
                    attestor.attest(
                            new Evidence.BearerToken(unknown.token()), later.plusSeconds(5)),
                    RefusalCode.UNAUTHENTICATED);
        }
        assertThat(clusterKeys.reads).isEqualTo(2);
    }

    @Test
    void acceptsANewKeyOnceItWasRead() {
        TestIssuer rotated = new TestIssuer(CLUSTER.url(), "key-9", "ES256");
        clusterKeys.jwks = TestIssuer.jwks(CLUSTER, rotated);
        rig.now = NOW.plusSeconds(11);

        assertCode(
                attestor.attest(new Evidence.BearerToken(rotated.token()), rig.now),
                RefusalCode.ATTESTATION_UNAVAILABLE);
        rig.awaitReads(clusterKeys, 2);
        assertThat(attestor.attest(new Evidence.BearerToken(rotated.token()), rig.now))
                .isInstanceOf(Attestation.Outcome.Attested.class);
        attested(CLUSTER.token());
    }

    @Test
    void refusesTokensLongerThan8KiBAndDeepOnes() {
        refuses("a".repeat(CompactToken.MAX_LENGTH + 1));
        refuses("a".repeat(10_000_000));
        refuses(claimed("{\"x\":" + "[".repeat(2_000) + "]".repeat(2_000) + "}"));
        refuses(claimed("{\"x\":" + "[[[[[[[[[1]]]]]]]]]" + "}"));
    }

    @Test
    void R20_noRefusalRepeatsTheToken() {
        String token = CLUSTER.token().replace('a', 'b');
        String signature = token.substring(token.lastIndexOf('.') + 1);

        assertThat(attestor.attest(new Evidence.BearerToken(token), NOW).toString())
                .doesNotContain(signature);
        assertThat(new Evidence.BearerToken(token).toString()).doesNotContain(signature);
    }

    private static String claimed(String claims) {
        return CLUSTER.sign(CLUSTER.header(), claims);
    }

    private AttestedCaller attested(String token) {
        Attestation.Outcome outcome = attestor.attest(new Evidence.BearerToken(token), NOW);
        assertThat(outcome).isInstanceOf(Attestation.Outcome.Attested.class);
        return ((Attestation.Outcome.Attested) outcome).caller();
    }

    private void refuses(String token) {
        assertUnauthenticated(attestor, token);
    }

    private static void assertUnauthenticated(TokenAttestor attestor, String token) {
        assertUnauthenticated(attestor.attest(new Evidence.BearerToken(token), NOW));
    }

    private static void assertUnauthenticated(Attestation.Outcome outcome) {
        assertCode(outcome, RefusalCode.UNAUTHENTICATED);
    }

    private static void assertCode(Attestation.Outcome outcome, RefusalCode code) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Attestation.Outcome.Refused.class,
                        refused -> assertThat(refused.refusal().code()).isEqualTo(code));
    }

    static final class FakeKeySource implements KeySource {
        volatile byte[] jwks;
        volatile int reads;

        FakeKeySource(byte[] jwks) {
            this.jwks = jwks;
        }

        @Override
        public byte[] read() throws KeysUnavailableException {
            reads++;
            if (jwks == null) {
                throw new KeysUnavailableException("away");
            }
            return jwks;
        }
    }

    /// Issuers whose keys were read once.
    static final class Rig {
        final List<IssuerKeys> keys = new java.util.ArrayList<>();
        volatile Instant now = NOW;
        Duration maxTokenAge;
        Set<String> algorithms = Set.of("ES256", "ES384", "RS256", "EdDSA");

        TokenAttestor.Issuer issuer(TestIssuer issuer, TokenIssuer.Kind kind, KeySource source) {
            TokenIssuer settings =
                    new TokenIssuer(
                            issuer.url().replace("https://", "").replace('.', '-').replace("/", ""),
                            kind,
                            issuer.url(),
                            List.of("signet"),
                            Path.of("unused"),
                            null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            algorithms,
                            null,
                            maxTokenAge,
                            Set.of("repository", "run", "fork", "deep", "absent"));
            ScheduledExecutorService reader =
                    Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().factory());
            IssuerKeys issuerKeys = new IssuerKeys(settings, source, CRYPTO, () -> now, reader);
            issuerKeys.read();
            keys.add(issuerKeys);
            return new TokenAttestor.Issuer(
                    settings, new TokenClaims(settings, Duration.ofSeconds(30)), issuerKeys);
        }

        TokenAttestor attestor(TokenAttestor.Issuer... issuers) {
            Map<String, TokenAttestor.Issuer> byIssuer = new java.util.HashMap<>();
            for (TokenAttestor.Issuer issuer : issuers) {
                byIssuer.put(issuer.settings().issuer(), issuer);
            }
            return new TokenAttestor(byIssuer, CRYPTO, 100);
        }

        void awaitReads(FakeKeySource source, int reads) {
            org.awaitility.Awaitility.await().until(() -> source.reads == reads);
            // The read is over when the reader has done what was asked of it.
            org.awaitility.Awaitility.await()
                    .until(() -> keys.stream().noneMatch(IssuerKeys::isUnderWay));
        }
    }
}
