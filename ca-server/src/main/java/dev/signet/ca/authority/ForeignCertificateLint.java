package dev.signet.ca.authority;

import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Checks the certificate of a CA that another CA wrote: names, serial numbers, key identifiers and
/// what else it says are taken as they are, but what RFC 5280 demands of a CA, and what verifiers
/// of its leaves rely on, must be there (R6).
///
/// @rfc 5280 4.2.1
final class ForeignCertificateLint {

    private ForeignCertificateLint() {}

    private static final String NAME_CONSTRAINTS = "2.5.29.30";

    /// What verifiers understand; any other critical extension makes them refuse the chain.
    private static final Set<String> CRITICAL =
            Set.of("2.5.29.19", "2.5.29.15", NAME_CONSTRAINTS, "2.5.29.32", "2.5.29.36");

    private static final Set<String> WEAK = Set.of("SHA1", "MD5", "MD2");
    private static final int KEY_CERT_SIGN = 5;
    private static final int CRL_SIGN = 6;
    private static final int SMALLEST_MODULUS = 2048;
    private static final int LARGEST_MODULUS = 8192;
    private static final int MOST_IDENTIFIER_OCTETS = 64;

    /// @param issuer null for a root
    /// @return what is wrong, the first thing found; empty when nothing is
    static Optional<String> firstDefect(
            AuthorityRole role,
            AuthorityCertificate certificate,
            @Nullable AuthorityCertificate issuer) {
        try {
            X509Certificate subject = parse(certificate);
            X509Certificate signer = issuer == null ? subject : parse(issuer);
            return Optional.ofNullable(defect(role, subject, signer, certificate, issuer));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Optional.of("is not readable: " + e.getMessage());
        }
    }

    /// Whether its signature verifies with the key of the other, whatever else they say.
    static boolean isSignedBy(AuthorityCertificate certificate, AuthorityCertificate issuer) {
        try {
            return verifies(parse(certificate), parse(issuer).getPublicKey());
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    private static @Nullable String defect(
            AuthorityRole role,
            X509Certificate certificate,
            X509Certificate issuer,
            AuthorityCertificate own,
            @Nullable AuthorityCertificate above)
            throws GeneralSecurityException {
        boolean[] usage = certificate.getKeyUsage();
        if (certificate.getVersion() != 3) {
            return "version is not 3";
        }
        if (certificate.getSerialNumber().signum() <= 0
                || certificate.getSerialNumber().bitLength() > 160) {
            return "serial number is not positive, or longer than 20 octets";
        }
        Set<String> critical = certificate.getCriticalExtensionOIDs();
        if (critical == null || !CRITICAL.containsAll(critical)) {
            return "a critical extension is none that verifiers know: " + critical;
        }
        if (certificate.getBasicConstraints() < 0 || !critical.contains("2.5.29.19")) {
            return "basicConstraints is not CA:TRUE and critical";
        }
        if (role != AuthorityRole.ISSUING && certificate.getBasicConstraints() < 1) {
            return "path length leaves no room for an issuing CA below it";
        }
        if (usage == null || !usage[KEY_CERT_SIGN]) {
            return "keyUsage has no keyCertSign";
        }
        if (role == AuthorityRole.ISSUING && !usage[CRL_SIGN]) {
            return "keyUsage has no cRLSign, which revocation lists need";
        }
        if (certificate.getSubjectX500Principal().getName().isEmpty()
                || !certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
            return "issuer is not the issuer's subject, or subject is empty";
        }
        byte[] identifier = own.subjectKeyIdentifier();
        if (identifier.length < 1 || identifier.length > MOST_IDENTIFIER_OCTETS) {
            return "subjectKeyIdentifier has " + identifier.length + " octets";
        }
        if (above != null && !namesKeyOf(own, above)) {
            return "authorityKeyIdentifier is not the issuer's subjectKeyIdentifier";
        }
        if (WEAK.stream().anyMatch(certificate.getSigAlgName().toUpperCase(Locale.ROOT)::startsWith)
                && above != null) {
            return "signature algorithm " + certificate.getSigAlgName() + " is broken";
        }
        if (certificate.getPublicKey() instanceof RSAKey rsa
                && (rsa.getModulus().bitLength() < SMALLEST_MODULUS
                        || rsa.getModulus().bitLength() > LARGEST_MODULUS)) {
            return "RSA modulus has " + rsa.getModulus().bitLength() + " bits";
        }
        return verifies(certificate, issuer.getPublicKey()) ? null : "signature does not verify";
    }

    /// One without an authorityKeyIdentifier is found by name.
    private static boolean namesKeyOf(AuthorityCertificate own, AuthorityCertificate above) {
        AuthorityKeyIdentifier named =
                AuthorityKeyIdentifier.fromExtensions(own.holder().getExtensions());
        byte[] octets = named == null ? null : named.getKeyIdentifierOctets();
        return octets == null || Arrays.equals(octets, above.subjectKeyIdentifier());
    }

    /// With the JDK's own provider: a foreign root's key may be of a kind that ours has none of.
    private static boolean verifies(X509Certificate certificate, PublicKey key) {
        try {
            certificate.verify(key);
            return true;
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    private static X509Certificate parse(AuthorityCertificate certificate)
            throws GeneralSecurityException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(certificate.der()));
    }
}
