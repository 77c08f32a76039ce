package dev.signet.ca.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// What certificates say of their status: each MUST of RFC 9608 2, RFC 5280 4.2.1.13 and 4.2.2.1
/// broken once.
class R4_StatusLintTest {

    private static final String CRL = "http://ca.example.org/crl/1.crl";
    private static final String OCSP = "http://ca.example.org/ocsp";

    private static final CertificateContent SHORT_LIVED =
            with(CertificateProfile.WORKLOAD, CertificateStatus.NO_REVOCATION_AVAILABLE);
    private static final CertificateContent PUBLISHED =
            with(CertificateProfile.WORKLOAD, CertificateStatus.published(CRL, OCSP));
    private static final CertificateContent UNSAID =
            with(CertificateProfile.WORKLOAD, CertificateStatus.UNSAID);

    private static CertificateContent with(CertificateProfile profile, CertificateStatus status) {
        CertificateContent plain =
                CertificateEncoderTest.content(
                        CertificateEncoderTest.issuer(SignatureAlgorithm.ED25519),
                        Validity.of(Instant.parse("2026-11-23T10:00:00Z"), Duration.ofHours(1)),
                        List.of(),
                        List.of());
        return new CertificateContent(
                plain.serialNumber(),
                plain.issuer(),
                plain.validity(),
                plain.spiffeId(),
                plain.names(),
                plain.subject(),
                plain.key(),
                profile,
                profile.extendedKeyUsages(),
                status);
    }

    private static ASN1Encodable points(String... uris) {
        DistributionPoint[] points = new DistributionPoint[uris.length];
        for (int i = 0; i < uris.length; i++) {
            points[i] =
                    new DistributionPoint(
                            new DistributionPointName(
                                    new GeneralNames(BouncyCastleEncoder.uri(uris[i]))),
                            null,
                            null);
        }
        return new CRLDistPoint(points);
    }

    private static ASN1Encodable access(String uri) {
        return new AuthorityInformationAccess(
                AccessDescription.id_ad_ocsp, BouncyCastleEncoder.uri(uri));
    }

    private record Breach(
            String rule, CertificateContent content, BouncyCastleEncoder.Change change) {}

    private static final List<Breach> BREACHES =
            List.of(
                    new Breach(
                            "RFC 9608 2: noRevAvail MUST NOT be critical",
                            SHORT_LIVED,
                            e -> e.replaceExtension(Extension.noRevAvail, true, DERNull.INSTANCE)),
                    new Breach(
                            "RFC 9608 2: noRevAvail is NULL",
                            SHORT_LIVED,
                            e ->
                                    e.replaceExtension(
                                            Extension.noRevAvail, false, new DERSequence())),
                    new Breach(
                            "RFC 9608 2: no cRLDistributionPoints beside it",
                            SHORT_LIVED,
                            e ->
                                    e.addExtension(
                                            Extension.cRLDistributionPoints, false, points(CRL))),
                    new Breach(
                            "RFC 9608 2: no id-ad-ocsp beside it",
                            SHORT_LIVED,
                            e ->
                                    e.addExtension(
                                            Extension.authorityInfoAccess, false, access(OCSP))),
                    new Breach(
                            "RFC 9608 2: no freshestCRL beside it",
                            SHORT_LIVED,
                            e -> e.addExtension(Extension.freshestCRL, false, points(CRL))),
                    new Breach(
                            "as decided: noRevAvail",
                            SHORT_LIVED,
                            e -> e.removeExtension(Extension.noRevAvail)),
                    new Breach(
                            "as decided: nothing",
                            UNSAID,
                            e -> e.addExtension(Extension.noRevAvail, false, DERNull.INSTANCE)),
                    new Breach(
                            "as decided: nothing, not even a pointer",
                            UNSAID,
                            e ->
                                    e.addExtension(
                                            Extension.cRLDistributionPoints, false, points(CRL))),
                    new Breach(
                            "RFC 9608 2: not beside pointers",
                            PUBLISHED,
                            e -> e.addExtension(Extension.noRevAvail, false, DERNull.INSTANCE)),
                    new Breach(
                            "RFC 5280 4.2.1.13: cRLDistributionPoints not critical",
                            PUBLISHED,
                            e ->
                                    e.replaceExtension(
                                            Extension.cRLDistributionPoints, true, points(CRL))),
                    new Breach(
                            "RFC 5280 4.2.2.1: authorityInfoAccess MUST NOT be critical",
                            PUBLISHED,
                            e ->
                                    e.replaceExtension(
                                            Extension.authorityInfoAccess, true, access(OCSP))),
                    new Breach(
                            "RFC 5280 8: a CRL over TLS",
                            PUBLISHED,
                            e ->
                                    e.replaceExtension(
                                            Extension.cRLDistributionPoints,
                                            false,
                                            points(CRL.replace("http:", "https:")))),
                    new Breach(
                            "RFC 5280 8: OCSP over TLS",
                            PUBLISHED,
                            e ->
                                    e.replaceExtension(
                                            Extension.authorityInfoAccess,
                                            false,
                                            access(OCSP.replace("http:", "https:")))),
                    new Breach(
                            "another shard's CRL",
                            PUBLISHED,
                            e ->
                                    e.replaceExtension(
                                            Extension.cRLDistributionPoints,
                                            false,
                                            points(CRL.replace("1", "2")))),
                    new Breach(
                            "two distribution points",
                            PUBLISHED,
                            e ->
                                    e.replaceExtension(
                                            Extension.cRLDistributionPoints,
                                            false,
                                            points(CRL, CRL))),
                    new Breach(
                            "no distribution point",
                            PUBLISHED,
                            e -> e.removeExtension(Extension.cRLDistributionPoints)),
                    new Breach(
                            "no OCSP responder",
                            PUBLISHED,
                            e -> e.removeExtension(Extension.authorityInfoAccess)),
                    new Breach(
                            "access to something but OCSP",
                            PUBLISHED,
                            e ->
                                    e.replaceExtension(
                                            Extension.authorityInfoAccess,
                                            false,
                                            new AuthorityInformationAccess(
                                                    AccessDescription.id_ad_caIssuers,
                                                    BouncyCastleEncoder.uri(OCSP)))));

