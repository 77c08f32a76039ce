package dev.signet.ca.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.TestCertificates.SubjectKeyType;
import dev.signet.ca.identity.SpiffeId;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigInteger;
import java.net.InetAddress;
import java.security.Signature;
import java.security.cert.CertificateExpiredException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Random;

class LeafEncoderTest {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final X500Name ISSUER =
            new X500Name("O=example.org,CN=Signet Issuing CA 01020304");

    static Issuer issuer(SignatureAlgorithm algorithm) throws Exception {
        byte[] identifier = new byte[20];
        new Random(7).nextBytes(identifier);
        return new Issuer(
                ISSUER.getEncoded("DER"),
                identifier,
                new Validity(
                        Instant.parse("1960-01-01T00:00:00Z"),
                        Instant.parse("9999-12-31T23:59:59Z")),
                algorithm);
    }

    static SubjectKeyType issuerKeyType(SignatureAlgorithm algorithm) {
        return switch (algorithm) {
            case ECDSA_P256_SHA256 -> SubjectKeyType.P256;
            case ECDSA_P384_SHA384 -> SubjectKeyType.P384;
            case ED25519 -> SubjectKeyType.ED25519;
            case RSA_SHA256 -> SubjectKeyType.RSA2048;
        };
    }

    static SubjectKey key(SubjectKeyType type) {
        byte[] keyInfo = type.keyPair().getPublic().getEncoded();
        return new SubjectKey(
                type.publicKeyType(), keyInfo, TestCertificates.CRYPTO.sha256(keyInfo));
    }

    static CertificateContent content(
            Issuer issuer, Validity validity, List<String> names, List<InetAddress> addresses) {
        byte[] random = new byte[16];
        new Random(3).nextBytes(random);
        return new CertificateContent(
                SerialNumber.of(validity.notAfter(), random),
                issuer,
                validity,
                SpiffeId.parse("spiffe://example.org/ns/shop/sa/orders").orElseThrow(),
                new AlternativeNames(names, addresses, List.of(), List.of()),
                SubjectName.EMPTY,
                key(SubjectKeyType.P256),
                CertificateProfile.WORKLOAD,
                CertificateProfile.WORKLOAD.extendedKeyUsages());
    }

    static byte[] signed(CertificateContent content) throws Exception {
        LeafEncoder encoder = new LeafEncoder(content.issuer());
        byte[] toBeSigned = encoder.toBeSigned(content);
        Signature signature =
                TestCertificates.CRYPTO.newSignature(content.issuer().algorithm().jcaName());
        signature.initSign(issuerKeyType(content.issuer().algorithm()).keyPair().getPrivate());
        signature.update(toBeSigned);
        return encoder.certificate(toBeSigned, signature.sign());
    }

    private static byte[] byBouncyCastle(CertificateContent content) throws Exception {
        List<GeneralName> names = new ArrayList<>();
        names.add(
                new GeneralName(
                        GeneralName.uniformResourceIdentifier, content.spiffeId().toString()));
        for (String name : content.names().dnsNames()) {
            names.add(new GeneralName(GeneralName.dNSName, name));
        }
        for (InetAddress address : content.names().ipAddresses()) {
            names.add(
                    new GeneralName(
                            GeneralName.iPAddress,
                            new org.bouncycastle.asn1.DEROctetString(address.getAddress())));
        }
        ContentSigner signer =
                new JcaContentSignerBuilder(content.issuer().algorithm().jcaName())
                        .build(issuerKeyType(content.issuer().algorithm()).keyPair().getPrivate());
        return new X509v3CertificateBuilder(
                        ISSUER,
                        new BigInteger(1, content.serialNumber().octets()),
                        Date.from(content.validity().notBefore()),
                        Date.from(content.validity().notAfter()),
                        new X500Name(new org.bouncycastle.asn1.x500.RDN[0]),
                        SubjectPublicKeyInfo.getInstance(content.key().subjectPublicKeyInfo()))
                .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                .addExtension(
                        Extension.extendedKeyUsage,
                        false,
                        new ExtendedKeyUsage(
                                new KeyPurposeId[] {
                                    KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                                }))
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                .addExtension(
                        Extension.authorityKeyIdentifier,
                        false,
                        new AuthorityKeyIdentifier(content.issuer().subjectKeyIdentifier()))
                .addExtension(
                        Extension.subjectAlternativeName,
                        true,
                        new GeneralNames(names.toArray(GeneralName[]::new)))
                .build(signer)
                .toASN1Structure()
                .getTBSCertificate()
                .getEncoded("DER");
    }

