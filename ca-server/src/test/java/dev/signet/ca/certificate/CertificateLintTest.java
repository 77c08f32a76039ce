package dev.signet.ca.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.TestCertificates.SubjectKeyType;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

class CertificateLintTest {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    private static CertificateContent content(SignatureAlgorithm algorithm) throws Exception {
        return CertificateEncoderTest.content(
                CertificateEncoderTest.issuer(algorithm),
                Validity.of(NOW, Duration.ofHours(1)),
                List.of("ca.example.org"),
                List.of(java.net.InetAddress.ofLiteral("10.0.0.1")));
    }

    @ParameterizedTest
    @EnumSource(SignatureAlgorithm.class)
    void findsEachBitThatIsNotAsDecided(SignatureAlgorithm algorithm) throws Exception {
        CertificateContent content = content(algorithm);
        byte[] der = CertificateEncoderTest.signed(content);
        assertThat(CertificateLint.firstDefect(der, content)).isEmpty();
        byte[] toBeSigned = new CertificateEncoder(content.issuer()).toBeSigned(content);
        // Everything but the signature's value, which only a verification could judge.
        int algorithmAndHeader = 24;
        for (int bit = 0; bit < 8 * (toBeSigned.length + 4); bit++) {
            byte[] changed = der.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(CertificateLint.firstDefect(changed, content)).as("bit %d", bit).isPresent();
        }
        assertThat(der.length).isGreaterThan(toBeSigned.length + algorithmAndHeader);
    }

    @Test
    void findsEachTruncationAndTrailingOctet() throws Exception {
        CertificateContent content = content(SignatureAlgorithm.ECDSA_P256_SHA256);
        byte[] der = CertificateEncoderTest.signed(content);
        for (int length = 0; length < der.length; length++) {
            assertThat(CertificateLint.firstDefect(Arrays.copyOf(der, length), content))
                    .isPresent();
        }
        assertThat(CertificateLint.firstDefect(Arrays.copyOf(der, der.length + 1), content))
                .isPresent();
    }

    @ParameterizedTest
    @EnumSource(SignatureAlgorithm.class)
    void findsASignatureThatIsNone(SignatureAlgorithm algorithm) throws Exception {
        CertificateContent content = content(algorithm);
        CertificateEncoder encoder = new CertificateEncoder(content.issuer());
        byte[] toBeSigned = encoder.toBeSigned(content);
        for (byte[] signature : List.of(new byte[0], new byte[1], new byte[63], new byte[1000])) {
            assertThat(
                            CertificateLint.firstDefect(
                                    encoder.certificate(toBeSigned, signature), content))
                    .isPresent();
        }
    }

    @Test
    void R4_findsALeafThatOutlivesItsIssuer() throws Exception {
        CertificateContent content = content(SignatureAlgorithm.ECDSA_P256_SHA256);
        byte[] der = CertificateEncoderTest.signed(content);
        Issuer issuer = content.issuer();
        for (Validity shorter :
                List.of(
                        new Validity(NOW, content.validity().notAfter().minusSeconds(1)),
                        new Validity(NOW.plusSeconds(1), content.validity().notAfter()))) {
            CertificateContent same =
                    new CertificateContent(
                            content.serialNumber(),
                            new Issuer(
                                    issuer.subject(),
                                    issuer.subjectKeyIdentifier(),
                                    shorter,
                                    issuer.algorithm(),
                                    issuer.pathLength()),
                            content.validity(),
                            content.spiffeId(),
                            content.names(),
                            content.subject(),
                            content.key(),
                            content.profile(),
                            content.extendedKeyUsages());
            assertThat(CertificateLint.firstDefect(der, same)).isPresent();
        }
    }

