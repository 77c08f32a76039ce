package dev.signet.ca.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.TestCertificates;

import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.Optional;

class AuthorityCertificateLintTest {

    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");
    private static final AuthorityCertificateLint LINT =
            new AuthorityCertificateLint(TestCertificates.CRYPTO);

    private static AuthorityCertificate read(byte[] der) {
        return new AuthorityCertificate(der, TestCertificates.CRYPTO.sha256(der));
    }

    private static Optional<String> defect(TestAuthority ca) {
        return LINT.firstDefect(
                AuthorityRole.ISSUING, read(ca.status().certificate()), read(ca.root()));
    }

    @Test
    void anIssuingCaNamesTheFullCrlOfItsRootAndTheRootNamesNone() throws Exception {
        TestAuthority ca =
                TestAuthority.naming(
                        id -> Optional.of("http://ca.example.org/crl/" + id + "/full.crl"), NOW);
        X509CertificateHolder issuing = new X509CertificateHolder(ca.status().certificate());
        Extension points = issuing.getExtension(Extension.cRLDistributionPoints);
        assertThat(points.isCritical()).isFalse();
        assertThat(
                        CRLDistPoint.getInstance(points.getParsedValue())
                                .getDistributionPoints()[0]
                                .getDistributionPoint()
                                .toString())
                .contains("http://ca.example.org/crl/" + ca.rootStatus().id() + "/full.crl");
        assertThat(defect(ca)).isEmpty();
        X509CertificateHolder root = new X509CertificateHolder(ca.root());
        assertThat(root.getExtension(Extension.cRLDistributionPoints)).isNull();
        assertThat(LINT.firstDefect(AuthorityRole.ROOT, read(ca.root()), null)).isEmpty();
    }

    @Test
    void withoutAnAddressNothingIsNamed() throws Exception {
        TestAuthority ca = TestAuthority.at(NOW);
        assertThat(
                        new X509CertificateHolder(ca.status().certificate())
                                .getExtension(Extension.cRLDistributionPoints))
                .isNull();
        assertThat(defect(ca)).isEmpty();
    }

    @Test
    void anotherFormOfAddressIsADefect() {
        for (String url :
                new String[] {"", "https://ca.example.org/x", "ldap://ca/x", "http://ca/a b"}) {
            assertThatThrownBy(() -> TestAuthority.naming(_ -> Optional.of(url), NOW))
                    .as(url)
                    .hasMessageContaining("cRLDistributionPoints is not one http URL");
        }
    }

    @Test
    void aLongAddressIsRead() {
        assertThat(
                        defect(
                                TestAuthority.naming(
                                        id ->
                                                Optional.of(
                                                        "http://ca.example.org/"
                                                                + "p".repeat(230)
                                                                + "/crl/"
                                                                + id
                                                                + "/full.crl"),
                                        NOW)))
                .isEmpty();
    }
}
