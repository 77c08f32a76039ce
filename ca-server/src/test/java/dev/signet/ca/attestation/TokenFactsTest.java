package dev.signet.ca.attestation;

import static dev.signet.ca.attestation.TestIssuer.NOW;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// What a caller is told about a token that was refused.
class TokenFactsTest {

    private static final TestIssuer ISSUER =
            new TestIssuer("https://cluster.example", "key-1", "ES256");
    private static final TestIssuer SLASHED =
            new TestIssuer("https://cluster.example/", "key-1", "ES256");

    private final TokenAttestorTest.Rig rig = new TokenAttestorTest.Rig();
    private final TokenAttestor configured =
            rig.attestor(
                    rig.issuer(
                            ISSUER,
                            TokenIssuer.Kind.KUBERNETES,
                            new TokenAttestorTest.FakeKeySource(TestIssuer.jwks(ISSUER))));

    private static Refusal refused(TokenAttestor tokens, String token, Instant now) {
        return ((Attestation.Outcome.Refused)
                        TestAttestation.of(tokens).attest(new Evidence.BearerToken(token), now))
                .refusal();
    }

    @Test
    void E32_anExpiredTokenIsToldItsExpiryAndTheServersTime() {
        Instant late = NOW.plus(Duration.ofHours(2));
        Refusal refusal = refused(configured, ISSUER.token(), late);
        assertThat(refusal.code()).isEqualTo(RefusalCode.UNAUTHENTICATED);
        assertThat(refusal.evidence())
                .contains(
                        "expired at " + NOW.plusSeconds(600), "this server's clock shows " + late);
        assertThat(refusal.diagnosis()).contains("expired at " + NOW.plusSeconds(600));
    }

    @Test
    void E32_aTokenOfAClockAheadIsToldWhenItBegins() {
        Refusal refusal = refused(configured, ISSUER.token(), NOW.minusSeconds(600));
        assertThat(refusal.evidence())
                .contains(
                        "is not valid before " + NOW.minusSeconds(60),
                        "this server's clock shows " + NOW.minusSeconds(600));
        assertThat(refusal.diagnosis()).contains("not valid before " + NOW.minusSeconds(60));
    }

    @Test
    void E32_aTrailingSlashBetweenTwoIssuersShowsBothTextsToTheOperator() {
        Refusal refusal = refused(configured, SLASHED.token(), NOW);
        assertThat(refusal.diagnosis())
                .contains(
                        "not configured: https://cluster.example/ (configured:"
                                + " https://cluster.example; the two differ in a trailing slash)");
        assertThat(refusal.evidence())
                .contains(
                        "issuer \"https://cluster.example/\" (compared character by character, a"
                                + " trailing slash counts)");
        TokenAttestor other =
                rig.attestor(
                        rig.issuer(
                                SLASHED,
                                TokenIssuer.Kind.OIDC,
                                new TokenAttestorTest.FakeKeySource(TestIssuer.jwks(SLASHED))));
        assertThat(refused(other, ISSUER.token(), NOW).diagnosis())
                .contains("not configured: https://cluster.example (configured:");
    }

    @Test
    void whatIsToldIsTheSameWhoeverIsConfigured() {
        TestIssuer forged = new TestIssuer(ISSUER.url(), "key-1", "ES256");
        TestIssuer unknownKey = new TestIssuer(ISSUER.url(), "key-7", "ES256");
        TokenAttestor nobody = rig.attestor();
        for (String token :
                List.of(
                        forged.token(),
                        unknownKey.token(),
                        ISSUER.sign("{\"alg\":\"none\"}", ISSUER.claims("a", "b")),
                        ISSUER.sign(ISSUER.header(), claims("\"nobody\"")))) {
            String told = refused(configured, token, NOW).evidence();
            assertThat(told).isNotEmpty().isEqualTo(refused(nobody, token, NOW).evidence());
        }
    }

    private static String claims(String audience) {
        return "{\"iss\":\"https://cluster.example\",\"aud\":%s,\"exp\":%d}"
                .formatted(audience, NOW.getEpochSecond() + 60);
    }

    @Test
    void whatATokenSaysIsBoundedAndPrintable() {
        List<String> audiences = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            audiences.add("\"a\\u001b[31m\\u202e" + i + "\"");
        }
        String token =
                ISSUER.sign(
                        "{}",
                        "{\"iss\":\"%s\",\"aud\":%s,\"exp\":99999999999,\"sub\":\"secret\"}"
                                .formatted("x\\n\\u0000".repeat(300), audiences));
        String told = TokenFacts.of(token, NOW);
        assertThat(told).hasSizeLessThan(900).doesNotContain("secret").matches("[ -~]+");
        assertThat(TokenFacts.of("no token", NOW)).contains("not a JWT");
        assertThat(TokenFacts.of(ISSUER.sign("{}", "{\"aud\":7,\"exp\":\"x\"}"), NOW))
                .contains("no readable expiry");
    }
}