    @Test
    void R4_findsEachBreachOfWhatACertificateSaysOfItsStatus() throws Exception {
        for (CertificateContent content : List.of(SHORT_LIVED, PUBLISHED, UNSAID)) {
            byte[] der = CertificateEncoderTest.signed(content);
            assertThat(CertificateLint.firstDefect(der, content)).isEmpty();
            assertThat(new CertificateEncoder(content.issuer()).toBeSigned(content))
                    .isEqualTo(BouncyCastleEncoder.toBeSigned(content));
        }
        for (Breach breach : BREACHES) {
            byte[] der = BouncyCastleEncoder.certificate(breach.content(), breach.change());
            assertThat(CertificateLint.firstDefect(der, breach.content()))
                    .as(breach.rule())
                    .isPresent();
        }
    }

    @Test
    void aCasCertificateNeverSaysThatThereIsNoRevocationInformation() {
        assertThatThrownBy(() ->
                        CertificateContent.ofWorkload(
                                        SHORT_LIVED.serialNumber(),
                                        SHORT_LIVED.issuer(),
                                        SHORT_LIVED.validity(),
                                        SHORT_LIVED.spiffeId(),
                                        SHORT_LIVED.key(),
                                        BuiltInProfiles.INTERMEDIATE_CA)
                                .status())
                .isInstanceOf(IllegalArgumentException.class);
        CertificateProfile ca = BuiltInProfiles.INTERMEDIATE_CA;
        assertThat(
                        ProfileRules.objections(
                                new CertificateProfile(
                                        "ca",
                                        1,
                                        ca.backdate(),
                                        ca.keyUsages(),
                                        List.of(),
                                        ca.authority(),
                                        CertificateProfile.Revocation.SHORT_LIVED)))
                .singleElement()
                .asString()
                .contains("RFC 9608");
        SubjectName subject =
                new SubjectName(
                        List.of(new SubjectName.Attribute(SubjectName.Type.COMMON_NAME, "CA")));
        assertThatThrownBy(() ->
                        new CertificateContent(
                                SHORT_LIVED.serialNumber(),
                                SHORT_LIVED.issuer(),
                                SHORT_LIVED.validity(),
                                SHORT_LIVED.spiffeId(),
                                AlternativeNames.NONE,
                                subject,
                                SHORT_LIVED.key(),
                                ca,
                                List.of(),
                                CertificateStatus.NO_REVOCATION_AVAILABLE))
                .hasMessageContaining("RFC 9608");
    }

    @Test
    void pointersAreHttpAndOfBoundedLength() {
        for (String uri :
                List.of(
                        "https://ca.example.org/ocsp",
                        "ldap://ca.example.org",
                        "/ocsp",
                        "",
                        "http://ca.example.org/ü",
                        "http://ca.example.org/a b",
                        "http://" + "x".repeat(1024))) {
            assertThatThrownBy(() -> CertificateStatus.published(uri, OCSP))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> CertificateStatus.published(CRL, uri))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
