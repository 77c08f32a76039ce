package dev.signet.ca.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.certificate.BuiltInProfiles;
import dev.signet.ca.certificate.CertificateProfile;
import dev.signet.ca.certificate.CertificateProfile.AuthorityConstraints;

import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.Test;

import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;

/// What the certificates of intermediate CAs let verifiers accept.
class IntermediateCaTest {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final TestAuthority CA = TestAuthority.at(NOW, 1);
    private static final GeneralName ORDERS = uri("spiffe://example.org/ns/shop/sa/orders");

    private final IntermediateCa intermediate =
            new IntermediateCa(CA, BuiltInProfiles.INTERMEDIATE_CA, NOW);

    private static GeneralName uri(String text) {
        return new GeneralName(GeneralName.uniformResourceIdentifier, text);
    }

    private static GeneralName dns(String text) {
        return new GeneralName(GeneralName.dNSName, text);
    }

    private static boolean isValid(List<X509Certificate> chain) throws Exception {
        PKIXParameters parameters =
                new PKIXParameters(
                        Set.of(new TrustAnchor(TestCertificates.parse(CA.root()), null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(NOW));
        try {
            CertPathValidator.getInstance("PKIX")
                    .validate(
                            CertificateFactory.getInstance("X.509").generateCertPath(chain),
                            parameters);
            return true;
        } catch (CertPathValidatorException _) {
            return false;
        }
    }

    @Test
    void itIssuesIdentitiesOfTheTrustDomain() throws Exception {
        assertThat(isValid(intermediate.issue(ORDERS))).isTrue();
    }

    @Test
    void itIssuesNothingElse() throws Exception {
        for (GeneralName name :
                List.of(
                        uri("spiffe://example.com/ns/shop/sa/orders"),
                        uri("spiffe://sub.example.org/a"),
                        dns("example.org"),
                        dns("a.example.org"),
                        new GeneralName(GeneralName.rfc822Name, "a@example.org"),
                        new GeneralName(GeneralName.iPAddress, "10.0.0.1"),
                        new GeneralName(GeneralName.iPAddress, "fd00::1"))) {
            assertThat(isValid(intermediate.issue(ORDERS, name))).as("%s", name).isFalse();
        }
    }

    @Test
    void itIssuesTheDnsNamesThatItsProfilePermits() throws Exception {
        IntermediateCa web =
                new IntermediateCa(
                        CA, withConstraints(0, List.of("shop.example.org", "example.com")), NOW);
        assertThat(isValid(web.issue(ORDERS, dns("shop.example.org")))).isTrue();
        assertThat(isValid(web.issue(ORDERS, dns("a.b.example.com")))).isTrue();
        assertThat(isValid(web.issue(ORDERS, dns("example.org")))).isFalse();
        assertThat(isValid(web.issue(ORDERS, dns("badexample.com")))).isFalse();
        assertThat(
                        isValid(
                                web.issue(
                                        ORDERS,
                                        dns("example.com"),
                                        new GeneralName(GeneralName.iPAddress, "10.0.0.1"))))
                .isFalse();
    }

    @Test
    void noCaFollowsBelowAPathLengthOfZero() throws Exception {
        // As end of a path a CA certificate is not counted: put a leaf below it.
        List<X509Certificate> deeper = intermediate.issueAuthority(ORDERS);
        List<X509Certificate> withLeaf = new java.util.ArrayList<>(deeper);
        withLeaf.addFirst(deeper.getFirst());
        assertThat(isValid(withLeaf)).isFalse();
    }

    @Test
    void itsOnlyNameIsTheTrustDomain() throws Exception {
        X509Certificate certificate = intermediate.chain().getFirst();
        assertThat(certificate.getSubjectAlternativeNames())
                .singleElement()
                .isEqualTo(List.of(6, "spiffe://example.org"));
        assertThat(certificate.getExtensionValue("2.5.29.14")).isNotNull();
        assertThat(certificate.getExtendedKeyUsage()).isNull();
        assertThat(certificate.getBasicConstraints()).isZero();
    }

    @Test
    void R4_anAuthorityWithoutRoomIssuesNoCa() {
        TestAuthority leavesOnly = TestAuthority.at(NOW);
        assertThat(leavesOnly.issuing().issuer().mayIssue(CertificateProfile.WORKLOAD)).isTrue();
        assertThat(leavesOnly.issuing().issuer().mayIssue(BuiltInProfiles.INTERMEDIATE_CA))
                .isFalse();
        assertThatThrownBy(
                        () -> new IntermediateCa(leavesOnly, BuiltInProfiles.INTERMEDIATE_CA, NOW))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("path length");
        assertThatThrownBy(() -> new IntermediateCa(CA, withConstraints(1, List.of()), NOW))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static CertificateProfile withConstraints(int pathLength, List<String> dnsDomains) {
        CertificateProfile profile = BuiltInProfiles.INTERMEDIATE_CA;
        return new CertificateProfile(
                "other-ca",
                1,
                profile.backdate(),
                profile.keyUsages(),
                List.of(),
                new AuthorityConstraints(pathLength, dnsDomains),
                profile.revocation());
    }
}
