package dev.signet.ca.egress;

import dev.signet.ca.TestCertificates;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.Map;

/// A key with its self-signed certificate for localhost, as PEM.
record TestPair(X509Certificate certificate, byte[] chainPem, byte[] keyPem) {

    static TestPair create() {
        return create("EC", "SHA256withECDSA");
    }

    static TestPair create(String keyAlgorithm, String signatureAlgorithm) {
        try {
            KeyPair keys = KeyPairGenerator.getInstance(keyAlgorithm).generateKeyPair();
            Instant now = Instant.now();
            X500Name name = new X500Name("CN=localhost");
            X509Certificate certificate =
                    TestCertificates.parse(
                            new JcaX509v3CertificateBuilder(
                                            name,
                                            BigInteger.valueOf(System.nanoTime()),
                                            Date.from(now.minusSeconds(60)),
                                            Date.from(now.plusSeconds(3_600)),
                                            name,
                                            keys.getPublic())
                                    .addExtension(
                                            Extension.subjectAlternativeName,
                                            false,
                                            new GeneralNames(
                                                    new GeneralName(
                                                            GeneralName.dNSName, "localhost")))
                                    .build(
                                            new JcaContentSignerBuilder(signatureAlgorithm)
                                                    .build(keys.getPrivate()))
                                    .getEncoded());
            return new TestPair(
                    certificate,
                    TestCertificates.pem("CERTIFICATE", certificate.getEncoded()),
                    TestCertificates.pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    Map<String, byte[]> files() {
        return Map.of("tls.crt", chainPem, "tls.key", keyPem);
    }

    /// This certificate with the key of another: what is there between two replacements.
    Map<String, byte[]> filesWithKeyOf(TestPair other) {
        return Map.of("tls.crt", chainPem, "tls.key", other.keyPem);
    }
}
