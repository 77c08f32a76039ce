package dev.signet.cli.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;

class InspectedFileTest {

    private static final Instant FROM = Instant.parse("2030-01-01T00:00:00Z");
    private static final Instant UNTIL = Instant.parse("2030-01-01T00:59:59Z");

    private final KeyPair pair = pair();

    @Test
    void showsACertificate() throws Exception {
        Inspected only = InspectedFile.of(certificate(false)).contents().getFirst();
        assertThat(only).isInstanceOf(Inspected.Certificate.class);
        Inspected.Certificate certificate = (Inspected.Certificate) only;
        assertThat(certificate.role()).isEqualTo(Inspected.Role.LEAF);
        assertThat(certificate.uris()).containsExactly("spiffe://a.b/c");
        assertThat(certificate.otherNames()).containsExactly("DNS:example.org", "IP:127.0.0.1");
        assertThat(certificate.serial()).isEqualTo("4001");
        assertThat(certificate.notBefore()).isEqualTo(FROM);
        assertThat(certificate.notAfter()).isEqualTo(UNTIL);
        assertThat(certificate.key()).isEqualTo("ECDSA P-256");
        assertThat(certificate.signature()).isEqualTo("ECDSA with SHA-256");
        assertThat(certificate.keyUsage()).containsExactly("digitalSignature");
        assertThat(certificate.extendedKeyUsage()).containsExactly("serverAuth", "clientAuth");
        assertThat(certificate.sha256()).hasSize(64);
    }

    @Test
    void tellsARootFromALeaf() throws Exception {
        Inspected.Certificate root =
                (Inspected.Certificate) InspectedFile.of(certificate(true)).contents().getFirst();
        assertThat(root.role()).isEqualTo(Inspected.Role.ROOT);
    }

    @Test
    void showsARequestAndWhetherItsKeyIsHeld() throws Exception {
        byte[] request =
                new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=x"), pair.getPublic())
                        .build(
                                new JcaContentSignerBuilder("SHA256withECDSA")
                                        .build(pair.getPrivate()))
                        .getEncoded();
        assertThat(((Inspected.Request) InspectedFile.of(request).contents().getFirst()).proven())
                .isTrue();
        byte[] forged =
                new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=x"), pair.getPublic())
                        .build(
                                new JcaContentSignerBuilder("SHA256withECDSA")
                                        .build(pair().getPrivate()))
                        .getEncoded();
        assertThat(((Inspected.Request) InspectedFile.of(forged).contents().getFirst()).proven())
                .isFalse();
    }

    private byte[] request(String subject, ASN1ObjectIdentifier... attributes) throws Exception {
        var builder =
                new JcaPKCS10CertificationRequestBuilder(new X500Name(subject), pair.getPublic());
        int number = 0;
        for (ASN1ObjectIdentifier attribute : attributes) {
            ExtensionsGenerator extensions = new ExtensionsGenerator();
            extensions.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(
                            new GeneralName(GeneralName.dNSName, "a" + number++ + ".example.org")));
            extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addAttribute(attribute, extensions.generate());
        }
        return builder.build(
                        new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
                .getEncoded();
    }

    private static final ASN1ObjectIdentifier STANDARD =
            PKCSObjectIdentifiers.pkcs_9_at_extensionRequest;
    private static final ASN1ObjectIdentifier MICROSOFT =
            new ASN1ObjectIdentifier("1.3.6.1.4.1.311.2.1.14");

    @Test
    void E32_showsBothRequestsOfAFileInPemAndInDer() throws Exception {
        byte[] first = request("CN=first");
        byte[] second = request("CN=second");
        String pem = pem("CERTIFICATE REQUEST", first) + pem("NEW CERTIFICATE REQUEST", second);
        ByteArrayOutputStream der = new ByteArrayOutputStream();
        der.writeBytes(first);
        der.writeBytes(second);
        for (byte[] file : List.of(pem.getBytes(StandardCharsets.US_ASCII), der.toByteArray())) {
            InspectedFile inspected = InspectedFile.of(file);
            assertThat(inspected.contents())
                    .extracting(each -> ((Inspected.Request) each).subject())
                    .containsExactly("CN=first", "CN=second");
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            new InspectionText(FROM, TestStyle.none()).print(inspected, new PrintStream(out));
            assertThat(out.toString(StandardCharsets.UTF_8))
                    .contains("The server takes one certification request");
        }
        der.write(0);
        assertThatThrownBy(() -> InspectedFile.of(der.toByteArray()))
                .hasMessageContaining("something else after 2");
    }

