package dev.signet.ca.certificate;

import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.TrustDomain;

import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Tries a profile out before any policy may use it: a sample certificate is written, signed with a
/// key that is thrown away, linted, and read by the JDK. Thread-safe; takes about a millisecond, or
/// some tenths of a second where only RSA keys fit the profile.
public final class ProfileTrial {

    /// Any instant does: the sample is thrown away.
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private static final SignatureAlgorithm ALGORITHM = SignatureAlgorithm.ECDSA_P256_SHA256;
    private static final int RSA_BITS = 2048;

    private static final CertificateStatus PUBLISHED =
            CertificateStatus.published("http://sample.example/crl", "http://sample.example/ocsp");

    private final CryptoProvider crypto;

    public ProfileTrial(CryptoProvider crypto) {
        this.crypto = crypto;
    }

    /// [ProfileRules#objections(CertificateProfile)], and where there is none, what a sample shows.
    /// A profile with any objection must not be used.
    ///
    /// @param trustDomain that certificates of the profile will be in
    public List<String> objections(CertificateProfile profile, TrustDomain trustDomain) {
        List<String> objections = ProfileRules.objections(profile);
        if (!objections.isEmpty()) {
            return objections;
        }
        if (profile.constrainsAuthority() && !ProfileRules.mayConstrain(trustDomain)) {
            return List.of(
                    "Name constraints want a host name (RFC 5280 4.2.1.10), and trust domain "
                            + trustDomain
                            + " is none: there can be no intermediate CA.");
        }
        try {
            for (CertificateStatus status : statuses(profile)) {
                Optional<String> defect = sampleDefect(profile, trustDomain, status);
                if (defect.isPresent()) {
                    return List.of("A sample certificate of the profile: " + defect.get() + ".");
                }
            }
            return List.of();
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return List.of("A sample certificate of the profile cannot be made: " + e.getMessage());
        }
    }

    private static List<CertificateStatus> statuses(CertificateProfile profile) {
        return switch (profile.revocation()) {
            case SHORT_LIVED -> List.of(CertificateStatus.NO_REVOCATION_AVAILABLE);
            case PUBLISHED, BY_LIFETIME -> List.of(PUBLISHED);
        };
    }

    private Optional<String> sampleDefect(
            CertificateProfile profile, TrustDomain trustDomain, CertificateStatus status)
            throws GeneralSecurityException {
        KeyPair issuerKey = p256();
        CertificateContent content = content(profile, trustDomain, status);
        CertificateEncoder encoder = new CertificateEncoder(content.issuer());
        byte[] toBeSigned = encoder.toBeSigned(content);
        Signature signature = crypto.newSignature(ALGORITHM.jcaName());
        signature.initSign(issuerKey.getPrivate());
        signature.update(toBeSigned);
        byte[] der = encoder.certificate(toBeSigned, signature.sign());
        Optional<String> defect = CertificateLint.firstDefect(der, content);
        if (defect.isEmpty()) {
            Certificate certificate =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(der));
            certificate.verify(issuerKey.getPublic());
        }
        return defect;
    }

    private CertificateContent content(
            CertificateProfile profile, TrustDomain trustDomain, CertificateStatus status)
            throws GeneralSecurityException {
        Validity validity = Validity.of(BEGIN, Duration.ofHours(1));
        byte[] random = new byte[SerialNumber.RANDOM_LENGTH];
        crypto.secureRandom().nextBytes(random);
        PublicKeyType keyType = keyType(profile);
        Set<KeyUsage> keyUsages = keyUsages(profile, keyType);
        SubjectName subject = name("Sample of profile " + profile.name());
        return new CertificateContent(
                SerialNumber.of(validity.notAfter(), random),
                new Issuer(
                        NameEncoder.name(name("Sample issuer")),
                        random,
                        validity,
                        ALGORITHM,
                        Integer.MAX_VALUE),
                validity,
                new SpiffeId(trustDomain, "/sample"),
                profile.constrainsAuthority() ? AlternativeNames.NONE : names(),
                subject,
                key(keyType),
                profile,
                keyUsages,
                purposes(profile, keyUsages),
                status);
    }

    /// One that may have all its key usages; where none may, one that may have some.
    private static PublicKeyType keyType(CertificateProfile profile) {
        for (PublicKeyType type : List.of(PublicKeyType.P256, PublicKeyType.RSA)) {
            if (UsageRules.accepts(profile.keyUsages(), type)) {
                return type;
            }
        }
        return PublicKeyType.RSA;
    }

    private static Set<KeyUsage> keyUsages(CertificateProfile profile, PublicKeyType type) {
        if (UsageRules.accepts(profile.keyUsages(), type)) {
            return profile.keyUsages();
        }
        Set<KeyUsage> some = EnumSet.noneOf(KeyUsage.class);
        for (KeyUsage usage : profile.keyUsages()) {
            if (UsageRules.accepts(Set.of(usage), type)) {
                some.add(usage);
            }
        }
        return some;
    }

    /// Those that go together.
    private static List<ExtendedKeyUsage> purposes(
            CertificateProfile profile, Set<KeyUsage> keyUsages) {
        List<ExtendedKeyUsage> all = profile.extendedKeyUsages();
        return all.size() == 1
                ? all
                : all.stream()
                        .filter(purpose ->
                                purpose != ExtendedKeyUsage.TIME_STAMPING
                                        && UsageRules.allow(keyUsages, purpose))
                        .toList();
    }

    private static AlternativeNames names() {
        return new AlternativeNames(
                List.of("sample.example"),
                List.of(InetAddress.getLoopbackAddress()),
                List.of("sample@sample.example"),
                List.of("https://sample.example/"),
                List.of(new OtherName("1.3.6.1.4.1.311.20.2.3", "sample@sample.example")));
    }

    /// Cut to what a common name may hold.
    private static SubjectName name(String text) {
        int length = Math.min(text.length(), SubjectName.Type.COMMON_NAME.maxLength());
        return new SubjectName(
                List.of(
                        new SubjectName.Attribute(
                                SubjectName.Type.COMMON_NAME, text.substring(0, length))));
    }

    private SubjectKey key(PublicKeyType type) throws GeneralSecurityException {
        KeyPair pair = type == PublicKeyType.RSA ? rsa() : p256();
        byte[] info = pair.getPublic().getEncoded();
        return new SubjectKey(type, info, crypto.sha256(info));
    }

    private KeyPair p256() throws GeneralSecurityException {
        KeyPairGenerator generator = crypto.newKeyPairGenerator("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private KeyPair rsa() {
        KeyPairGenerator generator = crypto.newKeyPairGenerator("RSA");
        generator.initialize(RSA_BITS);
        return generator.generateKeyPair();
    }
}
