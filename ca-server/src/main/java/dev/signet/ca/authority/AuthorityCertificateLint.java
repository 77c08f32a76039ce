package dev.signet.ca.authority;

import dev.signet.ca.crypto.CryptoProvider;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/// Checks a CA certificate against its profile before it is stored and each time it is loaded (R6).
/// Reads it with the JDK, not with the library that wrote it.
///
/// @rfc 5280 4.2.1
final class AuthorityCertificateLint {

    private static final String BASIC_CONSTRAINTS = "2.5.29.19";
    private static final String KEY_USAGE = "2.5.29.15";
    private static final String SUBJECT_KEY_IDENTIFIER = "2.5.29.14";
    private static final String AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
    private static final Set<String> CRITICAL = Set.of(BASIC_CONSTRAINTS, KEY_USAGE);
    private static final String CRL_DISTRIBUTION_POINTS = "2.5.29.31";
    private static final Set<String> NOT_CRITICAL =
            Set.of(SUBJECT_KEY_IDENTIFIER, AUTHORITY_KEY_IDENTIFIER);
    private static final Set<String> NOT_CRITICAL_WITH_CRL =
            Set.of(SUBJECT_KEY_IDENTIFIER, AUTHORITY_KEY_IDENTIFIER, CRL_DISTRIBUTION_POINTS);

    private static final int KEY_CERT_SIGN = 5;
    private static final int CRL_SIGN = 6;
    private static final int MAX_SERIAL_OCTETS = 20;
    private static final int MAX_PATH_LENGTH = 4;

    private final CryptoProvider crypto;

    AuthorityCertificateLint(CryptoProvider crypto) {
        this.crypto = crypto;
    }

    /// @param issuer null for a root
    /// @return what is wrong, the first thing found; empty when nothing is
    Optional<String> firstDefect(
            AuthorityRole role,
            AuthorityCertificate certificate,
            @Nullable AuthorityCertificate issuer) {
        try {
            X509Certificate subject = parse(certificate);
            X509Certificate signer = issuer == null ? subject : parse(issuer);
            return Optional.ofNullable(defect(role, subject, signer));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Optional.of("is not readable: " + e.getMessage());
        }
    }