    @Test
    void E32_showsWhatBothAttributesOfARequestAskFor() throws Exception {
        for (ASN1ObjectIdentifier other : List.of(MICROSOFT, STANDARD)) {
            Inspected.Request request =
                    (Inspected.Request)
                            InspectedFile.of(request("CN=x", STANDARD, other))
                                    .contents()
                                    .getFirst();
            assertThat(request.otherNames())
                    .containsExactlyInAnyOrder("DNS:a0.example.org", "DNS:a1.example.org");
            assertThat(request.attributes()).hasSize(2).contains("extensionRequest");
            assertThat(request.extensions())
                    .containsExactly(
                            "basicConstraints: CA, path length 0",
                            "basicConstraints: CA, path length 0");
        }
    }

    @Test
    void E32_saysWhetherTheServerReadsARequestByTheServersOwnReader() throws Exception {
        Inspected.Request fine =
                (Inspected.Request)
                        InspectedFile.of(request("CN=x", STANDARD)).contents().getFirst();
        assertThat(fine.refusal()).isEmpty();
        Inspected.Request twice =
                (Inspected.Request)
                        InspectedFile.of(request("CN=x", STANDARD, STANDARD)).contents().getFirst();
        assertThat(twice.refusal()).contains("an attribute twice");
    }

    @Test
    void showsEveryBlockOfAPemFileButNoKey() throws Exception {
        String pem =
                pem("CERTIFICATE", certificate(false))
                        + "some text\n"
                        + pem("CERTIFICATE", certificate(true))
                        + pem("PRIVATE KEY", pair.getPrivate().getEncoded());
        InspectedFile file = InspectedFile.of(pem.getBytes(StandardCharsets.US_ASCII));
        assertThat(file.contents()).hasSize(3);
        assertThat(file.contents().get(2)).isEqualTo(new Inspected.Hidden("PRIVATE KEY"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hello",
                "-----BEGIN CERTIFICATE-----",
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
                "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----",
                "-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----",
                "0",
                "0\u0080\u0000\u0000"
            })
    void refusesWhatItCannotRead(String text) {
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> InspectedFile.of(octets))
                .isInstanceOf(UnreadableFileException.class);
    }

    @Test
    void refusesATruncatedCertificateAtEveryLength() throws Exception {
        byte[] whole = certificate(false);
        for (int length = 0; length < whole.length; length++) {
            byte[] part = java.util.Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> InspectedFile.of(part))
                    .isInstanceOf(UnreadableFileException.class);
        }
    }

    @Test
    void saysHowLongACertificateIsStillValid() {
        assertThat(InspectionText.words(Duration.ofSeconds(59))).isEqualTo("59 s");
        assertThat(InspectionText.words(Duration.ofSeconds(61))).isEqualTo("1 min 1 s");
        assertThat(InspectionText.words(Duration.ofMinutes(61))).isEqualTo("1 h 1 min");
        assertThat(InspectionText.words(Duration.ofHours(49))).isEqualTo("2 d 1 h");
    }

    @Test
    void theLastSecondOfValidityIsValid() throws Exception {
        InspectedFile file = InspectedFile.of(certificate(false));
        assertThat(state(file, FROM.minusSeconds(1))).isEqualTo("not-yet-valid");
        assertThat(state(file, FROM)).isEqualTo("valid");
        assertThat(state(file, UNTIL)).isEqualTo("valid");
        assertThat(state(file, UNTIL.plusMillis(999))).isEqualTo("valid");
        assertThat(state(file, UNTIL.plusSeconds(1))).isEqualTo("expired");
    }

    private static Object state(InspectedFile file, Instant now) {
        return new InspectionText(now, TestStyle.none()).json(file).getFirst().get("state");
    }

    private byte[] certificate(boolean ca) throws Exception {
        X500Name name = new X500Name("CN=" + (ca ? "Root" : ""));
        JcaX509v3CertificateBuilder builder =
                new JcaX509v3CertificateBuilder(
                        ca ? name : new X500Name("CN=Issuer"),
                        BigInteger.valueOf(0x4001),
                        Date.from(FROM),
                        Date.from(UNTIL),
                        name,
                        pair.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
        if (!ca) {
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(
                            new KeyPurposeId[] {
                                KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                            }));
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(
                            new GeneralName[] {
                                new GeneralName(
                                        GeneralName.uniformResourceIdentifier, "spiffe://a.b/c"),
                                new GeneralName(GeneralName.dNSName, "example.org"),
                                new GeneralName(GeneralName.iPAddress, "127.0.0.1")
                            }));
        }
        return builder.build(
                        new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
                .getEncoded();
    }

    private static KeyPair pair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN "
                + label
                + "-----\n"
                + Base64.getMimeEncoder().encodeToString(der)
                + "\n-----END "
                + label
                + "-----\n";
    }
}
