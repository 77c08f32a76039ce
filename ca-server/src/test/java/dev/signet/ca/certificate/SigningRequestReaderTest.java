package dev.signet.ca.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.TestCertificates.SubjectKeyType;
import dev.signet.ca.certificate.SigningRequest.Reading;
import dev.signet.ca.refusal.RefusalCode;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;

class SigningRequestReaderTest {

    private final SigningRequestReader reader = new SigningRequestReader(TestCertificates.CRYPTO);

    private SigningRequest accepted(byte[] input) {
        return switch (reader.read(input)) {
            case Reading.Accepted(SigningRequest request) -> request;
            case Reading.Rejected(var refusal) -> throw new AssertionError(refusal);
        };
    }

    private void assertRejected(byte[] input, RefusalCode code) {
        assertThat(reader.read(input))
                .isInstanceOfSatisfying(
                        Reading.Rejected.class,
                        rejected -> {
                            assertThat(rejected.refusal().code())
                                    .as(rejected.refusal().message())
                                    .isEqualTo(code);
                            assertThat(rejected.refusal().message()).isNotBlank();
                        });
    }

    @ParameterizedTest
    @EnumSource(SubjectKeyType.class)
    void acceptsEachKindOfKeyAsDerAndAsPem(SubjectKeyType type) throws Exception {
        byte[] der = TestCertificates.request(type);
        byte[] keyInfo = type.keyPair().getPublic().getEncoded();
        for (byte[] input :
                List.of(
                        der,
                        TestCertificates.pem("CERTIFICATE REQUEST", der),
                        TestCertificates.pem("NEW CERTIFICATE REQUEST", der))) {
            SigningRequest request = accepted(input);
            assertThat(request.key().subjectPublicKeyInfo()).isEqualTo(keyInfo);
            assertThat(request.key().sha256()).isEqualTo(sha256(keyInfo));
            assertThat(request.sha256()).isEqualTo(sha256(der));
        }
    }

