package dev.signet.ca.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.TestCertificates.SubjectKeyType;
import dev.signet.ca.certificate.CertificateContent;
import dev.signet.ca.certificate.CertificateProfile;
import dev.signet.ca.certificate.Issuer;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.certificate.SignedCertificate;
import dev.signet.ca.certificate.SigningRequest;
import dev.signet.ca.certificate.SigningRequest.Reading;
import dev.signet.ca.certificate.SigningRequestReader;
import dev.signet.ca.certificate.Validity;
import dev.signet.ca.identity.SpiffeId;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

class TemplateIssuingAuthorityTest {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    private static CertificateContent content(
            Issuer issuer, SubjectKeyType type, Validity validity) {
        Reading reading =
                new SigningRequestReader(TestCertificates.CRYPTO)
                        .read(TestCertificates.request(type));
        assertThat(reading).isInstanceOf(Reading.Accepted.class);
        SigningRequest request = ((Reading.Accepted) reading).request();
        return CertificateContent.ofWorkload(
                SerialNumber.of(validity.notAfter(), new byte[16]),
                issuer,
                validity,
                SpiffeId.parse("spiffe://example.org/ns/shop/sa/orders").orElseThrow(),
                request.key(),
                CertificateProfile.WORKLOAD);
    }

    @ParameterizedTest
    @EnumSource(KeyType.class)
    void signsACertificateThatVerifiesWithItsChain(KeyType type) throws Exception {
        TestAuthority authority =
                TestAuthority.with(type, NOW, Duration.ofDays(30), signer -> signer);
        IssuingAuthority issuing = authority.issuing();
        CertificateContent content =
                content(
                        issuing.issuer(),
                        SubjectKeyType.P256,
                        Validity.of(NOW, Duration.ofHours(1)));

        SignedCertificate signed = issuing.prepare(content).sign();

        X509Certificate leaf = TestCertificates.parse(signed.der());
        X509Certificate issuer = TestCertificates.parse(issuing.chain().getFirst());
        X509Certificate root = TestCertificates.parse(authority.root());
        leaf.verify(issuer.getPublicKey());
        issuer.verify(root.getPublicKey());
        root.verify(root.getPublicKey());
        assertThat(leaf.getIssuerX500Principal()).isEqualTo(issuer.getSubjectX500Principal());
        assertThat(signed.authorityId()).isEqualTo(issuing.id());
        assertThat(authority.chain(issuing.id())).contains(issuing.chain());
    }

    @Test
    void signsAPreparedCertificateOnce() {
        IssuingAuthority issuing = TestAuthority.at(NOW).issuing();
        PreparedCertificate prepared =
                issuing.prepare(
                        content(
                                issuing.issuer(),
                                SubjectKeyType.P256,
                                Validity.of(NOW, Duration.ofHours(1))));
        prepared.sign();
        assertThatThrownBy(prepared::sign).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void doesNotSignAgainAfterAFailure() {
        FailingSigner[] signer = new FailingSigner[1];
        IssuingAuthority issuing =
                TestAuthority.at(NOW, FailingSigner.capturedIn(signer)).issuing();
        for (FailingSigner.Fault fault :
                List.of(
                        FailingSigner.Fault.LOST,
                        FailingSigner.Fault.SIGNED_ANYWAY,
                        FailingSigner.Fault.GARBAGE)) {
            PreparedCertificate prepared =
                    issuing.prepare(
                            content(
                                    issuing.issuer(),
                                    SubjectKeyType.P256,
                                    Validity.of(NOW, Duration.ofHours(1))));
            signer[0].setFault(fault);
            assertThatThrownBy(prepared::sign).isInstanceOf(SigningException.class);
            signer[0].setFault(FailingSigner.Fault.NONE);
            assertThatThrownBy(prepared::sign).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void refusesContentOfAnotherIssuer() {
        IssuingAuthority issuing = TestAuthority.at(NOW).issuing();
        Issuer other = TestAuthority.at(NOW).issuing().issuer();
        Validity validity = Validity.of(NOW, Duration.ofHours(1));
        assertThatThrownBy(() -> issuing.prepare(content(other, SubjectKeyType.P256, validity)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @SuppressWarnings("DataFlowIssue")
    void refusesNoContent() {
        IssuingAuthority issuing = TestAuthority.at(NOW).issuing();
        assertThatThrownBy(() -> issuing.prepare(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void R4_refusesContentThatOutlivesTheIssuerByOneSecond() {
        TestAuthority authority =
                TestAuthority.with(KeyType.P256, NOW, Duration.ofHours(1), signer -> signer);
        Issuer issuer = authority.issuing().issuer();
        Instant end = issuer.validity().notAfter();
        authority.issuing().prepare(content(issuer, SubjectKeyType.P256, new Validity(NOW, end)));
        assertThatThrownBy(() ->
                        authority
                                .issuing()
                                .prepare(
                                        content(
                                                issuer,
                                                SubjectKeyType.P256,
                                                new Validity(NOW, end.plusSeconds(1)))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("longer than its issuer");
    }
}