    private static CertificateContent random(Random random, SignatureAlgorithm algorithm)
            throws Exception {
        long earliest = Instant.parse("2020-01-01T00:00:00Z").getEpochSecond();
        Instant notBefore = Instant.ofEpochSecond(earliest + random.nextInt(2_000_000_000));
        Validity validity =
                Validity.of(notBefore, Duration.ofSeconds(1 + random.nextInt(100_000_000)));
        byte[] serial = new byte[16];
        random.nextBytes(serial);
        StringBuilder path = new StringBuilder();
        int segments = 1 + random.nextInt(8);
        for (int i = 0; i < segments; i++) {
            path.append('/')
                    .append("aZ09._-x".repeat(1 + random.nextInt(20)), 0, 1 + random.nextInt(8))
                    .append('e');
        }
        List<String> names = new ArrayList<>();
        List<InetAddress> addresses = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            names.add("ca-" + i + ".example.org");
            byte[] address = new byte[random.nextBoolean() ? 4 : 16];
            random.nextBytes(address);
            addresses.add(InetAddress.getByAddress(address));
        }
        SubjectKeyType[] types = SubjectKeyType.values();
        return new CertificateContent(
                SerialNumber.of(validity.notAfter(), serial),
                issuer(algorithm),
                validity,
                new SpiffeId(
                        new dev.signet.ca.identity.TrustDomain("example.org"), path.toString()),
                new AlternativeNames(names, addresses, List.of(), List.of()),
                SubjectName.EMPTY,
                key(types[random.nextInt(types.length)]),
                CertificateProfile.WORKLOAD,
                CertificateProfile.WORKLOAD.extendedKeyUsages());
    }

    @ParameterizedTest
    @EnumSource(SignatureAlgorithm.class)
    void writesTheOctetsThatBouncyCastleWrites(SignatureAlgorithm algorithm) throws Exception {
        Random random = new Random(20261123);
        for (int i = 0; i < 100; i++) {
            CertificateContent content = random(random, algorithm);
            assertThat(new LeafEncoder(content.issuer()).toBeSigned(content))
                    .isEqualTo(byBouncyCastle(content));
            assertThat(LeafLint.firstDefect(signed(content), content)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(SignatureAlgorithm.class)
    void theJdkReadsEveryField(SignatureAlgorithm algorithm) throws Exception {
        CertificateContent content =
                content(
                        issuer(algorithm),
                        Validity.of(NOW, Duration.ofHours(1)),
                        List.of("ca.example.org", "localhost"),
                        List.of(
                                InetAddress.ofLiteral("10.1.2.3"),
                                InetAddress.ofLiteral("fd00::1")));
        X509Certificate leaf = TestCertificates.parse(signed(content));
        leaf.verify(issuerKeyType(algorithm).keyPair().getPublic());
        assertThat(leaf.getVersion()).isEqualTo(3);
        assertThat(leaf.getSubjectX500Principal().getName()).isEmpty();
        assertThat(leaf.getIssuerX500Principal().getEncoded())
                .isEqualTo(content.issuer().subject());
        assertThat(leaf.getPublicKey().getEncoded())
                .isEqualTo(content.key().subjectPublicKeyInfo());
        assertThat(leaf.getNotBefore().toInstant()).isEqualTo(content.validity().notBefore());
        assertThat(leaf.getNotAfter().toInstant()).isEqualTo(content.validity().notAfter());
        assertThat(leaf.getKeyUsage())
                .containsExactly(true, false, false, false, false, false, false, false, false);
        assertThat(leaf.getExtendedKeyUsage())
                .containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
        assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
        assertThat(leaf.getCriticalExtensionOIDs())
                .containsExactlyInAnyOrder("2.5.29.15", "2.5.29.19", "2.5.29.17");
        assertThat(leaf.getNonCriticalExtensionOIDs())
                .containsExactlyInAnyOrder("2.5.29.37", "2.5.29.35");
        List<List<?>> names = List.copyOf(leaf.getSubjectAlternativeNames());
        assertThat(names.getFirst()).isEqualTo(List.of(6, content.spiffeId().toString()));
        assertThat(names.subList(1, 5))
                .containsExactly(
                        List.of(2, "ca.example.org"),
                        List.of(2, "localhost"),
                        List.of(7, "10.1.2.3"),
                        List.of(7, "fd00:0:0:0:0:0:0:1"));
    }

    @Test
    void R1_theSerialNumberIsTwentyPositiveOctetsAsReserved() throws Exception {
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            CertificateContent content = random(random, SignatureAlgorithm.ECDSA_P256_SHA256);
            BigInteger serial = TestCertificates.parse(signed(content)).getSerialNumber();
            assertThat(serial).isPositive();
            assertThat(serial.toByteArray()).hasSize(20).isEqualTo(content.serialNumber().octets());
        }
    }

    @Test
    void R4_bothEndsOfTheValidityAreCounted() throws Exception {
        CertificateContent content =
                content(
                        issuer(SignatureAlgorithm.ECDSA_P256_SHA256),
                        Validity.of(NOW, Duration.ofHours(1)),
                        List.of(),
                        List.of());
        X509Certificate leaf = TestCertificates.parse(signed(content));
        Duration between =
                Duration.between(leaf.getNotBefore().toInstant(), leaf.getNotAfter().toInstant());
        assertThat(between.plusSeconds(1)).isEqualTo(Duration.ofHours(1));
        leaf.checkValidity(Date.from(NOW));
        leaf.checkValidity(Date.from(NOW.plusSeconds(3599)));
        assertThatThrownBy(() -> leaf.checkValidity(Date.from(NOW.plusSeconds(3600))))
                .isInstanceOf(CertificateExpiredException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1999-12-31T23:59:59Z",
                "2000-02-29T00:00:00Z",
                "2049-12-31T23:59:58Z",
                "2049-12-31T23:59:59Z",
                "2050-01-01T00:00:00Z",
                "2100-03-01T00:00:00Z"
            })
    void changesFromUtcTimeToGeneralizedTimeWith2050(String instant) throws Exception {
        CertificateContent content =
                content(
                        issuer(SignatureAlgorithm.ECDSA_P256_SHA256),
                        Validity.of(Instant.parse(instant), Duration.ofSeconds(2)),
                        List.of(),
                        List.of());
        byte[] der = signed(content);
        X509Certificate leaf = TestCertificates.parse(der);
        assertThat(leaf.getNotBefore().toInstant()).isEqualTo(Instant.parse(instant));
        assertThat(leaf.getNotAfter().toInstant()).isEqualTo(Instant.parse(instant).plusSeconds(1));
        assertThat(new LeafEncoder(content.issuer()).toBeSigned(content))
                .isEqualTo(byBouncyCastle(content));
        assertThat(LeafLint.firstDefect(der, content)).isEmpty();
    }

    @Test
    void theLongestSpiffeIdFits() throws Exception {
        CertificateContent content =
                content(
                        issuer(SignatureAlgorithm.ECDSA_P256_SHA256),
                        Validity.of(NOW, Duration.ofHours(1)),
                        List.of(),
                        List.of());
        String prefix = "spiffe://example.org/";
        SpiffeId longest =
                SpiffeId.parse(prefix + "a".repeat(SpiffeId.MAX_LENGTH - prefix.length()))
                        .orElseThrow();
        CertificateContent longContent =
                new CertificateContent(
                        content.serialNumber(),
                        content.issuer(),
                        content.validity(),
                        longest,
                        content.names(),
                        content.subject(),
                        content.key(),
                        content.profile(),
                        content.extendedKeyUsages());
        assertThat(new LeafEncoder(content.issuer()).toBeSigned(longContent))
                .isEqualTo(byBouncyCastle(longContent));
        assertThat(LeafLint.firstDefect(signed(longContent), longContent)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "a..b",
                ".a",
                "a.",
                "-a",
                "a-",
                "a b",
                "a\u0000.example.org",
                "example.org\", \"dns\": \"evil.example",
                "*.*.example.org",
                "*",
                "a.*.example.org",
                "exa_mple.org",
                "éxample.org",
                "example.org\n",
                "a,DNS:evil.example",
                "${jndi:ldap://evil}",
                "{{ .Token }}",
                "spiffe://example.org/a"
            })
    void R13_refusesADnsNameThatIsNone(String name) {
        assertThatThrownBy(() ->
                        content(
                                issuer(SignatureAlgorithm.ECDSA_P256_SHA256),
                                Validity.of(NOW, Duration.ofHours(1)),
                                List.of(name),
                                List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spiffe://example.org/a\", \"uri\": \"spiffe://example.org/admin",
                "spiffe://example.org/a\u0000b",
                "spiffe://example.org/a%2e%2e/b",
                "spiffe://example.org/../admin",
                "spiffe://example.org/a/./b",
                "spiffe://example.org//a",
                "spiffe://example.org/a?x",
                "spiffe://example.org/a#x",
                "spiffe://user@example.org/a",
                "spiffe://example.org:1/a",
                "spiffe://example.org/a,URI:spiffe://example.org/admin",
                "spiffe://example.org/{{.Name}}",
                "spiffe://example.org/ä",
                "spiffe://example.org/a\n"
            })
    void R13_noSuchTextBecomesAnIdentity(String text) {
        assertThat(SpiffeId.parse(text)).isEmpty();
    }

    @Test
    void refusesTooManyNamesAndNamesTwice() {
        assertThatThrownBy(() ->
                        content(
                                issuer(SignatureAlgorithm.ED25519),
                                Validity.of(NOW, Duration.ofHours(1)),
                                java.util.stream.IntStream.range(0, 101)
                                        .mapToObj(i -> "a" + i)
                                        .toList(),
                                List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        content(
                                issuer(SignatureAlgorithm.ED25519),
                                Validity.of(NOW, Duration.ofHours(1)),
                                List.of(),
                                List.of(
                                        InetAddress.getLoopbackAddress(),
                                        InetAddress.getLoopbackAddress())))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
