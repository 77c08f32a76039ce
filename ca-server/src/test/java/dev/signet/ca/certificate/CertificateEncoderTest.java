package dev.signet.ca.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.TestCertificates.SubjectKeyType;
import dev.signet.ca.identity.SpiffeId;

import org.bouncycastle.asn1.x500.X500Name;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.Signature;
import java.security.cert.CertificateExpiredException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Random;

class CertificateEncoderTest {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final X500Name ISSUER =
            new X500Name("O=example.org,CN=Signet Issuing CA 01020304");

    static Issuer issuer(SignatureAlgorithm algorithm) {
        byte[] identifier = new byte[20];
        new Random(7).nextBytes(identifier);
        return new Issuer(
                subject(),
                identifier,
                new Validity(
                        Instant.parse("1960-01-01T00:00:00Z"),
                        Instant.parse("9999-12-31T23:59:59Z")),
                algorithm,
                4);
    }

    private static byte[] subject() {
        try {
            return ISSUER.getEncoded("DER");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
        CertificateEncoder encoder = new CertificateEncoder(content.issuer());
        byte[] toBeSigned = encoder.toBeSigned(content);
        Signature signature =
                TestCertificates.CRYPTO.newSignature(content.issuer().algorithm().jcaName());
        signature.initSign(issuerKeyType(content.issuer().algorithm()).keyPair().getPrivate());
        signature.update(toBeSigned);
        return encoder.certificate(toBeSigned, signature.sign());
    }

    @ParameterizedTest
    @EnumSource(SignatureAlgorithm.class)
    void writesTheOctetsThatBouncyCastleWrites(SignatureAlgorithm algorithm) throws Exception {
        RandomContents contents = new RandomContents(20261123);
        Issuer issuer = issuer(algorithm);
        CertificateEncoder encoder = new CertificateEncoder(issuer);
        for (int i = 0; i < 200; i++) {
            CertificateContent content = contents.next(issuer);
            assertThat(encoder.toBeSigned(content))
                    .as("%s", content)
                    .isEqualTo(BouncyCastleEncoder.toBeSigned(content));
            assertThat(CertificateLint.firstDefect(signed(content), content))
                    .as("%s", content)
                    .isEmpty();
        }
    }

    @Test
    void aProfileThatIsUsedAgainAfterManyOthersIsWrittenTheSame() throws Exception {
        Issuer issuer = issuer(SignatureAlgorithm.ED25519);
        CertificateEncoder encoder = new CertificateEncoder(issuer);
        CertificateContent first = new RandomContents(5).next(issuer);
        byte[] octets = encoder.toBeSigned(first);
        RandomContents contents = new RandomContents(6);
        for (int i = 0; i < 100; i++) {
            encoder.toBeSigned(contents.next(issuer));
        }
        assertThat(encoder.toBeSigned(first)).isEqualTo(octets);
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
        RandomContents contents = new RandomContents(1);
        for (int i = 0; i < 200; i++) {
            CertificateContent content =
                    contents.next(issuer(SignatureAlgorithm.ECDSA_P256_SHA256));
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
        assertThat(new CertificateEncoder(content.issuer()).toBeSigned(content))
                .isEqualTo(BouncyCastleEncoder.toBeSigned(content));
        assertThat(CertificateLint.firstDefect(der, content)).isEmpty();
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
        assertThat(new CertificateEncoder(content.issuer()).toBeSigned(longContent))
                .isEqualTo(BouncyCastleEncoder.toBeSigned(longContent));
        assertThat(CertificateLint.firstDefect(signed(longContent), longContent)).isEmpty();
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
