package dev.signet.ca.attestation;

import static dev.signet.ca.attestation.TestIssuer.NOW;
import static dev.signet.ca.attestation.TestIssuer.encode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.refusal.RefusalCode;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Mutated tokens: always a refusal, never an exception, never an identity that was not signed for
/// (R12). Runs for `mvn test -Dfuzz.seconds=N`, 2 unless told otherwise; the seed of a run is in
/// its failure.
class TokenFuzzTest {

    private static final List<TestIssuer> ISSUERS =
            List.of(
                    new TestIssuer("https://a.example", "ec", "ES256"),
                    new TestIssuer("https://b.example", "rsa", "RS256"),
                    new TestIssuer("https://c.example", "ed", "EdDSA"));

    private static final List<String> PIECES =
            List.of(
                    "{",
                    "}",
                    "[",
                    "]",
                    "\"",
                    ":",
                    ",",
                    "\\u0000",
                    "\\ud800",
                    "null",
                    "true",
                    "1e999",
                    "-0",
                    "9999999999999999999999",
                    "\"alg\":\"none\"",
                    "\"alg\":\"HS256\"",
                    "\"crit\":[]",
                    "\"aud\":[]",
                    "\"exp\":1e10",
                    "\"iss\":\"\"",
                    "kubernetes.io",
                    "system:serviceaccount:",
                    "\u0000",
                    "\u202e",
                    "\r\n",
                    ".",
                    "=",
                    "%2e",
                    "/*",
                    "'");

    private final TokenAttestorTest.Rig rig = new TokenAttestorTest.Rig();
    private final TokenAttestor attestor = attestor();
    private final EvidenceAttestation attestation =
            new EvidenceAttestation(
                    attestor,
                    TestAttestation.noClusters(),
                    new JoinTokenAttestor(new NoJoinTokens()),
                    new CertificateAttestor(
                            new dev.signet.ca.identity.TrustDomain("example.org"),
                            new IssuerPaths(
                                    new TestAttestation.FixedBundle(
                                            new dev.signet.ca.identity.TrustDomain("example.org"),
                                            1),
                                    _ -> true,
                                    TestCertificates.CRYPTO),
                            _ -> java.util.Optional.empty(),
                            TestAttestation.noRevokedIssuers()),
                    InstantSource.system());

    @Test
    void R12_mutatedTokensAreRefused() {
        fuzz(random -> {
            TestIssuer issuer = ISSUERS.get(random.nextInt(ISSUERS.size()));
            String token = issuer.token();
            String mutated = mutate(random, token);
            if (!mutated.equals(token)) {
                assertRefused(new Evidence.BearerToken(mutated));
            }
        });
    }

    @Test
    void R12_signedNonsenseIsRefusedOrSaysWhatWasSigned() {
        fuzz(random -> {
            TestIssuer issuer = ISSUERS.get(random.nextInt(ISSUERS.size()));
            String header =
                    random.nextInt(3) == 0 ? mutate(random, issuer.header()) : issuer.header();
            String claims = mutate(random, issuer.claims("shop", "orders"));
            switch (attest(new Evidence.BearerToken(issuer.sign(header, claims)))) {
                case Attestation.Outcome.Refused(var refusal, _) ->
                        assertThat(refusal.code())
                                .isIn(
                                        RefusalCode.UNAUTHENTICATED,
                                        RefusalCode.ATTESTATION_UNAVAILABLE);
                case Attestation.Outcome.Attested(AttestedCaller caller) -> {
                    String namespace = caller.attributes().get("kubernetes.namespace");
                    String account = caller.attributes().get("kubernetes.service-account");
                    assertThat(claims)
                            .contains(
                                    "\"namespace\":\"" + namespace + "\"",
                                    "\"name\":\"" + account + "\"",
                                    "\"system:serviceaccount:" + namespace + ":" + account + "\"");
                }
            }
        });
    }

    @Test
    void R12_mutatedJoinTokensAreRefused() {
        java.security.SecureRandom secure = new java.security.SecureRandom();
        fuzz(random -> {
            String token = JoinTokenSecret.make(secure);
            assertRefused(new Evidence.JoinToken(mutate(random, token)));
        });
    }

    @Test
    void R12_randomTextIsRefused() {
        fuzz(random -> {
            byte[] octets = new byte[random.nextInt(300)];
            random.nextBytes(octets);
            String text = new String(octets, StandardCharsets.UTF_16);
            assertRefused(new Evidence.BearerToken(text));
            assertRefused(new Evidence.JoinToken(text));
            assertRefused(
                    new Evidence.BearerToken(
                            encode(text) + "." + encode(text) + "." + encode(text)));
        });
    }

    private void assertRefused(Evidence evidence) {
        assertThat(attest(evidence))
                .isInstanceOfSatisfying(
                        Attestation.Outcome.Refused.class,
                        refused ->
                                assertThat(refused.refusal().code())
                                        .isIn(
                                                RefusalCode.UNAUTHENTICATED,
                                                RefusalCode.ATTESTATION_UNAVAILABLE));
    }

    private Attestation.Outcome attest(Evidence evidence) {
        return attestation.attest(evidence, NOW);
    }

    private static void fuzz(Consumer<Random> round) {
        long seconds = Long.getLong("fuzz.seconds", 2);
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        for (long i = 0; i < 200 || System.nanoTime() < end; i++) {
            long roundSeed = seed + i;
            try {
                round.accept(new Random(roundSeed));
            } catch (Throwable e) {
                throw new AssertionError("-Dfuzz.seed=" + roundSeed, e);
            }
        }
    }

    private static String mutate(Random random, String text) {
        StringBuilder mutated = new StringBuilder(text);
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            int at = mutated.isEmpty() ? 0 : random.nextInt(mutated.length());
            switch (random.nextInt(7)) {
                case 0 -> mutated.insert(at, PIECES.get(random.nextInt(PIECES.size())));
                case 1 -> mutated.setLength(at);
                case 2 -> mutated.delete(at, Math.min(mutated.length(), at + random.nextInt(20)));
                case 3 -> mutated.insert(at, mutated.substring(random.nextInt(at + 1), at));
                case 4 -> mutated.append(mutated);
                case 5 -> flip(random, mutated, at);
                default -> recode(random, mutated);
            }
        }
        return mutated.toString();
    }

    private static void flip(Random random, StringBuilder text, int at) {
        if (!text.isEmpty()) {
            text.setCharAt(at, (char) (text.charAt(at) ^ 1 << random.nextInt(8)));
        }
    }

    /// Changes what a base64url part says, not how it is written.
    private static void recode(Random random, StringBuilder text) {
        String[] parts = text.toString().split("\\.", -1);
        int which = random.nextInt(parts.length);
        try {
            String inner =
                    new String(
                            Base64.getUrlDecoder().decode(parts[which]),
                            StandardCharsets.ISO_8859_1);
            StringBuilder changed = new StringBuilder(inner);
            int at = inner.isEmpty() ? 0 : random.nextInt(inner.length());
            changed.insert(at, PIECES.get(random.nextInt(PIECES.size())));
            parts[which] = encode(changed.toString());
            text.setLength(0);
            text.append(String.join(".", parts));
        } catch (IllegalArgumentException _) {
            // No base64url any more.
        }
    }

    private TokenAttestor attestor() {
        return rig.attestor(
                ISSUERS.stream()
                        .map(issuer ->
                                rig.issuer(
                                        issuer,
                                        TokenIssuer.Kind.KUBERNETES,
                                        new TokenAttestorTest.FakeKeySource(
                                                TestIssuer.jwks(issuer))))
                        .toArray(TokenAttestor.Issuer[]::new));
    }
}
