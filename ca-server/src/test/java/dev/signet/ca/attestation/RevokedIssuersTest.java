package dev.signet.ca.attestation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.authority.TestAuthority;
import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.ca.revocation.RevocationCheck;

import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Certificates below an issuing CA that was revoked.
class RevokedIssuersTest {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final TestAuthority CA = TestAuthority.at(NOW);
    private static final List<X509Certificate> CHAIN =
            CertificateAttestorTest.chain(CA, "spiffe://example.org/ns/shop/sa/orders");

    private final Set<BigInteger> revoked = new HashSet<>();
    private RecordedLeaves leaves = _ -> true;

    private CertificateAttestor attestor() {
        TestAttestation.FixedBundle bundle =
                new TestAttestation.FixedBundle(TestAuthority.TRUST_DOMAIN, 1, CA.root());
        RevocationCheck check =
                chain ->
                        chain.stream()
                                .filter(one -> revoked.contains(one.getSerialNumber()))
                                .findFirst()
                                .map(_ -> Refusal.of(RefusalCode.UNAUTHENTICATED, "revoked"));
        return new CertificateAttestor(
                TestAuthority.TRUST_DOMAIN,
                // Not believed any more, and one of ours all the same.
                new IssuerPaths(bundle, _ -> revoked.isEmpty(), TestCertificates.CRYPTO),
                check,
                new RevokedIssuers(
                        new IssuerPaths(bundle, _ -> true, TestCertificates.CRYPTO),
                        check,
                        leaf -> leaves.isRecorded(leaf)));
    }

    private static RefusalCode code(Attestation.Outcome outcome) {
        return switch (outcome) {
            case Attestation.Outcome.Refused(Refusal refusal, _) -> refusal.code();
            case Attestation.Outcome.Attested _ -> throw new AssertionError("attested");
        };
    }

    private void revokeIssuer() {
        revoked.add(CHAIN.get(1).getSerialNumber());
    }

    @Test
    void R16_theHolderRenewsByACertificateThatIsOnRecord() {
        assertThat(attestor().mayBlock(CHAIN)).isFalse();
        revokeIssuer();
        assertThat(attestor().mayBlock(CHAIN)).isTrue();
        assertThat(attestor().attest(CHAIN, NOW)).isInstanceOf(Attestation.Outcome.Attested.class);
    }

    @Test
    void R16_whatTheThiefOfTheKeyMadeIsNotOnRecord() {
        revokeIssuer();
        leaves = _ -> false;
        assertThat(code(attestor().attest(CHAIN, NOW))).isEqualTo(RefusalCode.UNAUTHENTICATED);
    }

    @Test
    void R16_theLeafItselfMayNotBeRevoked() {
        revokeIssuer();
        revoked.add(CHAIN.getFirst().getSerialNumber());
        assertThat(code(attestor().attest(CHAIN, NOW))).isEqualTo(RefusalCode.UNAUTHENTICATED);
    }

    @Test
    void nobodyAsksForOthersByIt() {
        revokeIssuer();
        assertThat(
                        code(
                                attestor()
                                        .registrationAuthority(
                                                new Evidence.RegistrationAuthority(
                                                        CHAIN, "somebody", Map.of()),
                                                NOW)))
                .isEqualTo(RefusalCode.UNAUTHENTICATED);
    }

    @Test
    void withoutTheLedgerNothingIsBelieved() {
        revokeIssuer();
        leaves =
                _ -> {
                    throw new LedgerUnavailableException("away", new IllegalStateException());
                };
        assertThat(code(attestor().attest(CHAIN, NOW))).isEqualTo(RefusalCode.LEDGER_UNAVAILABLE);
    }

    @Test
    void aChainOfTheLeafAloneHasNoRevokedIssuer() {
        revokeIssuer();
        assertThat(attestor().mayBlock(CHAIN.subList(0, 1))).isFalse();
    }
}
