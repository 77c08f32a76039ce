package dev.signet.ca.attestation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.authority.IntermediateCa;
import dev.signet.ca.authority.TestAuthority;
import dev.signet.ca.certificate.BuiltInProfiles;

import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.Test;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/// An intermediate CA that was given a certificate may issue to itself whatever it likes; here that
/// proves nothing.
class IntermediateCaEvidenceTest {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final TestAuthority CA = TestAuthority.at(NOW, 1);
    private static final GeneralName ADMIN =
            new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://example.org/admin");

    private final IntermediateCa intermediate =
            new IntermediateCa(CA, BuiltInProfiles.INTERMEDIATE_CA, NOW);

    private static Attestation.Outcome attest(
            List<X509Certificate> chain, Predicate<String> ownAuthority) {
        return new CertificateAttestor(
                        TestAuthority.TRUST_DOMAIN,
                        new IssuerPaths(
                                new TestAttestation.FixedBundle(
                                        TestAuthority.TRUST_DOMAIN, 1, CA.root()),
                                ownAuthority,
                                TestCertificates.CRYPTO),
                        _ -> java.util.Optional.empty(),
                        TestAttestation.noRevokedIssuers())
                .attest(chain, NOW);
    }

    private static boolean isOwn(String authorityId) {
        return CA.chain(authorityId).isPresent();
    }

    @Test
    void R16_aLeafOfAnIntermediateCaIsNotEvidenceForRenewal() throws Exception {
        List<X509Certificate> chain = intermediate.issue(ADMIN);

        // Without the look at whose CA it is, its path to our root would do.
        assertThat(attest(chain, _ -> true)).isInstanceOf(Attestation.Outcome.Attested.class);
        assertRefused(
                attest(chain, IntermediateCaEvidenceTest::isOwn), "not an issuing CA of ours");
    }

    @Test
    void R16_norDoesItHelpToLeaveOutOrReorderTheChain() throws Exception {
        List<X509Certificate> chain = intermediate.issue(ADMIN);
        X509Certificate leaf = chain.get(0);
        X509Certificate issuing = chain.get(2);
        X509Certificate root = TestCertificates.parse(CA.root());
        for (List<X509Certificate> other :
                List.of(
                        List.of(leaf),
                        List.of(leaf, root),
                        List.of(leaf, issuing),
                        List.of(leaf, issuing, chain.get(1)),
                        List.of(leaf, chain.get(1)),
                        List.of(leaf, chain.get(1), issuing, root))) {
            assertRefused(attest(other, IntermediateCaEvidenceTest::isOwn), "");
        }
    }

    @Test
    void R10_theIntermediateCaItselfProvesNothingEither() {
        assertRefused(attest(intermediate.chain(), IntermediateCaEvidenceTest::isOwn), "is a CA's");
    }

    private static void assertRefused(Attestation.Outcome outcome, String why) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Attestation.Outcome.Refused.class,
                        refused -> assertThat(refused.refusal().diagnosis()).contains(why));
    }
}
