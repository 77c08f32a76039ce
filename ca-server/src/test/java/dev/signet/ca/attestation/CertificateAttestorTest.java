package dev.signet.ca.attestation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.TestCertificates.SubjectKeyType;
import dev.signet.ca.authority.IssuingAuthority;
import dev.signet.ca.authority.KeyType;
import dev.signet.ca.authority.TestAuthority;
import dev.signet.ca.certificate.CertificateContent;
import dev.signet.ca.certificate.CertificateProfile;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.certificate.SigningRequest;
import dev.signet.ca.certificate.SigningRequestReader;
import dev.signet.ca.certificate.Validity;
import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.refusal.RefusalCode;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;

class CertificateAttestorTest {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final TrustDomain DOMAIN = TestAuthority.TRUST_DOMAIN;
    private static final String ORDERS = "spiffe://example.org/ns/shop/sa/orders";
    private static final TestAuthority CA = TestAuthority.at(NOW);

    private final TestAttestation.FixedBundle bundle =
            new TestAttestation.FixedBundle(DOMAIN, 1, CA.root());
    private final CertificateAttestor attestor =
            new CertificateAttestor(
                    DOMAIN,
                    new IssuerPaths(bundle, _ -> true, TestCertificates.CRYPTO),
                    _ -> java.util.Optional.empty(),
                    TestAttestation.noRevokedIssuers());

