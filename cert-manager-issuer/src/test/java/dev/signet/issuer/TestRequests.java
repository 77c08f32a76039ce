package dev.signet.issuer;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Certification requests as test data.
public final class TestRequests {

    public static final KeyPair EC = keys("EC");
    public static final KeyPair ED25519 = keys("Ed25519");
    public static final KeyPair RSA = keys("RSA");

    private X500Name subject = new X500Name("");
    private KeyPair keys = EC;
    private final List<GeneralName> names = new ArrayList<>();
    private final ExtensionsGenerator extensions = new ExtensionsGenerator();
    private final Map<ASN1ObjectIdentifier, ASN1Encodable> attributes = new LinkedHashMap<>();

    private TestRequests() {}

    public static TestRequests request() {
        return new TestRequests();
    }

    private static KeyPair keys(String algorithm) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (algorithm.equals("EC")) {
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            }
            return generator.generateKeyPair();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    public TestRequests subject(String text) {
        subject = new X500Name(text);
        return this;
    }

    public TestRequests subject(X500Name name) {
        subject = name;
        return this;
    }

    public TestRequests key(KeyPair pair) {
        keys = pair;
        return this;
    }

    public TestRequests name(int kind, String value) {
        names.add(new GeneralName(kind, value));
        return this;
    }

    public TestRequests dns(String value) {
        return name(GeneralName.dNSName, value);
    }

    public TestRequests uri(String value) {
        return name(GeneralName.uniformResourceIdentifier, value);
    }

    public TestRequests otherName(String type, ASN1Encodable value) {
        names.add(
                new GeneralName(
                        GeneralName.otherName,
                        new DERSequence(
                                new ASN1Encodable[] {
                                    new ASN1ObjectIdentifier(type), new DERTaggedObject(0, value)
                                })));
        return this;
    }

    public TestRequests otherName(String type, String value) {
        return otherName(type, new DERUTF8String(value));
    }

    public TestRequests keyUsage(int bits) {
        return extension(Extension.keyUsage, new KeyUsage(bits));
    }

    public TestRequests extendedKeyUsage(KeyPurposeId... purposes) {
        return extension(Extension.extendedKeyUsage, new ExtendedKeyUsage(purposes));
    }

    public TestRequests basicConstraints(boolean authority) {
        return extension(Extension.basicConstraints, new BasicConstraints(authority));
    }

    public TestRequests basicConstraints(int pathLength) {
        return extension(Extension.basicConstraints, new BasicConstraints(pathLength));
    }

    public TestRequests nameConstraints() {
        return extension(
                Extension.nameConstraints,
                new NameConstraints(
                        new GeneralSubtree[] {
                            new GeneralSubtree(new GeneralName(GeneralName.dNSName, "example.org"))
                        },
                        null));
    }

    /// An attribute of the request itself, beside its extensions.
    public TestRequests attribute(ASN1ObjectIdentifier type, ASN1Encodable value) {
        attributes.put(type, value);
        return this;
    }

    public TestRequests extension(ASN1ObjectIdentifier type, ASN1Encodable value) {
        try {
            extensions.addExtension(type, false, value);
            return this;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    public byte[] der() {
        try {
            if (!names.isEmpty()) {
                extensions.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(names.toArray(GeneralName[]::new)));
            }
            PKCS10CertificationRequestBuilder builder =
                    new JcaPKCS10CertificationRequestBuilder(subject, keys.getPublic());
            if (!extensions.isEmpty()) {
                builder.addAttribute(
                        PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate());
            }
            attributes.forEach(builder::addAttribute);
            return builder.build(new JcaContentSignerBuilder(algorithm()).build(keys.getPrivate()))
                    .getEncoded();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private String algorithm() {
        return switch (keys.getPublic().getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> "Ed25519";
        };
    }

    public byte[] pem() {
        return ("-----BEGIN CERTIFICATE REQUEST-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der())
                        + "\n-----END CERTIFICATE REQUEST-----\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    public String base64() {
        return Base64.getEncoder().encodeToString(pem());
    }

    /// A self-signed certificate, as an answer of a fake CA.
    public static X509Certificate certificate() {
        try {
            X500Name name = new X500Name("CN=test");
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            new JcaX509v3CertificateBuilder(
                                            name,
                                            BigInteger.valueOf(0xabcd),
                                            Date.from(Instant.parse("2026-01-01T00:00:00Z")),
                                            Date.from(Instant.parse("2036-01-01T00:00:00Z")),
                                            name,
                                            EC.getPublic())
                                    .build(
                                            new JcaContentSignerBuilder("SHA256withECDSA")
                                                    .build(EC.getPrivate())));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
