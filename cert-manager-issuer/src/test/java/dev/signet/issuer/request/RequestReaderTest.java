package dev.signet.issuer.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.signet.client.SubjectRequest.OtherName;
import dev.signet.issuer.TestRequests;
import dev.signet.issuer.request.CertificationRequest.KeyKind;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERT61String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.Random;

class RequestReaderTest {

    @Test
    void readsEachKindOfName() throws Exception {
        CertificationRequest request =
                RequestReader.readPem(
                        TestRequests.request()
                                .dns("A.Example.org")
                                .dns("a.example.org")
                                .name(GeneralName.iPAddress, "10.0.0.1")
                                .name(GeneralName.iPAddress, "2001:db8::1")
                                .name(GeneralName.rfc822Name, "x@example.org")
                                .uri("https://example.org/x")
                                .uri("spiffe://td/x")
                                .otherName("1.3.6.1.4.1.311.20.2.3", "user@example.org")
                                .pem());
        assertThat(request.names().dnsNames()).containsExactly("a.example.org");
        assertThat(request.names().ipAddresses())
                .containsExactly("10.0.0.1", "2001:db8:0:0:0:0:0:1");
        assertThat(request.names().emailAddresses()).containsExactly("x@example.org");
        assertThat(request.names().uris()).containsExactly("https://example.org/x");
        assertThat(request.names().otherNames())
                .containsExactly(new OtherName("1.3.6.1.4.1.311.20.2.3", "user@example.org"));
        assertThat(request.spiffeId()).contains("spiffe://td/x");
    }

    @Test
    void readsUsagesAndConstraints() throws Exception {
        CertificationRequest request =
                RequestReader.readDer(
                        TestRequests.request()
                                .keyUsage(KeyUsage.digitalSignature | KeyUsage.decipherOnly)
                                .extendedKeyUsage(
                                        KeyPurposeId.id_kp_clientAuth,
                                        KeyPurposeId.id_kp_serverAuth)
                                .basicConstraints(true)
                                .der());
        assertThat(request.keyUsages().orElseThrow())
                .containsExactlyInAnyOrder(
                        dev.signet.client.SubjectRequest.KeyUsage.DIGITAL_SIGNATURE,
                        dev.signet.client.SubjectRequest.KeyUsage.DECIPHER_ONLY);
        assertThat(request.extendedKeyUsages().orElseThrow())
                .containsExactly("1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1");
        assertThat(request.certificateAuthority()).contains(true);
    }

    @Test
    void tellsKindsOfKeysApart() throws Exception {
        assertThat(RequestReader.readDer(TestRequests.request().der()).keyKind())
                .isEqualTo(KeyKind.EC);
        assertThat(
                        RequestReader.readDer(
                                        TestRequests.request().key(TestRequests.ED25519).der())
                                .keyKind())
                .isEqualTo(KeyKind.ED25519);
        assertThat(
                        RequestReader.readDer(TestRequests.request().key(TestRequests.RSA).der())
                                .keyKind())
                .isEqualTo(KeyKind.RSA);
    }

    @Test
    void keepsTheOctetsOfASubjectThatNobodyWouldWriteSo() throws Exception {
        // A T61String, and a SET whose elements are not in DER's order.
        ASN1Encodable first = attribute("2.5.4.3", new DERT61String("b"));
        ASN1Encodable second = attribute("2.5.4.10", new DERIA5String("a"));
        X500Name odd =
                X500Name.getInstance(
                        new DERSequence(
                                new ASN1Encodable[] {
                                    new DERSet(first), new DERSet(second), new DERSet(first)
                                }));
        CertificationRequest request =
                RequestReader.readDer(TestRequests.request().subject(odd).der());
        assertThat(request.subject()).isEqualTo(odd.getEncoded());
    }

    private static ASN1Encodable attribute(String type, ASN1Encodable value) {
        return new DERSequence(new ASN1Encodable[] {new ASN1ObjectIdentifier(type), value});
    }

    @Test
    void anEmptySubjectIsNone() throws Exception {
        assertThat(RequestReader.readDer(TestRequests.request().der()).subject()).isEmpty();
    }

    @Test
    void refusesSeveralSpiffeIds() {
        refused(
                "several SPIFFE IDs",
                TestRequests.request().uri("spiffe://td/a").uri("SPIFFE://td/b").pem());
    }

