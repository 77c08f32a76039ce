package dev.signet.client;

import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;

/// A root, optionally an issuing CA below it, and leaves in every shape that tests want.
final class TestCa {

    static final Duration CA_LIFE = Duration.ofDays(20 * 365);

    private final SecureRandom random = new SecureRandom();
    private final TrustDomain domain;
    private final X509Certificate root;
    private final X509Certificate issuing;
    private final KeyPair issuingKeys;

    private TestCa(
            TrustDomain domain,
            X509Certificate root,
            X509Certificate issuing,
            KeyPair issuingKeys) {
        this.domain = domain;
        this.root = root;
        this.issuing = issuing;
        this.issuingKeys = issuingKeys;
    }

    static TestCa create(String trustDomain, Instant now) {
        KeyPair rootKeys = keys();
        X509Certificate root = ca("Root", rootKeys.getPublic(), "Root", rootKeys, now);
        KeyPair issuingKeys = keys();
        X509Certificate issuing = ca("Issuing", issuingKeys.getPublic(), "Root", rootKeys, now);
        return new TestCa(new TrustDomain(trustDomain), root, issuing, issuingKeys);
    }

    /// The root signs leaves: half the work of a verification.
    static TestCa flat(String trustDomain, Instant now) {
        KeyPair rootKeys = keys();
        X509Certificate root = ca("Root", rootKeys.getPublic(), "Root", rootKeys, now);
        return new TestCa(new TrustDomain(trustDomain), root, root, rootKeys);
    }

    static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    X509Certificate root() {
        return root;
    }

    X509Certificate issuing() {
        return issuing;
    }

    /// The same keys and certificates under the name of another trust domain.
    TestCa claiming(String otherDomain) {
        return new TestCa(new TrustDomain(otherDomain), root, issuing, issuingKeys);
    }

    TrustDomain domain() {
        return domain;
    }

    TrustBundle bundle(long version) {
        return new TrustBundle(domain, version, List.of(root), Duration.ofMinutes(5));
    }

    LeafShape leaf(String path) {
        return new LeafShape("spiffe://" + domain + path);
    }

    X509Svid svid(String path, Instant notBefore, Duration lifetime) {
        KeyPair keys = keys();
        return new X509Svid(
                SpiffeId.parse("spiffe://" + domain + path),
                keys.getPrivate(),
                leaf(path).validity(notBefore, lifetime).chain(keys.getPublic()));
    }

    private static X509Certificate ca(
            String name, PublicKey key, String issuer, KeyPair issuerKeys, Instant now) {
        try {
            X509v3CertificateBuilder builder =
                    new X509v3CertificateBuilder(
                            new X500Name("CN=" + issuer),
                            BigInteger.valueOf(name.hashCode() & 0x7fff_ffffL),
                            Date.from(now.minus(1, ChronoUnit.DAYS)),
                            Date.from(now.plus(CA_LIFE)),
                            new X500Name("CN=" + name),
                            SubjectPublicKeyInfo.getInstance(key.getEncoded()));
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            return sign(builder, issuerKeys);
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, KeyPair issuerKeys) {
        try {
            ContentSigner signer =
                    new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKeys.getPrivate());
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(
                                    new ByteArrayInputStream(builder.build(signer).getEncoded()));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /// A leaf to be; as the CA's profile unless told otherwise.
    final class LeafShape {
        private final List<GeneralName> names = new ArrayList<>();
        private Instant notBefore = Instant.EPOCH;
        private Instant notAfter = Instant.EPOCH;
        private int keyUsage = KeyUsage.digitalSignature;
        private boolean isCa;
        private KeyPurposeId[] purposes = {
            KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
        };

        LeafShape(String uri) {
            names.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
        }

        LeafShape anotherUri(String uri) {
            names.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
            return this;
        }

        LeafShape noUri() {
            names.clear();
            return this;
        }

        LeafShape dns(String name) {
            names.add(new GeneralName(GeneralName.dNSName, name));
            return this;
        }

        LeafShape ip(String address) {
            names.add(new GeneralName(GeneralName.iPAddress, address));
            return this;
        }

        LeafShape validity(Instant from, Duration lifetime) {
            notBefore = from.truncatedTo(ChronoUnit.SECONDS);
            notAfter = notBefore.plus(lifetime);
            return this;
        }

        LeafShape keyUsage(int usage) {
            keyUsage = usage;
            return this;
        }

        LeafShape asCa() {
            isCa = true;
            return this;
        }

        LeafShape purposes(KeyPurposeId... extended) {
            purposes = extended;
            return this;
        }

        List<X509Certificate> chain(PublicKey key) {
            try {
                X509v3CertificateBuilder builder =
                        new X509v3CertificateBuilder(
                                X500Name.getInstance(
                                        issuing.getSubjectX500Principal().getEncoded()),
                                new BigInteger(159, random).setBit(158),
                                Date.from(notBefore),
                                Date.from(notAfter),
                                X500Name.getInstance(
                                        ASN1Sequence.getInstance(new byte[] {0x30, 0})),
                                SubjectPublicKeyInfo.getInstance(key.getEncoded()));
                builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isCa));
                builder.addExtension(Extension.keyUsage, true, new KeyUsage(keyUsage));
                if (purposes.length > 0) {
                    builder.addExtension(
                            Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
                }
                if (!names.isEmpty()) {
                    builder.addExtension(
                            Extension.subjectAlternativeName,
                            true,
                            new GeneralNames(names.toArray(GeneralName[]::new)));
                }
                X509Certificate leaf = sign(builder, issuingKeys);
                return issuing.equals(root) ? List.of(leaf) : List.of(leaf, issuing);
            } catch (java.io.IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
