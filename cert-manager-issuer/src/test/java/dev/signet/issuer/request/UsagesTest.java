package dev.signet.issuer.request;

import static dev.signet.client.SubjectRequest.KeyUsage.CRL_SIGN;
import static dev.signet.client.SubjectRequest.KeyUsage.DIGITAL_SIGNATURE;
import static dev.signet.client.SubjectRequest.KeyUsage.KEY_AGREEMENT;
import static dev.signet.client.SubjectRequest.KeyUsage.KEY_CERT_SIGN;
import static dev.signet.client.SubjectRequest.KeyUsage.KEY_ENCIPHERMENT;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.signet.client.SubjectRequest.Attributes;
import dev.signet.issuer.TestRequests;
import dev.signet.issuer.request.CertificationRequest.KeyKind;

import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;

import java.util.Collections;
import java.util.List;

import javax.security.auth.x500.X500Principal;

class UsagesTest {

    @Test
    void noUsagesAreSignatureAndEncipherment() throws Exception {
        assertThat(Usages.of(List.of(), false).keyUsages())
                .containsExactlyInAnyOrder(DIGITAL_SIGNATURE, KEY_ENCIPHERMENT);
        assertThat(Usages.of(List.of(), true).keyUsages())
                .containsExactlyInAnyOrder(DIGITAL_SIGNATURE, KEY_ENCIPHERMENT, KEY_CERT_SIGN);
    }

    @Test
    void keepsTheOrderOfPurposesAndEachOnce() throws Exception {
        assertThat(
                        Usages.of(
                                        List.of(
                                                "s/mime",
                                                "server auth",
                                                "signing",
                                                "email protection",
                                                "any"),
                                        false)
                                .extendedKeyUsages())
                .containsExactly("1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.1", "2.5.29.37.0");
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThatExceptionOfType(MalformedRequestException.class)
                .isThrownBy(() -> Usages.of(List.of("Server Auth"), false));
        assertThatExceptionOfType(MalformedRequestException.class)
                .isThrownBy(() -> Usages.of(Collections.nCopies(65, "signing"), false));
    }

    @Test
    void leavesOutWhatAKeyCannotDo() throws Exception {
        Usages all =
                Usages.of(
                        List.of(
                                "digital signature",
                                "key encipherment",
                                "data encipherment",
                                "key agreement",
                                "crl sign"),
                        false);
        assertThat(all.possibleFor(KeyKind.RSA)).hasSize(5);
        assertThat(all.possibleFor(KeyKind.EC))
                .containsExactlyInAnyOrder(DIGITAL_SIGNATURE, KEY_AGREEMENT, CRL_SIGN);
        assertThat(all.possibleFor(KeyKind.ED25519))
                .containsExactlyInAnyOrder(DIGITAL_SIGNATURE, CRL_SIGN);
    }

    @Test
    void theRequestMustNotContradictItsResource() throws Exception {
        Usages usages = Usages.of(List.of("signing", "server auth", "client auth"), false);
        CertificationRequest same =
                read(
                        TestRequests.request()
                                .keyUsage(KeyUsage.digitalSignature)
                                .extendedKeyUsage(
                                        KeyPurposeId.id_kp_serverAuth,
                                        KeyPurposeId.id_kp_clientAuth)
                                .basicConstraints(false));
        Attributes requested = RequestedContent.of(same, usages, false);
        assertThat(requested.keyUsages()).containsExactly(DIGITAL_SIGNATURE);
        assertThat(requested.certificateAuthority()).isFalse();
        contradicts(TestRequests.request().keyUsage(KeyUsage.keyAgreement), usages, false);
        contradicts(
                TestRequests.request()
                        .extendedKeyUsage(
                                KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth),
                usages,
                false);
        contradicts(TestRequests.request().basicConstraints(true), usages, false);
        contradicts(TestRequests.request().basicConstraints(false), usages, true);
    }

    @Test
    void aRequestThatSaysNothingTakesTheResourcesWord() throws Exception {
        Attributes requested =
                RequestedContent.of(
                        read(TestRequests.request().subject("CN=x")),
                        Usages.of(List.of("cert sign"), true),
                        true);
        assertThat(requested.certificateAuthority()).isTrue();
        assertThat(requested.keyUsages()).containsExactly(KEY_CERT_SIGN);
        assertThat(requested.subject()).isNotEmpty();
    }

    private static CertificationRequest read(TestRequests request) throws Exception {
        return RequestReader.readDer(request.der());
    }

    private static void contradicts(TestRequests request, Usages usages, boolean authority)
            throws Exception {
        CertificationRequest read = read(request);
        assertThatExceptionOfType(MalformedRequestException.class)
                .isThrownBy(() -> RequestedContent.of(read, usages, authority));
    }

    @Test
    void aCaAskedForWithoutASubjectIsCalledByItsFirstDnsName() throws Exception {
        CertificationRequest unnamed =
                RequestReader.readPem(
                        TestRequests.request()
                                .dns("x".repeat(60) + ".example")
                                .dns("ca.example")
                                .dns("other.example")
                                .pem());
        Usages usages = Usages.of(List.of("cert sign"), true);
        assertThat(
                        new X500Principal(RequestedContent.of(unnamed, usages, true).subject())
                                .getName())
                .isEqualTo("CN=ca.example");
        assertThat(RequestedContent.of(unnamed, Usages.of(List.of(), false), false).subject())
                .isEmpty();

        CertificationRequest named =
                RequestReader.readPem(
                        TestRequests.request().subject("O=Example").dns("ca.example").pem());
        assertThat(new X500Principal(RequestedContent.of(named, usages, true).subject()).getName())
                .isEqualTo("O=Example");
    }
}
