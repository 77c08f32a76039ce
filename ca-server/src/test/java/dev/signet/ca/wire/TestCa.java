package dev.signet.ca.wire;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.certificate.Validity;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.ledger.RecordedCertificate;
import dev.signet.ca.ledger.RecordedCertificates;
import dev.signet.ca.trust.TrustBundle;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;

/// A root that signs leaves directly, for tests of the edge.
final class TestCa {

    static final TrustDomain DOMAIN = new TrustDomain("wire.test");

    private static final SecureRandom RANDOM = new SecureRandom();

    private final KeyPair keys = newKeys();
    private final X500Name name;
    private final X509Certificate root;

    TestCa() {
        this("test root");
    }

    TestCa(String commonName) {
        name = new X500Name("CN=" + commonName);
        Instant now = Instant.now();
        try {
            X509v3CertificateBuilder builder =
                    new X509v3CertificateBuilder(
                            name,
                            BigInteger.ONE,
                            Date.from(now.minusSeconds(3600)),
                            Date.from(now.plus(Duration.ofDays(1))),
                            name,
                            SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()));
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            root = parse(sign(builder).getEncoded());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    X509Certificate root() {
        return root;
    }

    TrustBundle bundle(long version) {
        return bundle(version, List.of(this));
    }

    static TrustBundle bundle(long version, List<TestCa> authorities) {
        return new TrustBundle(
                DOMAIN,
                version,
                authorities.stream().map(ca -> encoded(ca.root)).toList(),
                Duration.ofMinutes(1));
    }

    /// @param publicKey DER SubjectPublicKeyInfo
    X509Certificate leaf(byte[] publicKey, SerialNumber serial, SpiffeId id, Validity validity) {
        try {
            X509v3CertificateBuilder builder =
                    new X509v3CertificateBuilder(
                            name,
                            new BigInteger(1, serial.octets()),
                            Date.from(validity.notBefore()),
                            Date.from(validity.notAfter()),
                            new X500Name(new org.bouncycastle.asn1.x500.RDN[0]),
                            SubjectPublicKeyInfo.getInstance(publicKey));
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    true,
                    new GeneralNames(
                            new GeneralName[] {
                                new GeneralName(
                                        GeneralName.uniformResourceIdentifier, id.toString()),
                                new GeneralName(GeneralName.dNSName, "localhost"),
                                new GeneralName(GeneralName.iPAddress, "127.0.0.1")
                            }));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(
                            new KeyPurposeId[] {
                                KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                            }));
            return parse(sign(builder).getEncoded());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /// What the ledger would release for a certification request.
    RecordedCertificate issue(byte[] certificationRequest, SpiffeId id, Validity validity) {
        try {
            byte[] key =
                    new PKCS10CertificationRequest(certificationRequest)
                            .getSubjectPublicKeyInfo()
                            .getEncoded();
            SerialNumber serial = serial(validity.notAfter());
            return RecordedCertificates.of(
                    serial, id, validity, "test", leaf(key, serial, id, validity).getEncoded());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    static SerialNumber serial(Instant notAfter) {
        byte[] random = new byte[SerialNumber.RANDOM_LENGTH];
        RANDOM.nextBytes(random);
        return SerialNumber.of(notAfter, random);
    }

    private X509CertificateHolder sign(X509v3CertificateBuilder builder) throws Exception {
        return builder.build(
                new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
    }

    static X509Certificate parse(byte[] der) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(der));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