    private @Nullable String defect(
            AuthorityRole role, X509Certificate certificate, X509Certificate issuer)
            throws GeneralSecurityException {
        boolean[] usage = certificate.getKeyUsage();
        if (certificate.getVersion() != 3) {
            return "version is not 3";
        }
        if (certificate.getSerialNumber().signum() <= 0
                || certificate.getSerialNumber().toByteArray().length > MAX_SERIAL_OCTETS) {
            return "serial number is not positive, or longer than 20 octets";
        }
        if (!CRITICAL.equals(certificate.getCriticalExtensionOIDs())) {
            return "critical extensions are not basicConstraints and keyUsage";
        }
        boolean namesCrl = certificate.getExtensionValue(CRL_DISTRIBUTION_POINTS) != null;
        if (!(namesCrl ? NOT_CRITICAL_WITH_CRL : NOT_CRITICAL)
                .equals(certificate.getNonCriticalExtensionOIDs())) {
            return "other extensions are not the two key identifiers, and perhaps"
                    + " cRLDistributionPoints";
        }
        if (namesCrl && (role == AuthorityRole.ROOT || !namesOneCrl(certificate))) {
            return role == AuthorityRole.ROOT
                    ? "a root names a CRL"
                    : "cRLDistributionPoints is not one http URL";
        }
        int pathLength = certificate.getBasicConstraints();
        boolean fits =
                switch (role) {
                    case ROOT, CROSS -> pathLength == Integer.MAX_VALUE;
                    case ISSUING, INTERMEDIATE -> pathLength >= 0 && pathLength <= MAX_PATH_LENGTH;
                };
        if (!fits) {
            return "basicConstraints is not CA:TRUE with a path length of its role";
        }
        if (usage == null || count(usage) != 2 || !usage[KEY_CERT_SIGN] || !usage[CRL_SIGN]) {
            return "keyUsage is not keyCertSign and cRLSign";
        }
        if (!certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())
                || certificate.getSubjectX500Principal().getName().isEmpty()) {
            return "issuer is not the issuer's subject, or subject is empty";
        }
        if (!Arrays.equals(authorityKeyIdentifier(certificate), subjectKeyIdentifier(issuer))) {
            return "authorityKeyIdentifier is not the issuer's subjectKeyIdentifier";
        }
        Instant notBefore = certificate.getNotBefore().toInstant();
        Instant notAfter = certificate.getNotAfter().toInstant();
        if (notBefore.isBefore(issuer.getNotBefore().toInstant())
                || notAfter.isAfter(issuer.getNotAfter().toInstant())
                || notAfter.isBefore(notBefore)) {
            return "validity is not within the issuer's";
        }
        return verifies(certificate, issuer) ? null : "signature does not verify";
    }

    /// One distribution point with one name, a URL over plain HTTP, and no further fields: SEQUENCE
    /// in SEQUENCE in [0] in [0] in [6], each to the end of the one around it.
    ///
    /// @rfc 5280 4.2.1.13
    private static boolean namesOneCrl(X509Certificate certificate) {
        byte[] value = certificate.getExtensionValue(CRL_DISTRIBUTION_POINTS);
        int at = 0;
        for (int tag : new int[] {0x04, 0x30, 0x30, 0xa0, 0xa0, 0x86}) {
            at = contentToTheEnd(value, at, tag);
            if (at < 0) {
                return false;
            }
        }
        return new String(value, at, value.length - at, StandardCharsets.ISO_8859_1)
                .matches("http://[!-~]{1,512}");
    }

    /// @return where the content of an element begins that reaches to the end; negative: there is
    ///   no such element
    private static int contentToTheEnd(byte[] der, int at, int tag) {
        if (at + 2 > der.length || (der[at] & 0xff) != tag) {
            return -1;
        }
        int length = der[at + 1] & 0xff;
        int content = at + 2;
        if (length >= 0x80) {
            int count = length & 0x7f;
            if (count < 1 || count > 2 || content + count > der.length) {
                return -1;
            }
            length = 0;
            for (int i = 0; i < count; i++) {
                length = length << 8 | (der[content++] & 0xff);
            }
        }
        return content + length == der.length ? content : -1;
    }

    private static int count(boolean[] usage) {
        int count = 0;
        for (boolean bit : usage) {
            count += bit ? 1 : 0;
        }
        return count;
    }

    private boolean verifies(X509Certificate certificate, X509Certificate issuer)
            throws GeneralSecurityException {
        String keyAlgorithm = issuer.getPublicKey().getAlgorithm();
        PublicKey key =
                crypto.keyFactory(keyAlgorithm.equals("EdDSA") ? "Ed25519" : keyAlgorithm)
                        .generatePublic(new X509EncodedKeySpec(issuer.getPublicKey().getEncoded()));
        Signature verifier = crypto.newSignature(certificate.getSigAlgName());
        verifier.initVerify(key);
        verifier.update(certificate.getTBSCertificate());
        return verifier.verify(certificate.getSignature());
    }

    private static X509Certificate parse(AuthorityCertificate certificate)
            throws GeneralSecurityException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(certificate.der()));
    }

    /// Content of OCTET STRING in OCTET STRING.
    private static byte[] subjectKeyIdentifier(X509Certificate certificate) {
        return content(certificate, SUBJECT_KEY_IDENTIFIER, new byte[] {4, 22, 4, 20});
    }

    /// Content of the one field keyIdentifier.
    private static byte[] authorityKeyIdentifier(X509Certificate certificate) {
        return content(
                certificate,
                AUTHORITY_KEY_IDENTIFIER,
                new byte[] {4, 24, 0x30, 22, (byte) 0x80, 20});
    }

    private static byte[] content(X509Certificate certificate, String type, byte[] header) {
        byte[] value = certificate.getExtensionValue(type);
        if (value == null
                || value.length != header.length + 20
                || !Arrays.equals(value, 0, header.length, header, 0, header.length)) {
            throw new IllegalArgumentException("key identifier " + type + " is not of 20 octets");
        }
        return Arrays.copyOfRange(value, header.length, value.length);
    }
}
