package dev.signet.client.internal;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.PSSParameterSpec;
import java.util.Collection;
import java.util.Set;

/// Refuses certificates that can be forged: signed with SHA-1, MD5 or another algorithm than those
/// below, or with an RSA key of less than 2048 bits. The JDK's own check lets both pass below
/// authorities that it does not know from its own list. Stateless.
public final class Strength {

    private static final int MIN_RSA_BITS = 2048;
    private static final String PSS = "1.2.840.113549.1.1.10";

    private static final Set<String> SIGNATURES =
            Set.of(
                    // ECDSA with SHA-256, SHA-384, SHA-512
                    "1.2.840.10045.4.3.2",
                    "1.2.840.10045.4.3.3",
                    "1.2.840.10045.4.3.4",
                    // RSA PKCS #1 v1.5 with the same
                    "1.2.840.113549.1.1.11",
                    "1.2.840.113549.1.1.12",
                    "1.2.840.113549.1.1.13",
                    PSS,
                    // Ed25519, Ed448
                    "1.3.101.112",
                    "1.3.101.113");
    private static final Set<String> PSS_HASHES = Set.of("SHA-256", "SHA-384", "SHA-512");

    private static final Set<String> KEYS =
            Set.of("EC", "RSA", "RSASSA-PSS", "EdDSA", "Ed25519", "Ed448");

    private Strength() {}

    /// @throws CertificateException names the first that is too weak
    public static void check(Collection<X509Certificate> belowAnchor) throws CertificateException {
        for (X509Certificate certificate : belowAnchor) {
            if (!isStrong(certificate)) {
                throw new CertificateException(
                        "certificate of \""
                                + certificate.getSubjectX500Principal()
                                + "\" is signed with "
                                + certificate.getSigAlgName()
                                + " (expected: ECDSA or RSA with SHA-256 or longer, or Ed25519)");
            }
            checkKey(certificate);
        }
    }

    /// For a trust anchor, whose own signature proves nothing.
    public static void checkKey(X509Certificate certificate) throws CertificateException {
        PublicKey key = certificate.getPublicKey();
        if (!KEYS.contains(key.getAlgorithm())) {
            throw new CertificateException(
                    "certificate of \""
                            + certificate.getSubjectX500Principal()
                            + "\" has a key of algorithm "
                            + key.getAlgorithm()
                            + " (expected: EC, RSA, Ed25519 or Ed448)");
        }
        if (key instanceof RSAKey rsa && rsa.getModulus().bitLength() < MIN_RSA_BITS) {
            throw new CertificateException(
                    "certificate of \""
                            + certificate.getSubjectX500Principal()
                            + "\" has an RSA key of "
                            + rsa.getModulus().bitLength()
                            + " bits (expected: 2048 or more)");
        }
    }

    private static boolean isStrong(X509Certificate certificate) {
        String algorithm = certificate.getSigAlgOID();
        if (!algorithm.equals(PSS)) {
            return SIGNATURES.contains(algorithm);
        }
        byte[] encoded = certificate.getSigAlgParams();
        if (encoded == null) {
            return false;
        }
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
            parameters.init(encoded);
            return PSS_HASHES.contains(
                    parameters.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm());
        } catch (GeneralSecurityException | java.io.IOException e) {
            return false;
        }
    }
}
