package dev.signet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Chains that a verifier has to refuse, or must not refuse, made here after the cases of
/// x509-limbo (C2SP): its ids are beside the tests. limbo's own certificates are in [LimboTest].
class HostileChainsTest {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final TrustDomain DOMAIN = new TrustDomain("example.org");
    private static final KeyPair EC = TestCa.keys();
    private static final KeyPair OTHER_EC = TestCa.keys();
    private static final KeyPair LEAF_EC = TestCa.keys();
    private static final KeyPair RSA = rsa(2048);
    private static final KeyPair SHORT_RSA = rsa(1024);

    private static KeyPair rsa(int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private KeyPair rootKeys = EC;
    private KeyPair issuingKeys = OTHER_EC;
    private KeyPair leafKeys = LEAF_EC;
    private String issuingSignature = "SHA256withECDSA";
    private String leafSignature = "SHA256withECDSA";
    private PSSParameterSpec leafPss;
    private KeyPurposeId[] issuingPurposes = {};
    private NameConstraints constraints;
    private boolean issuingIsCa = true;
    private int rootPathLength = -1;
    private int rootUsage = KeyUsage.keyCertSign;
    private NameConstraints rootConstraints;
    private KeyPurposeId rootPurpose;
    private String rootCriticalExtension;
    private String criticalExtension;
    private final List<GeneralName> names =
            new ArrayList<>(
                    List.of(
                            new GeneralName(
                                    GeneralName.uniformResourceIdentifier,
                                    "spiffe://example.org/orders")));

    private SpiffeId verify(String purpose) throws Exception {
        List<X509Certificate> chain = new ArrayList<>(List.of(leaf(), issuing()));
        return verify(chain, purpose);
    }

    private SpiffeId verify(List<X509Certificate> chain, String purpose) throws Exception {
        return SvidVerifier.verify(chain, bundles(root("Root")), NOW, Set.of(purpose));
    }

    private static Map<TrustDomain, TrustBundle> bundles(X509Certificate root) {
        return Map.of(DOMAIN, new TrustBundle(DOMAIN, 1, List.of(root), Duration.ofMinutes(5)));
    }

    private void accepted() throws Exception {
        assertThat(verify(SvidVerifier.CLIENT_AUTH).path()).isEqualTo("/orders");
    }

    /// Refused as what verifiers throw, and nothing else.
    private void refused(String message) {
        assertThatThrownBy(() -> verify(SvidVerifier.CLIENT_AUTH))
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining(message);
    }

    private X509Certificate root(String name) throws Exception {
        X509v3CertificateBuilder builder = builder(name, name, rootKeys);
        builder.addExtension(
                Extension.basicConstraints,
                true,
                rootPathLength < 0
                        ? new BasicConstraints(true)
                        : new BasicConstraints(rootPathLength));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(rootUsage));
        if (rootConstraints != null) {
            builder.addExtension(Extension.nameConstraints, true, rootConstraints);
        }
        if (rootPurpose != null) {
            builder.addExtension(
                    Extension.extendedKeyUsage, false, new ExtendedKeyUsage(rootPurpose));
        }
        if (rootCriticalExtension != null) {
            builder.addExtension(
                    new ASN1ObjectIdentifier(rootCriticalExtension), true, DERNull.INSTANCE);
        }
        return signed(
                builder,
                rootKeys,
                rootKeys.getPublic().getAlgorithm().equals("RSA")
                        ? "SHA256withRSA"
                        : "SHA256withECDSA",
                null);
    }

