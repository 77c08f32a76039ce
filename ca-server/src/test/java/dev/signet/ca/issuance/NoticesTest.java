package dev.signet.ca.issuance;

import static dev.signet.ca.issuance.FlowRig.NOW;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.TestCertificates.SubjectKeyType;
import dev.signet.ca.attestation.Evidence;
import dev.signet.ca.authority.KeyType;
import dev.signet.ca.authority.TestAuthority;
import dev.signet.ca.ledger.Notice;
import dev.signet.ca.ledger.NoticeCode;
import dev.signet.ca.ledger.RecordedCertificate;
import dev.signet.ca.policy.RequestedCertificate;

import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

class NoticesTest {

    private final FlowRig rig = new FlowRig();

    private static byte[] csr(String subject, Extension... extensions) {
        return TestCertificates.request(
                SubjectKeyType.P256.keyPair(),
                SubjectKeyType.P256.signatureAlgorithm(),
                new X500Name(subject),
                extensions.length == 0 ? null : new Extensions(extensions));
    }

    private static Extension names(GeneralName... names) {
        try {
            return new Extension(
                    Extension.subjectAlternativeName,
                    false,
                    new DEROctetString(new GeneralNames(names)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private RecordedCertificate issue(byte[] csr) {
        return rig.issue(
                        rig.flow(),
                        new IssuanceRequest(
                                new Evidence.BearerToken("x"),
                                csr,
                                null,
                                RequestedCertificate.NOTHING))
                .certificate();
    }

    @Test
    void thereIsNothingToTellWhereNothingElseWasAskedFor() {
        assertThat(issue(csr("")).notices()).isEmpty();
    }

    @Test
    void aLifetimeThatTheIssuersEndCutsOffIsTold() {
        rig.authorities =
                TestAuthority.with(
                        KeyType.P256,
                        NOW.minus(Duration.ofHours(24)).plus(Duration.ofMinutes(10)),
                        Duration.ofHours(24),
                        signer -> signer);
        RecordedCertificate certificate = issue(csr(""));
        assertThat(certificate.notices())
                .singleElement()
                .satisfies(notice -> {
                    assertThat(notice.code()).isEqualTo("LIFETIME_SHORTENED");
                    assertThat(notice.text())
                            .contains(certificate.validity().notAfter().toString())
                            .contains(certificate.validity().lifetime().toSeconds() + " s")
                            .contains("3600 s");
                });
        assertThat(rig.ledger.rows().getFirst().notices()).isEqualTo(certificate.notices());
    }

    @Test
    void namesThatOnlyTheCertificationRequestHasAreToldAndNotGranted() throws Exception {
        RecordedCertificate certificate =
                issue(
                        csr(
                                "CN=orders",
                                names(
                                        new GeneralName(GeneralName.dNSName, "A.example"),
                                        new GeneralName(GeneralName.iPAddress, "192.0.2.7"),
                                        new GeneralName(
                                                GeneralName.uniformResourceIdentifier,
                                                "spiffe://example.org/ns/shop/sa/orders"))));
        assertThat(certificate.notices())
                .extracting(Notice::code)
                .containsExactly("CSR_NAMES_IGNORED", "CSR_SUBJECT_IGNORED");
        assertThat(certificate.notices().getFirst().text())
                .contains("DNS:a.example, IP:192.0.2.7")
                .doesNotContain("spiffe://");
        assertThat(certificate.notices().getLast().text()).contains("CN=orders");
        assertThat(TestCertificates.parse(certificate.der()).getSubjectAlternativeNames())
                .hasSize(1);
    }

    @Test
    void extensionsThatAreNotTakenOverAreTold() throws Exception {
        Extension constraints =
                new Extension(
                        Extension.basicConstraints,
                        true,
                        new DEROctetString(new BasicConstraints(true)));
        Extension policies =
                new Extension(
                        Extension.certificatePolicies,
                        false,
                        new DEROctetString(new byte[] {0x30, 0}));
        assertThat(issue(csr("", constraints, policies)).notices())
                .singleElement()
                .satisfies(notice -> {
                    assertThat(notice.code()).isEqualTo("CSR_EXTENSIONS_IGNORED");
                    assertThat(notice.text()).contains("2.5.29.32, basicConstraints CA:TRUE");
                });
    }

    @Test
    void whatTheSenderWroteIsPrintableAndBoundedAndNeverAFault() {
        GeneralName[] many = new GeneralName[100];
        Arrays.setAll(
                many, i -> new GeneralName(GeneralName.dNSName, "x\n\u0000" + "y".repeat(60) + i));
        for (Notice notice : issue(csr("", names(many))).notices()) {
            assertThat(notice.text())
                    .hasSizeLessThanOrEqualTo(Notice.MAX_TEXT)
                    .doesNotContainPattern("\\p{Cntrl}");
        }
        // Tags of names, and no names in them.
        Extension hollow =
                new Extension(
                        Extension.subjectAlternativeName,
                        false,
                        new DEROctetString(
                                new byte[] {
                                    0x30,
                                    9,
                                    (byte) 0x87,
                                    1,
                                    7,
                                    (byte) 0xa4,
                                    0,
                                    (byte) 0xa0,
                                    0,
                                    (byte) 0x88,
                                    0
                                }));
        assertThat(issue(csr("", hollow)).notices())
                .singleElement()
                .satisfies(notice -> assertThat(notice.code()).isEqualTo("CSR_NAMES_IGNORED"));
    }

    @Test
    void aRetryIsToldTheSame() {
        byte[] csr = csr("CN=orders");
        IssuanceFlow flow = rig.flow();
        IssuanceRequest request =
                new IssuanceRequest(
                        new Evidence.BearerToken("x"),
                        csr,
                        FlowRig.requestIdAt(NOW),
                        RequestedCertificate.NOTHING);
        List<Notice> first = rig.issue(flow, request).certificate().notices();
        assertThat(first).hasSize(1);
        assertThat(rig.issue(flow, request).certificate().notices()).isEqualTo(first);
    }

    @Test
    void everyCodeIsDocumented() throws Exception {
        Path document = Path.of("docs/errors.md");
        for (Path up = Path.of("").toAbsolutePath(); !Files.exists(document); up = up.getParent()) {
            document = up.resolve("docs/errors.md");
        }
        String text = Files.readString(document);
        List<String> documented = new ArrayList<>();
        Matcher rows =
                Pattern.compile("(?m)^\\| `([A-Z_]+)` \\|")
                        .matcher(
                                text.substring(
                                        text.indexOf("## Notices"), text.indexOf("## In HTTP")));
        while (rows.find()) {
            documented.add(rows.group(1));
        }
        assertThat(documented)
                .containsExactly(
                        Arrays.stream(NoticeCode.values())
                                .map(NoticeCode::name)
                                .toArray(String[]::new));
    }
}