    private static byte[] sha256(byte[] octets) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(octets);
    }

    @ParameterizedTest
    @CsvSource({
        "P256,SHA384withECDSA",
        "P256,SHA512withECDSA",
        "P384,SHA256withECDSA",
        "P384,SHA384withECDSA",
        "RSA2048,SHA384withRSA",
        "RSA2048,SHA512withRSA"
    })
    void acceptsEachSha2Signature(SubjectKeyType type, String algorithm) {
        accepted(
                TestCertificates.request(
                        type.keyPair(), algorithm, new X500Name("CN=ignored"), null));
    }

    @ParameterizedTest
    @CsvSource({
        "P256,SHA1withECDSA",
        "P256,SHA224withECDSA",
        "RSA2048,SHA1withRSA",
        "RSA2048,MD5withRSA"
    })
    void refusesEachOtherSignature(SubjectKeyType type, String algorithm) {
        assertRejected(
                TestCertificates.request(type.keyPair(), algorithm, new X500Name(""), null),
                RefusalCode.CSR_SIGNATURE_INVALID);
    }

    @Test
    void acceptsTheRequestOfAnIstioAgent() throws IOException {
        // An O attribute with an empty value and one URI SAN, critical (wire contract A3).
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        extensions.addExtension(
                Extension.subjectAlternativeName,
                true,
                new GeneralNames(
                        new GeneralName(
                                GeneralName.uniformResourceIdentifier,
                                "spiffe://cluster.local/ns/a/sa/b")));
        accepted(
                TestCertificates.request(
                        SubjectKeyType.RSA2048.keyPair(),
                        "SHA256withRSA",
                        new X500Name("O="),
                        extensions.generate()));
    }

    @Test
    void acceptsPemWithCarriageReturnsAndWhiteSpaceAround() {
        byte[] der = TestCertificates.request(SubjectKeyType.P256);
        String pem =
                new String(
                        TestCertificates.pem("CERTIFICATE REQUEST", der),
                        StandardCharsets.US_ASCII);
        accepted(
                ("\r\n " + pem.replace("\n", "\r\n") + "\t\n").getBytes(StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CERTIFICATE",
                "PRIVATE KEY",
                "X509 CRL",
                "certificate request",
                "CERTIFICATE REQUEST "
            })
    void refusesAnotherPemLabel(String label) {
        assertRejected(
                TestCertificates.pem(label, TestCertificates.request(SubjectKeyType.P256)),
                RefusalCode.CSR_MALFORMED);
    }

    @ParameterizedTest
    @MethodSource("malformedPem")
    void refusesPemThatIsNotOneBlock(String pem) {
        assertRejected(pem.getBytes(StandardCharsets.ISO_8859_1), RefusalCode.CSR_MALFORMED);
    }

    static List<String> malformedPem() {
        String pem =
                new String(
                        TestCertificates.pem(
                                "CERTIFICATE REQUEST",
                                TestCertificates.request(SubjectKeyType.P256)),
                        StandardCharsets.US_ASCII);
        return List.of(
                pem + pem,
                pem + "x",
                "x" + pem,
                pem.replace("-----END CERTIFICATE REQUEST-----", ""),
                pem.replace("END CERTIFICATE", "END NEW CERTIFICATE"),
                pem.replace("REQUEST-----\nM", "REQUEST-----\nProc-Type: 4,ENCRYPTED\n\nM"),
                pem.replaceFirst("A", "!"),
                pem.replaceFirst("A", "\u0000"),
                "-----BEGIN CERTIFICATE REQUEST-----",
                "-----BEGIN CERTIFICATE REQUEST----------END CERTIFICATE REQUEST-----",
                "-----BEGIN CERTIFICATE REQUEST-----END CERTIFICATE REQUEST-----");
    }

    @Test
    void R12_refusesNothingOversizedAndOctetsThatAreNoDer() {
        assertRejected(new byte[0], RefusalCode.CSR_MALFORMED);
        assertRejected(new byte[SigningRequest.MAX_LENGTH], RefusalCode.CSR_MALFORMED);
        assertRejected(new byte[SigningRequest.MAX_LENGTH + 1], RefusalCode.CSR_MALFORMED);
        assertRejected(new byte[50_000_000], RefusalCode.CSR_MALFORMED);
        byte[] padded =
                Arrays.copyOf(
                        TestCertificates.request(SubjectKeyType.P256),
                        SigningRequest.MAX_LENGTH + 1);
        assertRejected(padded, RefusalCode.CSR_MALFORMED);
    }

    @Test
    void R12_refusesEachTruncationAndTrailingOctet() {
        byte[] der = TestCertificates.request(SubjectKeyType.P256);
        for (int length = 0; length < der.length; length++) {
            assertRejected(Arrays.copyOf(der, length), RefusalCode.CSR_MALFORMED);
        }
        assertRejected(Arrays.copyOf(der, der.length + 1), RefusalCode.CSR_MALFORMED);
        assertRejected(
                TestCertificates.pem("CERTIFICATE REQUEST", Arrays.copyOf(der, der.length + 1)),
                RefusalCode.CSR_MALFORMED);
    }

    @Test
    void R12_refusesDeepNestingAndForgedLengthsAtOnce() {
        byte[] indefinite = new byte[SigningRequest.MAX_LENGTH];
        for (int i = 0; i < indefinite.length; i += 2) {
            indefinite[i] = 0x30;
            indefinite[i + 1] = (byte) 0x80;
        }
        assertRejected(indefinite, RefusalCode.CSR_MALFORMED);

        byte[] nested = new byte[SigningRequest.MAX_LENGTH];
        int at = 0;
        for (int left = nested.length - 4; left > 260; left -= 4) {
            nested[at++] = 0x30;
            nested[at++] = (byte) 0x82;
            nested[at++] = (byte) (left >> 8);
            nested[at++] = (byte) left;
        }
        assertRejected(nested, RefusalCode.CSR_MALFORMED);
        for (byte[] forged :
                List.of(
                        new byte[] {0x30, (byte) 0x84, 0x7f, -1, -1, -1},
                        new byte[] {0x30, (byte) 0x88, -1, -1, -1, -1, -1, -1, -1, -1},
                        new byte[] {0x30, (byte) 0x83, 0x7f, -1, -1},
                        new byte[] {0x30, (byte) 0xff},
                        new byte[] {0x30})) {
            assertRejected(forged, RefusalCode.CSR_MALFORMED);
        }
    }

    @ParameterizedTest
    @EnumSource(SubjectKeyType.class)
    void refusesASignatureOfAnotherKeyOrOverAnotherRequest(SubjectKeyType type) {
        byte[] der = TestCertificates.request(type);
        byte[] flipped = der.clone();
        flipped[der.length - 5] ^= 1;
        assertRejected(flipped, RefusalCode.CSR_SIGNATURE_INVALID);
        assertRejected(
                HandMadeRequest.of(type).signedBy(type.newKeyPair()).der(),
                RefusalCode.CSR_SIGNATURE_INVALID);
    }

    @Test
    void R10_theKeyIsAllThatIsTaken() throws IOException {
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        extensions.addExtension(
                Extension.subjectAlternativeName,
                true,
                new GeneralNames(
                        new GeneralName(
                                GeneralName.uniformResourceIdentifier,
                                "spiffe://example.org/admin")));
        Extensions requested = extensions.generate();
        SigningRequest plain = accepted(TestCertificates.request(SubjectKeyType.P256));
        SigningRequest requesting =
                accepted(
                        TestCertificates.request(
                                SubjectKeyType.P256.keyPair(),
                                "SHA256withECDSA",
                                new X500Name("CN=admin"),
                                requested));
        assertThat(requesting.key().subjectPublicKeyInfo())
                .isEqualTo(plain.key().subjectPublicKeyInfo());
        assertThat(SigningRequest.class.getDeclaredFields())
                .extracting("name")
                // What it asks for is told back to the caller, by the one class that
                // ArchitectureTest names.
                .containsExactlyInAnyOrder("MAX_LENGTH", "key", "sha256", "requested");
    }

    @ParameterizedTest
    @MethodSource("dev.signet.ca.certificate.HandMadeRequest#defects")
    void R12_refusesEachDefectWithItsCode(HandMadeRequest.Defect defect) {
        assertRejected(defect.der(), defect.code());
    }
}