    @Test
    void R16_entitlesToTheSameIdentityOnly() {
        Attestation.Outcome outcome = attestor.attest(chain(CA, ORDERS), NOW);

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Attestation.Outcome.Attested.class,
                        attested -> {
                            AttestedCaller caller = attested.caller();
                            assertThat(caller.kind()).isEqualTo(EvidenceKind.CURRENT_CERTIFICATE);
                            assertThat(caller.subject()).isEqualTo(ORDERS);
                            assertThat(caller.bound().exact())
                                    .hasValue(SpiffeId.parse(ORDERS).orElseThrow());
                        });
    }

    @ParameterizedTest
    @EnumSource(KeyType.class)
    void acceptsLeavesOfEveryKindOfAuthority(KeyType keyType) {
        TestAuthority ca = TestAuthority.with(keyType, NOW, Duration.ofDays(30), signer -> signer);
        bundle.replace(DOMAIN, 2, ca.root());

        assertThat(attestor.attest(chain(ca, ORDERS), NOW))
                .isInstanceOf(Attestation.Outcome.Attested.class);
    }

    @Test
    void attestsARegistrationAuthorityAndMarksWhatItReports() {
        List<X509Certificate> chain = chain(CA, ORDERS);
        Attestation.Outcome outcome =
                attestor.registrationAuthority(
                        new Evidence.RegistrationAuthority(
                                chain,
                                "shop/web-7",
                                Map.of(
                                        "kubernetes.namespace", "admin",
                                        "registration-authority.spiffe-id", "spiffe://x/y")),
                        NOW);

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Attestation.Outcome.Attested.class,
                        attested -> {
                            AttestedCaller caller = attested.caller();
                            assertThat(caller.kind())
                                    .isEqualTo(EvidenceKind.REGISTRATION_AUTHORITY);
                            assertThat(caller.subject()).isEqualTo(ORDERS + "|shop/web-7");
                            assertThat(caller.bound()).isNull();
                            assertThat(caller.attributes())
                                    .containsOnly(
                                            Map.entry("reported.kubernetes.namespace", "admin"),
                                            Map.entry(
                                                    "reported.registration-authority.spiffe-id",
                                                    "spiffe://x/y"),
                                            Map.entry("registration-authority.spiffe-id", ORDERS),
                                            Map.entry(
                                                    "registration-authority.serial-number",
                                                    chain.getFirst()
                                                            .getSerialNumber()
                                                            .toString(16)));
                        });
    }

    @Test
    void refusesARegistrationAuthorityWhoseOwnCertificateProvesNothing() {
        TestAuthority stranger = TestAuthority.at(NOW);
        for (Attestation.Outcome outcome :
                List.of(
                        asks(chain(stranger, ORDERS), NOW),
                        asks(chain(CA, ORDERS), NOW.plus(Duration.ofHours(2))),
                        asks(chain(CA, ORDERS), NOW.minus(Duration.ofHours(1))),
                        asks(List.of(), NOW))) {
            assertRefused(outcome, "");
        }
        bundle.replace(DOMAIN, 2, stranger.root());
        assertRefused(asks(chain(CA, ORDERS), NOW), "does not lead to a root of ours");
    }

    private Attestation.Outcome asks(List<X509Certificate> chain, Instant now) {
        return attestor.registrationAuthority(
                new Evidence.RegistrationAuthority(chain, "a", Map.of()), now);
    }

    @Test
    void acceptsAChainThatHoldsTheRootAsWell() {
        List<X509Certificate> chain = new ArrayList<>(chain(CA, ORDERS));
        chain.add(TestCertificates.parse(CA.root()));

        assertThat(attestor.attest(chain, NOW)).isInstanceOf(Attestation.Outcome.Attested.class);
    }

    @Test
    void R17_checksValidityAtEachUse() {
        List<X509Certificate> chain = chain(CA, ORDERS);
        Instant notBefore = chain.getFirst().getNotBefore().toInstant();
        Instant notAfter = chain.getFirst().getNotAfter().toInstant();

        assertThat(attestor.attest(chain, notAfter.plusMillis(999)))
                .isInstanceOf(Attestation.Outcome.Attested.class);
        refuses(chain, notAfter.plusSeconds(1), "expired");
        refuses(chain, notBefore.minusMillis(1), "not valid yet");
        assertThat(attestor.attest(chain, notBefore))
                .isInstanceOf(Attestation.Outcome.Attested.class);
    }

    @Test
    void refusesACertificateOfAnotherCaWithTheSameNames() {
        TestAuthority other = TestAuthority.at(NOW);
        List<X509Certificate> foreign = chain(other, ORDERS);

        refuses(foreign, NOW, "root");
        // Our intermediate above their leaf, and theirs above ours.
        refuses(List.of(foreign.get(0), chain(CA, ORDERS).get(1)), NOW, "");
        refuses(List.of(chain(CA, ORDERS).get(0), foreign.get(1)), NOW, "");
        List<X509Certificate> withRoot = new ArrayList<>(foreign);
        withRoot.add(TestCertificates.parse(other.root()));
        refuses(withRoot, NOW, "root");
        withRoot.add(TestCertificates.parse(CA.root()));
        refuses(withRoot, NOW, "");
    }

    @Test
    void refusesALeafThatWasChangedAfterItWasSigned() throws Exception {
        List<X509Certificate> chain = chain(CA, ORDERS);
        byte[] der = chain.getFirst().getEncoded();
        byte[] otherName = der.clone();
        int at = new String(der, StandardCharsets.ISO_8859_1).indexOf("orders");
        otherName[at] = 'b';
        byte[] otherSignature = der.clone();
        otherSignature[der.length - 1] ^= 1;

        for (byte[] changed : List.of(otherName, otherSignature)) {
            refuses(
                    List.of(TestCertificates.parse(changed), chain.get(1)),
                    NOW,
                    "signature does not verify");
        }
    }

    @Test
    void refusesALeafWithoutItsIntermediate() {
        refuses(chain(CA, ORDERS).subList(0, 1), NOW, "no issuer");
        refuses(List.of(), NOW, "expected: 1 to 4");
        X509Certificate leaf = chain(CA, ORDERS).getFirst();
        refuses(List.of(leaf, leaf, leaf, leaf, leaf), NOW, "expected: 1 to 4");
    }

    @Test
    void refusesALeafThatPretendsToIssue() throws Exception {
        KeyPair leafKey = SubjectKeyType.P256.newKeyPair();
        X509Certificate leaf = chain(CA, ORDERS, leafKey).getFirst();
        X509Certificate intermediate = chain(CA, ORDERS).get(1);
        X509Certificate forged =
                TestCertificates.parse(
                        forged(leafKey, "CN=leaf")
                                .build(
                                        new JcaContentSignerBuilder("SHA256withECDSA")
                                                .build(leafKey.getPrivate()))
                                .getEncoded());

        refuses(List.of(forged, leaf, intermediate), NOW, "no CA");
    }

    @Test
    void forgetsAPathWithTheRootThatItLedTo() {
        List<X509Certificate> chain = chain(CA, ORDERS);
        assertThat(attestor.attest(chain, NOW)).isInstanceOf(Attestation.Outcome.Attested.class);

        bundle.replace(DOMAIN, 2, TestAuthority.at(NOW).root());
        refuses(chain, NOW, "root");
        bundle.replace(DOMAIN, 3);
        refuses(chain, NOW, "trust bundle is empty");
        bundle.replace(DOMAIN, 4, CA.root());
        assertThat(attestor.attest(chain, NOW)).isInstanceOf(Attestation.Outcome.Attested.class);
    }

    @Test
    void R16_refusesARevokedCertificateAndOneThatARevokedAuthorityIssued() {
        List<X509Certificate> chain = chain(CA, ORDERS);
        for (X509Certificate revoked : chain) {
            CertificateAttestor informed =
                    new CertificateAttestor(
                            DOMAIN,
                            new IssuerPaths(bundle, _ -> true, TestCertificates.CRYPTO),
                            shown ->
                                    shown.contains(revoked)
                                            ? java.util.Optional.of(
                                                    dev.signet.ca.refusal.Refusal.withDiagnosis(
                                                            RefusalCode.UNAUTHENTICATED,
                                                            "no",
                                                            "it was revoked"))
                                            : java.util.Optional.empty(),
                            TestAttestation.noRevokedIssuers());
            assertRefused(informed.attest(chain, NOW), "revoked");
            assertRefused(
                    informed.registrationAuthority(
                            new Evidence.RegistrationAuthority(chain, "shop/web-7", Map.of()), NOW),
                    "revoked");
        }
    }

    @Test
    void refusesIdsOfAnotherTrustDomain() {
        CertificateAttestor elsewhere =
                new CertificateAttestor(
                        new TrustDomain("example.com"),
                        new IssuerPaths(bundle, _ -> true, TestCertificates.CRYPTO),
                        _ -> java.util.Optional.empty(),
                        TestAttestation.noRevokedIssuers());

        assertRefused(elsewhere.attest(chain(CA, ORDERS), NOW), "trust domain");
    }

    @Test
    void refusesTheCasOwnCertificates() {
        X509Certificate intermediate = chain(CA, ORDERS).get(1);

        refuses(List.of(intermediate), NOW, "is a CA's");
        refuses(List.of(TestCertificates.parse(CA.root())), NOW, "is a CA's");
    }

    @Test
    void refusesOtherProfiles() throws Exception {
        KeyPair rootKey = SubjectKeyType.P256.newKeyPair();
        X509Certificate root =
                TestCertificates.parse(
                        new JcaX509v3CertificateBuilder(
                                        new X500Name("CN=own"),
                                        BigInteger.ONE,
                                        Date.from(NOW.minusSeconds(60)),
                                        Date.from(NOW.plusSeconds(600)),
                                        new X500Name("CN=own"),
                                        rootKey.getPublic())
                                .addExtension(
                                        Extension.basicConstraints, true, new BasicConstraints(0))
                                .addExtension(
                                        Extension.keyUsage,
                                        true,
                                        new KeyUsage(KeyUsage.keyCertSign))
                                .build(
                                        new JcaContentSignerBuilder("SHA256withECDSA")
                                                .build(rootKey.getPrivate()))
                                .getEncoded());
        bundle.replace(DOMAIN, 2, root.getEncoded());
        KeyUsage signature = new KeyUsage(KeyUsage.digitalSignature);
        GeneralName id = new GeneralName(GeneralName.uniformResourceIdentifier, ORDERS);
        GeneralName other =
                new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://example.org/b");
        KeyPurposeId client = KeyPurposeId.id_kp_clientAuth;

        // A leaf like ours, but for its issuer: our roots sign no leaves.
        assertRefused(
                attest(root, rootKey, signature, client, id), "no issuer was presented with it");
        assertRefused(attest(root, rootKey, signature, client, id, other), "exactly one URI");
        assertRefused(
                attest(
                        root,
                        rootKey,
                        signature,
                        client,
                        id,
                        new GeneralName(
                                GeneralName.uniformResourceIdentifier, "https://example.org/")),
                "exactly one URI");
        assertRefused(attest(root, rootKey, signature, client), "exactly one URI");
        assertRefused(
                attest(
                        root,
                        rootKey,
                        signature,
                        client,
                        new GeneralName(GeneralName.dNSName, "orders")),
                "exactly one URI");
        for (String text :
                List.of(
                        "https://example.org/a",
                        "spiffe://EXAMPLE.org/ns/shop/sa/orders",
                        "spiffe://example.org",
                        "spiffe://example.org/a/../b",
                        "spiffe://example.org/a?x")) {
            assertRefused(
                    attest(
                            root,
                            rootKey,
                            signature,
                            client,
                            new GeneralName(GeneralName.uniformResourceIdentifier, text)),
                    "exactly one URI");
        }
        assertRefused(
                attest(root, rootKey, signature, KeyPurposeId.id_kp_serverAuth, id), "TLS clients");
        assertRefused(
                attest(
                        root,
                        rootKey,
                        new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign),
                        client,
                        id),
                "key usage");
        assertRefused(
                attest(root, rootKey, new KeyUsage(KeyUsage.keyAgreement), client, id),
                "key usage");
    }

    private Attestation.Outcome attest(
            X509Certificate root,
            KeyPair rootKey,
            KeyUsage usage,
            KeyPurposeId purpose,
            GeneralName... names)
            throws Exception {
        X509v3CertificateBuilder builder =
                new JcaX509v3CertificateBuilder(
                                new X500Name("CN=own"),
                                BigInteger.TWO,
                                Date.from(NOW.minusSeconds(10)),
                                Date.from(NOW.plusSeconds(100)),
                                new X500Name(names.length == 0 ? "CN=leaf" : ""),
                                SubjectKeyType.P256.keyPair().getPublic())
                        .addExtension(Extension.keyUsage, true, usage)
                        .addExtension(
                                Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
        if (names.length > 0) {
            builder.addExtension(Extension.subjectAlternativeName, true, new GeneralNames(names));
        }
        X509Certificate leaf =
                TestCertificates.parse(
                        builder.build(
                                        new JcaContentSignerBuilder("SHA256withECDSA")
                                                .build(rootKey.getPrivate()))
                                .getEncoded());
        return attestor.attest(List.of(leaf), NOW);
    }

    private static X509v3CertificateBuilder forged(KeyPair key, String issuer) throws Exception {
        return new JcaX509v3CertificateBuilder(
                        new X500Name(issuer),
                        BigInteger.TEN,
                        Date.from(NOW.minusSeconds(10)),
                        Date.from(NOW.plusSeconds(100)),
                        new X500Name(""),
                        key.getPublic())
                .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                .addExtension(
                        Extension.extendedKeyUsage,
                        false,
                        new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth))
                .addExtension(
                        Extension.subjectAlternativeName,
                        true,
                        new GeneralNames(
                                new GeneralName(
                                        GeneralName.uniformResourceIdentifier,
                                        "spiffe://example.org/admin")));
    }

    static List<X509Certificate> chain(TestAuthority ca, String id) {
        return chain(ca, id, SubjectKeyType.P256.keyPair());
    }

    private static List<X509Certificate> chain(TestAuthority ca, String id, KeyPair key) {
        IssuingAuthority authority = ca.issuing();
        byte[] csr = TestCertificates.request(key, "SHA256withECDSA", new X500Name(""), null);
        SigningRequest request =
                switch (new SigningRequestReader(TestCertificates.CRYPTO).read(csr)) {
                    case SigningRequest.Reading.Accepted(SigningRequest accepted) -> accepted;
                    case SigningRequest.Reading.Rejected(var refusal) ->
                            throw new AssertionError(refusal);
                };
        Validity validity = Validity.of(NOW.minusSeconds(15), Duration.ofHours(1));
        byte[] leaf =
                authority
                        .prepare(
                                CertificateContent.ofWorkload(
                                        SerialNumber.of(validity.notAfter(), new byte[16]),
                                        authority.issuer(),
                                        validity,
                                        SpiffeId.parse(id).orElseThrow(),
                                        request.key(),
                                        CertificateProfile.WORKLOAD))
                        .sign()
                        .der();
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(TestCertificates.parse(leaf));
        authority.chain().forEach(der -> chain.add(TestCertificates.parse(der)));
        return chain;
    }

    private void refuses(List<X509Certificate> chain, Instant now, String why) {
        assertRefused(attestor.attest(chain, now), why);
    }

    private static void assertRefused(Attestation.Outcome outcome, String why) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Attestation.Outcome.Refused.class,
                        refused -> {
                            assertThat(refused.refusal().code())
                                    .isEqualTo(RefusalCode.UNAUTHENTICATED);
                            assertThat(refused.refusal().diagnosis()).contains(why);
                        });
    }
}