    @Test
    void refusesNamesThatCannotBeIssued() {
        refused(
                "a kind that cannot be issued",
                TestRequests.request().name(GeneralName.directoryName, "CN=x").pem());
        refused(
                "no UTF8String",
                TestRequests.request().otherName("1.2.3", new DERIA5String("x")).pem());
    }

    @Test
    void anExtensionThatIsNotPassedOnIsRefusedByName() {
        refused(
                "nameConstraints (2.5.29.30)",
                TestRequests.request().basicConstraints(true).nameConstraints().pem());
        refused(
                "certificatePolicies (2.5.29.32)",
                TestRequests.request()
                        .extension(
                                Extension.certificatePolicies,
                                new CertificatePolicies(
                                        new PolicyInformation(new ASN1ObjectIdentifier("1.2.3"))))
                        .pem());
        refused(
                "TLS feature, must-staple (1.3.6.1.5.5.7.1.24)",
                TestRequests.request()
                        .extension(
                                new ASN1ObjectIdentifier("1.3.6.1.5.5.7.1.24"),
                                new DERSequence(new ASN1Integer(5)))
                        .pem());
        refused(
                "the extension 1.2.3.4.5,",
                TestRequests.request()
                        .extension(new ASN1ObjectIdentifier("1.2.3.4.5"), DERNull.INSTANCE)
                        .pem());
    }

    @Test
    void aPathLengthIsRefusedByName() {
        refused(
                "path length in basicConstraints",
                TestRequests.request().basicConstraints(0).pem());
    }

    @Test
    void extensionsInAnAttributeThatNobodyReadsAreRefused() {
        refused(
                "1.3.6.1.4.1.311.2.1.14",
                TestRequests.request()
                        .attribute(
                                new ASN1ObjectIdentifier("1.3.6.1.4.1.311.2.1.14"),
                                new DERSequence())
                        .pem());
    }

    @Test
    void refusesMoreNamesThanTheCaTakes() {
        TestRequests many = TestRequests.request();
        for (int i = 0; i < 101; i++) {
            many.dns(i + ".example.org");
        }
        refused("101 subject alternative names", many.pem());
    }

    @Test
    void refusesWhatIsNotOnePemBlock() {
        byte[] pem = TestRequests.request().pem();
        String text = new String(pem, StandardCharsets.US_ASCII);
        refused("not one PEM block", (text + text).getBytes(StandardCharsets.US_ASCII));
        refused(
                "not one PEM block",
                text.replace("CERTIFICATE REQUEST", "CERTIFICATE")
                        .getBytes(StandardCharsets.US_ASCII));
        refused("not one PEM block", ("x" + text).getBytes(StandardCharsets.US_ASCII));
        refused("bytes", new byte[40_000]);
        refused("not one PEM block", new byte[0]);
    }

    @Test
    void refusesOctetsBehindTheRequest() {
        byte[] der = TestRequests.request().der();
        assertThatExceptionOfType(MalformedRequestException.class)
                .isThrownBy(
                        () -> RequestReader.readDer(java.util.Arrays.copyOf(der, der.length + 1)));
    }

    private static void refused(String message, byte[] pem) {
        assertThatExceptionOfType(MalformedRequestException.class)
                .isThrownBy(() -> RequestReader.readPem(pem))
                .withMessageContaining(message);
    }

    /// Whatever comes, it is read or refused; nothing else is thrown, and a message never repeats
    /// what came.
    @Test
    void R13_spoiledRequestsAreReadOrRefused() {
        byte[] good =
                TestRequests.request()
                        .subject("CN=x,O=y")
                        .dns("a.example.org")
                        .uri("spiffe://td/x")
                        .otherName("1.2.3.4", "text")
                        .keyUsage(KeyUsage.digitalSignature)
                        .basicConstraints(false)
                        .der();
        Random random = new Random(42);
        long end = System.nanoTime() + Long.getLong("fuzz.seconds", 2) * 1_000_000_000L;
        while (System.nanoTime() < end) {
            byte[] spoiled = good.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                spoiled[random.nextInt(spoiled.length)] = (byte) random.nextInt();
            }
            byte[] cut =
                    random.nextInt(4) == 0
                            ? java.util.Arrays.copyOf(spoiled, random.nextInt(spoiled.length))
                            : spoiled;
            try {
                CertificationRequest request = RequestReader.readDer(cut);
                assertThat(request.der()).isEqualTo(cut);
            } catch (MalformedRequestException e) {
                assertThat(e.getMessage()).startsWith("certification request");
            }
        }
    }
}
