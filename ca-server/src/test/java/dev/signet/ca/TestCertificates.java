package dev.signet.ca;

import dev.signet.ca.certificate.PublicKeyType;
import dev.signet.ca.crypto.CryptoProvider;

import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Base64;

/// Keys, certification requests and readers of certificates for tests. Key pairs are made once per
/// type and JVM, because RSA takes its time.
public final class TestCertificates {

    /// The provider of all tests.
    public static final CryptoProvider CRYPTO = CryptoProvider.detect();

    /// Kinds of subject key, with the algorithm that their requests are signed with.
    public enum SubjectKeyType {
        P256("EC", "SHA256withECDSA"),
        P384("EC", "SHA384withECDSA"),
        ED25519("Ed25519", "Ed25519"),
        RSA2048("RSA", "SHA256withRSA"),
        RSA3072("RSA", "SHA256withRSA"),
        RSA4096("RSA", "SHA512withRSA");

        private final String jcaName;
        private final String signatureAlgorithm;
        private KeyPair pair;

        SubjectKeyType(String jcaName, String signatureAlgorithm) {
            this.jcaName = jcaName;
            this.signatureAlgorithm = signatureAlgorithm;
        }

        public PublicKeyType publicKeyType() {
            return switch (this) {
                case P256 -> PublicKeyType.P256;
                case P384 -> PublicKeyType.P384;
                case ED25519 -> PublicKeyType.ED25519;
                case RSA2048, RSA3072, RSA4096 -> PublicKeyType.RSA;
            };
        }

        public String signatureAlgorithm() {
            return signatureAlgorithm;
        }

        /// The same pair at each call.
        public synchronized KeyPair keyPair() {
            if (pair == null) {
                pair = newKeyPair();
            }
            return pair;
        }

        public KeyPair newKeyPair() {
            try {
                KeyPairGenerator generator = CRYPTO.newKeyPairGenerator(jcaName);
                switch (this) {
                    case P256 -> generator.initialize(new ECGenParameterSpec("secp256r1"));
                    case P384 -> generator.initialize(new ECGenParameterSpec("secp384r1"));
                    case ED25519 -> {}
                    case RSA2048 -> generator.initialize(rsa(2048));
                    case RSA3072 -> generator.initialize(rsa(3072));
                    case RSA4096 -> generator.initialize(rsa(4096));
                }
                return generator.generateKeyPair();
            } catch (GeneralSecurityException e) {
                throw new AssertionError(e);
            }
        }

        private static RSAKeyGenParameterSpec rsa(int bits) {
            return new RSAKeyGenParameterSpec(bits, RSAKeyGenParameterSpec.F4);
        }
    }

    private TestCertificates() {}

    /// A DER certification request with an empty subject and no extensions.
    public static byte[] request(SubjectKeyType type) {
        return request(type.keyPair(), type.signatureAlgorithm(), new X500Name(""), null);
    }

    /// A DER certification request for a P-256 key made for it.
    public static byte[] freshRequest() {
        return request(
                SubjectKeyType.P256.newKeyPair(),
                SubjectKeyType.P256.signatureAlgorithm(),
                new X500Name(""),
                null);
    }

    /// A DER certification request.
    ///
    /// @param extensions what to ask for; null for nothing
    public static byte[] request(
            KeyPair pair, String signatureAlgorithm, X500Name subject, Extensions extensions) {
        PKCS10CertificationRequestBuilder builder =
                new JcaPKCS10CertificationRequestBuilder(subject, pair.getPublic());
        if (extensions != null) {
            builder.addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions);
            builder.addAttribute(
                    PKCSObjectIdentifiers.pkcs_9_at_challengePassword, new DERPrintableString("x"));
        }
        try {
            return builder.build(
                            new JcaContentSignerBuilder(signatureAlgorithm)
                                    .build(pair.getPrivate()))
                    .getEncoded();
        } catch (OperatorCreationException e) {
            throw new AssertionError(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// One PEM block with the label.
    public static byte[] pem(String label, byte[] der) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return ("-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /// The certificate as the JDK reads it.
    public static X509Certificate parse(byte[] der) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(der));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