    private X509Certificate issuing() throws Exception {
        X509v3CertificateBuilder builder = builder("Root", "Issuing", issuingKeys);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(issuingIsCa));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
        if (issuingPurposes.length > 0) {
            builder.addExtension(
                    Extension.extendedKeyUsage, false, new ExtendedKeyUsage(issuingPurposes));
        }
        if (constraints != null) {
            builder.addExtension(Extension.nameConstraints, true, constraints);
        }
        if (criticalExtension != null) {
            builder.addExtension(
                    new ASN1ObjectIdentifier(criticalExtension), true, DERNull.INSTANCE);
        }
        return signed(builder, rootKeys, issuingSignature, null);
    }

    private X509Certificate leaf() throws Exception {
        X509v3CertificateBuilder builder = builder("Issuing", "", leafKeys);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(
                Extension.extendedKeyUsage,
                false,
                new ExtendedKeyUsage(
                        new KeyPurposeId[] {
                            KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth
                        }));
        builder.addExtension(
                Extension.subjectAlternativeName,
                true,
                new GeneralNames(names.toArray(GeneralName[]::new)));
        return signed(builder, issuingKeys, leafSignature, leafPss);
    }

    private static X509v3CertificateBuilder builder(String issuer, String subject, KeyPair keys) {
        return new X509v3CertificateBuilder(
                new X500Name("CN=" + issuer),
                BigInteger.valueOf(7),
                Date.from(NOW.minusSeconds(60)),
                Date.from(NOW.plusSeconds(3600)),
                new X500Name(subject.isEmpty() ? "" : "CN=" + subject),
                SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()));
    }

    private static X509Certificate signed(
            X509v3CertificateBuilder builder,
            KeyPair issuer,
            String algorithm,
            PSSParameterSpec pss)
            throws Exception {
        ContentSigner signer =
                pss == null
                        ? new JcaContentSignerBuilder(algorithm).build(issuer.getPrivate())
                        : new JcaContentSignerBuilder(algorithm, pss)
                                .setProvider(new BouncyCastleProvider())
                                .build(issuer.getPrivate());
        return (X509Certificate)
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(
                                new ByteArrayInputStream(builder.build(signer).getEncoded()));
    }

    @Test
    void acceptsAChainWithoutAFault() throws Exception {
        accepted();
        assertThat(verify(SvidVerifier.SERVER_AUTH).path()).isEqualTo("/orders");
    }

    // webpki::forbidden-signature-algorithm-in-leaf, -in-root
    @Test
    void refusesSignaturesWithSha1OfLeafAndIntermediate() {
        leafSignature = "SHA1withECDSA";
        refused("SHA1withECDSA");
        leafSignature = "SHA256withECDSA";
        issuingSignature = "SHA1withECDSA";
        refused("SHA1withECDSA");
        issuingSignature = "SHA256withECDSA";
        issuingKeys = RSA;
        leafSignature = "SHA1withRSA";
        refused("SHA1withRSA");
    }

    @Test
    void judgesRsaPssByItsHash() throws Exception {
        issuingKeys = RSA;
        leafPss = new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);
        leafSignature = "RSASSA-PSS";
        accepted();
        leafPss = new PSSParameterSpec("SHA-1", "MGF1", MGF1ParameterSpec.SHA1, 20, 1);
        refused("signed with");
    }

    // webpki::forbidden-weak-rsa-in-leaf, -in-root, -key-in-root
    @Test
    void refusesRsaBelow2048BitsInLeafIntermediateAndRoot() {
        leafKeys = SHORT_RSA;
        refused("RSA key of 1024 bits (expected: 2048 or more)");
        leafKeys = LEAF_EC;
        issuingKeys = SHORT_RSA;
        leafSignature = "SHA256withRSA";
        refused("RSA key of 1024 bits");
        issuingKeys = OTHER_EC;
        leafSignature = "SHA256withECDSA";
        rootKeys = SHORT_RSA;
        issuingSignature = "SHA256withRSA";
        refused("RSA key of 1024 bits");
    }

    // rfc5280::eku::ee-*, webpki::eku::*
    @Test
    void anIntermediateOfOnePurposeIssuesForThatAlone() throws Exception {
        issuingPurposes = new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth};
        refused("may not issue for this direction");
        assertThat(verify(SvidVerifier.SERVER_AUTH)).isNotNull();
        issuingPurposes =
                new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth};
        accepted();
        issuingPurposes = new KeyPurposeId[] {KeyPurposeId.anyExtendedKeyUsage};
        accepted();
        issuingPurposes = new KeyPurposeId[] {KeyPurposeId.id_kp_codeSigning};
        refused("may not issue for this direction");
    }

    private static NameConstraints excluded(GeneralName base) {
        return new NameConstraints(null, new GeneralSubtree[] {new GeneralSubtree(base)});
    }

    private static NameConstraints permitted(GeneralName base) {
        return new NameConstraints(new GeneralSubtree[] {new GeneralSubtree(base)}, null);
    }

    private static GeneralName otherName(String text) {
        return new GeneralName(
                GeneralName.otherName,
                new DERSequence(
                        new ASN1Encodable[] {
                            new ASN1ObjectIdentifier("1.3.6.1.4.1.311.20.2.3"),
                            new DERTaggedObject(true, 0, new DERUTF8String(text))
                        }));
    }

    // rfc5280::nc::nc-forbids-othername
    @Test
    void aConstraintThatCannotBeComparedRefusesWithoutAnotherException() {
        names.add(otherName("someone@example.org"));
        constraints = excluded(otherName("someone@example.org"));
        refused("name constraint of a kind that cannot be checked");
        constraints = permitted(otherName("someone@example.org"));
        refused("name constraint of a kind that cannot be checked");
    }

    @Test
    void aConstraintOnNamesThatTheLeafDoesNotHaveStopsNothing() throws Exception {
        constraints = excluded(otherName("someone@example.org"));
        accepted();
    }

    // rfc5280::nc::permitted-*-mismatch, excluded-*-match, permitted-*-match
    @ParameterizedTest
    @CsvSource({
        "6,example.org,example.net",
        "2,example.org,example.net",
        "1,example.org,example.net",
    })
    void constraintsOfUriDnsAndEmailAreHonored(int kind, String own, String other)
            throws Exception {
        names.add(new GeneralName(GeneralName.dNSName, "orders.example.org"));
        names.add(new GeneralName(GeneralName.rfc822Name, "orders@example.org"));
        constraints = permitted(new GeneralName(kind, own));
        accepted();
        constraints = excluded(new GeneralName(kind, other));
        accepted();
        constraints = excluded(new GeneralName(kind, own));
        refused("does not verify");
        constraints = permitted(new GeneralName(kind, other));
        refused("does not verify");
    }

    @Test
    void constraintsOfAddressesAndDirectoryNamesAreHonored() throws Exception {
        names.add(new GeneralName(GeneralName.iPAddress, "10.1.2.3"));
        names.add(new GeneralName(new X500Name("O=Shop,CN=orders")));
        constraints = permitted(new GeneralName(GeneralName.iPAddress, "10.0.0.0/8"));
        accepted();
        constraints = permitted(new GeneralName(GeneralName.iPAddress, "192.0.2.0/24"));
        refused("does not verify");
        constraints = excluded(new GeneralName(new X500Name("O=Shop")));
        refused("does not verify");
    }

    @ParameterizedTest
    @ValueSource(ints = {GeneralName.registeredID, GeneralName.x400Address})
    void constraintsOfRareKindsNeverLetAnotherExceptionOut(int kind) {
        GeneralName rare =
                kind == GeneralName.registeredID
                        ? new GeneralName(GeneralName.registeredID, "1.2.3.4")
                        : new GeneralName(
                                GeneralName.x400Address,
                                new DERSequence(new DEROctetString(new byte[] {1})));
        names.add(rare);
        constraints = excluded(rare);
        assertThatThrownBy(() -> verify(SvidVerifier.CLIENT_AUTH))
                .isInstanceOf(CertificateException.class);
    }

    // rfc5280::unknown-critical-extension-intermediate, rfc5280::ca-as-leaf, intermediate-not-ca
    @Test
    void refusesAnIntermediateThatIsNoCaOrHasAnUnknownCriticalExtension() {
        issuingIsCa = false;
        refused("does not verify");
        issuingIsCa = true;
        criticalExtension = "1.3.6.1.4.1.99999.1";
        refused("does not verify");
    }

    // rfc5280::nc::*-match and -mismatch have their constraints in the root
    @Test
    void nameConstraintsOfAnAuthorityAreHonored() throws Exception {
        int uri = GeneralName.uniformResourceIdentifier;
        rootConstraints = permitted(new GeneralName(uri, "example.org"));
        accepted();
        rootConstraints = excluded(new GeneralName(uri, "example.net"));
        accepted();
        rootConstraints = excluded(new GeneralName(uri, "example.org"));
        refused("does not verify");
        rootConstraints = permitted(new GeneralName(uri, "example.net"));
        refused("does not verify");
        rootConstraints = excluded(otherName("x"));
        accepted();
        names.add(otherName("x"));
        refused("name constraint of a kind that cannot be checked");
    }

    // pathological::nc-dos-*
    @Test
    void moreNamesAndConstraintsThanCanBeComparedQuicklyAreRefusedBeforeTheyAre() {
        GeneralSubtree[] many = new GeneralSubtree[2000];
        for (int i = 0; i < many.length; i++) {
            many[i] = new GeneralSubtree(new GeneralName(GeneralName.dNSName, "x" + i + ".test"));
            names.add(new GeneralName(GeneralName.dNSName, "y" + i + ".test"));
        }
        constraints = new NameConstraints(null, many);
        refused("bytes of name constraints");
        constraints = null;
        rootConstraints = new NameConstraints(null, many);
        refused("bytes of name constraints");
    }

    // rfc5280::root-inconsistent-ca-extensions, rfc5280::unknown-critical-extension-root,
    // webpki::eku::root-has-eku as far as it is of another purpose
    @Test
    void whatAnAuthorityIsNotForItIsNotUsedFor() throws Exception {
        rootUsage = KeyUsage.cRLSign;
        refused("has a key usage without keyCertSign");
        rootUsage = KeyUsage.keyCertSign;
        rootPurpose = KeyPurposeId.id_kp_codeSigning;
        refused("may not issue for this direction");
        rootPurpose = KeyPurposeId.id_kp_clientAuth;
        accepted();
        rootPurpose = null;
        rootCriticalExtension = "1.3.6.1.4.1.99999.1";
        refused("has a critical extension that is not known here");
    }

    @Test
    void thePathLengthOfAnAuthorityCounts() throws Exception {
        rootPathLength = 1;
        accepted();
        rootPathLength = 0;
        refused("allows 0 CAs below it, not 1");
    }

    // webpki::forbidden-dsa-leaf
    @Test
    void refusesAKeyOfDsa() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("DSA");
        generator.initialize(2048);
        leafKeys = generator.generateKeyPair();
        refused("has a key of algorithm DSA");
    }

    // rfc5280::validity::notafter-fractional, -notafter-exact, -expired-1-second
    @Test
    void theLastSecondOfAValidityCountsWhole() throws Exception {
        List<X509Certificate> chain = List.of(leaf(), issuing());
        Map<TrustDomain, TrustBundle> bundles = bundles(root("Root"));
        Instant end = NOW.plusSeconds(3600);
        Set<String> purposes = Set.of(SvidVerifier.CLIENT_AUTH);
        assertThat(SvidVerifier.verify(chain, bundles, end.plusMillis(999), purposes)).isNotNull();
        assertThatThrownBy(() -> SvidVerifier.verify(chain, bundles, end.plusSeconds(1), purposes))
                .isInstanceOf(CertificateException.class);
    }

    @Test
    void namesAChainInAnotherOrderAndABundleThatWasAppended() throws Exception {
        X509Certificate leaf = leaf();
        X509Certificate issuing = issuing();
        List<X509Certificate> bundle = List.of(leaf, issuing, root("Another root"));
        assertThatThrownBy(() -> verify(bundle, SvidVerifier.CLIENT_AUTH))
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining("chain is not in order: certificate 3")
                .hasMessageContaining("take a trust bundle that was appended out");
        List<X509Certificate> twice = List.of(leaf, leaf, issuing);
        assertThatThrownBy(() -> verify(twice, SvidVerifier.CLIENT_AUTH))
                .hasMessageContaining("chain is not in order: certificate 2");
    }
}