    /// Kinds of content that differ in what is written.
    private static List<CertificateContent> kinds() {
        Issuer issuer = CertificateEncoderTest.issuer(SignatureAlgorithm.ED25519);
        RandomContents contents = new RandomContents(20261124);
        List<CertificateContent> kinds = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            kinds.add(contents.next(issuer));
        }
        assertThat(kinds).anyMatch(content -> content.profile().authority() != null);
        assertThat(kinds).anyMatch(content -> content.profile().authority() == null);
        return kinds;
    }

    @Test
    void findsEachBitThatIsNotAsDecidedInEveryKindOfCertificate() throws Exception {
        for (CertificateContent content : kinds()) {
            byte[] der = CertificateEncoderTest.signed(content);
            int toBeSigned = new CertificateEncoder(content.issuer()).toBeSigned(content).length;
            for (int bit = 0; bit < 8 * (toBeSigned + 4); bit++) {
                byte[] changed = der.clone();
                changed[bit / 8] ^= (byte) (1 << bit % 8);
                assertThat(CertificateLint.firstDefect(changed, content))
                        .as("bit %d of %s", bit, content)
                        .isPresent();
            }
        }
    }

    @Test
    void findsAnyOtherContentThanTheDecidedOne() throws Exception {
        List<CertificateContent> kinds = kinds();
        for (CertificateContent content : kinds) {
            byte[] der = CertificateEncoderTest.signed(content);
            for (CertificateContent other : kinds) {
                assertThat(CertificateLint.firstDefect(der, other).isEmpty())
                        .isEqualTo(other == content);
            }
        }
    }

    /// One change to the extensions of a good certificate, and the rule of RFC 5280 it breaks.
    private record Breach(String rule, boolean authority, BouncyCastleEncoder.Change change) {}

    private static Breach breach(
            String rule, boolean authority, BouncyCastleEncoder.Change change) {
        return new Breach(rule, authority, change);
    }

    private static void replace(
            ExtensionsGenerator extensions,
            ASN1ObjectIdentifier type,
            boolean critical,
            ASN1Encodable value)
            throws Exception {
        extensions.replaceExtension(type, critical, value);
    }

    private static final List<Breach> BREACHES =
            List.of(
                    breach(
                            "4.2: an extension that no profile has",
                            false,
                            e -> e.addExtension(Extension.policyMappings, true, new DERSequence())),
                    breach(
                            "4.2.1.1: authorityKeyIdentifier MUST NOT be critical",
                            false,
                            e ->
                                    replace(
                                            e,
                                            Extension.authorityKeyIdentifier,
                                            true,
                                            e.getExtension(Extension.authorityKeyIdentifier)
                                                    .getParsedValue())),
                    breach(
                            "4.2.1.1: authorityKeyIdentifier MUST be there",
                            false,
                            e -> e.removeExtension(Extension.authorityKeyIdentifier)),
                    breach(
                            "4.2.1.2: subjectKeyIdentifier MUST be in a CA's certificate",
                            true,
                            e -> e.removeExtension(Extension.subjectKeyIdentifier)),
                    breach(
                            "4.2.1.2: subjectKeyIdentifier MUST NOT be critical",
                            true,
                            e ->
                                    replace(
                                            e,
                                            Extension.subjectKeyIdentifier,
                                            true,
                                            e.getExtension(Extension.subjectKeyIdentifier)
                                                    .getParsedValue())),
                    breach(
                            "4.2.1.3: at least one bit MUST be set",
                            false,
                            e ->
                                    replace(
                                            e,
                                            Extension.keyUsage,
                                            true,
                                            new DERBitString(new byte[0]))),
                    breach(
                            "4.2.1.3: at least one bit MUST be set, in one octet",
                            false,
                            e ->
                                    replace(
                                            e,
                                            Extension.keyUsage,
                                            true,
                                            new DERBitString(new byte[1]))),
                    breach(
                            "4.2.1.3: keyCertSign asks for cA",
                            false,
                            e ->
                                    replace(
                                            e,
                                            Extension.keyUsage,
                                            true,
                                            new org.bouncycastle.asn1.x509.KeyUsage(0x84))),
                    breach(
                            "4.2.1.3: keyUsage MUST be in a CA's certificate",
                            true,
                            e -> e.removeExtension(Extension.keyUsage)),
                    breach(
                            "4.2.1.6: critical where the subject is empty",
                            false,
                            e ->
                                    replace(
                                            e,
                                            Extension.subjectAlternativeName,
                                            false,
                                            e.getExtension(Extension.subjectAlternativeName)
                                                    .getParsedValue())),
                    breach(
                            "4.2.1.6: not critical where it is not empty",
                            true,
                            e ->
                                    replace(
                                            e,
                                            Extension.subjectAlternativeName,
                                            true,
                                            e.getExtension(Extension.subjectAlternativeName)
                                                    .getParsedValue())),
                    breach(
                            "4.2.1.6: at least one name",
                            false,
                            e ->
                                    replace(
                                            e,
                                            Extension.subjectAlternativeName,
                                            true,
                                            new DERSequence())),
                    breach(
                            "4.2.1.9: critical in a CA's certificate",
                            true,
                            e ->
                                    replace(
                                            e,
                                            Extension.basicConstraints,
                                            false,
                                            new BasicConstraints(0))),
                    breach(
                            "4.2.1.9: cA for a key that signs certificates",
                            true,
                            e ->
                                    replace(
                                            e,
                                            Extension.basicConstraints,
                                            true,
                                            new BasicConstraints(false))),
                    breach(
                            "4.2.1.9: no CA but the profile's",
                            false,
                            e ->
                                    replace(
                                            e,
                                            Extension.basicConstraints,
                                            true,
                                            new BasicConstraints(true))),
                    breach(
                            "4.2.1.9: the decided path length",
                            true,
                            e ->
                                    replace(
                                            e,
                                            Extension.basicConstraints,
                                            true,
                                            new BasicConstraints(true))),
                    breach(
                            "4.2.1.10: nameConstraints MUST be critical",
                            true,
                            e ->
                                    replace(
                                            e,
                                            Extension.nameConstraints,
                                            false,
                                            e.getExtension(Extension.nameConstraints)
                                                    .getParsedValue())),
                    breach(
                            "4.2.1.10: nameConstraints MUST NOT be empty",
                            true,
                            e -> replace(e, Extension.nameConstraints, true, new DERSequence())),
                    breach(
                            "4.2.1.10: nameConstraints MUST be in a CA's certificate only",
                            false,
                            e ->
                                    e.addExtension(
                                            Extension.nameConstraints, true, new DERSequence())),
                    breach(
                            "4.2.1.12: at least one purpose",
                            false,
                            e -> replace(e, Extension.extendedKeyUsage, false, new DERSequence())),
                    breach(
                            "4.2.1.12: no other purpose",
                            false,
                            e ->
                                    replace(
                                            e,
                                            Extension.extendedKeyUsage,
                                            false,
                                            new org.bouncycastle.asn1.x509.ExtendedKeyUsage(
                                                    org.bouncycastle.asn1.x509.KeyPurposeId
                                                            .anyExtendedKeyUsage))));

    @Test
    void R4_findsEachBreachOfRfc5280ThatExtensionsCanBe() throws Exception {
        CertificateContent leaf = content(SignatureAlgorithm.ECDSA_P256_SHA256);
        CertificateContent authority = authority(BuiltInProfiles.INTERMEDIATE_CA);
        assertThat(
                        CertificateLint.firstDefect(
                                BouncyCastleEncoder.certificate(leaf, _ -> {}), leaf))
                .isEmpty();
        assertThat(
                        CertificateLint.firstDefect(
                                BouncyCastleEncoder.certificate(authority, _ -> {}), authority))
                .isEmpty();
        for (Breach breach : BREACHES) {
            CertificateContent content = breach.authority() ? authority : leaf;
            byte[] der = BouncyCastleEncoder.certificate(content, breach.change());
            assertThat(CertificateLint.firstDefect(der, content)).as(breach.rule()).isPresent();
        }
    }

    private static CertificateContent authority(CertificateProfile profile) {
        return authority(profile, CertificateEncoderTest.issuer(SignatureAlgorithm.ED25519), "CA");
    }

    private static CertificateContent authority(
            CertificateProfile profile, Issuer issuer, String commonName) {
        Validity validity = Validity.of(NOW, Duration.ofHours(1));
        return new CertificateContent(
                SerialNumber.of(validity.notAfter(), new byte[SerialNumber.RANDOM_LENGTH]),
                issuer,
                validity,
                new dev.signet.ca.identity.SpiffeId(RandomContents.DOMAIN, "/ca"),
                AlternativeNames.NONE,
                new SubjectName(
                        List.of(
                                new SubjectName.Attribute(
                                        SubjectName.Type.COMMON_NAME, commonName))),
                CertificateEncoderTest.key(SubjectKeyType.P256),
                profile,
                List.of());
    }

    /// What the encoder writes faithfully although the profile is not sound.
    @Test
    void R4_findsWhatAnUnsoundProfileLeadsTo() throws Exception {
        for (CertificateProfile profile : ProfileRulesTest.UNSOUND_IN_DER) {
            CertificateContent content;
            if (profile.authority() == null) {
                CertificateContent good = content(SignatureAlgorithm.ED25519);
                content =
                        new CertificateContent(
                                good.serialNumber(),
                                good.issuer(),
                                good.validity(),
                                good.spiffeId(),
                                good.names(),
                                good.subject(),
                                good.key(),
                                profile,
                                profile.extendedKeyUsages());
            } else {
                content = authority(profile);
            }
            byte[] der = CertificateEncoderTest.signed(content);
            assertThat(CertificateLint.firstDefect(der, content)).as("%s", profile).isPresent();
        }
    }

    @Test
    void R4_findsACaForWhichTheIssuersPathLengthLeavesNoRoom() throws Exception {
        Issuer roomy = CertificateEncoderTest.issuer(SignatureAlgorithm.ED25519);
        for (int room : List.of(0, 1)) {
            Issuer issuer =
                    new Issuer(
                            roomy.subject(),
                            roomy.subjectKeyIdentifier(),
                            roomy.validity(),
                            roomy.algorithm(),
                            room);
            CertificateContent content = authority(BuiltInProfiles.INTERMEDIATE_CA, issuer, "CA");
            assertThat(CertificateLint.firstDefect(CertificateEncoderTest.signed(content), content))
                    .isEqualTo(
                            room == 0
                                    ? Optional.of(
                                            "path length is not below the issuer's (RFC 5280"
                                                    + " 4.2.1.9)")
                                    : Optional.empty());
        }
    }

    /// It would not count against a path length, and name constraints would not bind it.
    @Test
    void R4_findsACaWithTheSubjectOfItsIssuer() throws Exception {
        Issuer issuer = CertificateEncoderTest.issuer(SignatureAlgorithm.ED25519);
        for (String name : List.of("Issuing CA", "issuing  ca")) {
            Issuer same =
                    new Issuer(
                            new org.bouncycastle.asn1.x500.X500Name("CN=Issuing CA").getEncoded(),
                            issuer.subjectKeyIdentifier(),
                            issuer.validity(),
                            issuer.algorithm(),
                            issuer.pathLength());
            CertificateContent content = authority(BuiltInProfiles.INTERMEDIATE_CA, same, name);
            assertThat(CertificateLint.firstDefect(CertificateEncoderTest.signed(content), content))
                    .hasValue("a CA's subject is its issuer's");
        }
    }
}
