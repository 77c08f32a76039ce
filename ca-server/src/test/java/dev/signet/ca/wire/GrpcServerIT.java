package dev.signet.ca.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;

import dev.signet.ca.attestation.Evidence;
import dev.signet.ca.certificate.Validity;
import dev.signet.ca.issuance.IssuanceRequest;
import dev.signet.proto.v1.CertificateServiceGrpc;
import dev.signet.proto.v1.GetTrustBundleRequest;
import dev.signet.proto.v1.IssueCertificateForSubjectRequest;
import dev.signet.proto.v1.IssueCertificateRequest;
import dev.signet.proto.v1.IssueCertificateResponse;
import dev.signet.proto.v1.RenewCertificateRequest;
import dev.signet.proto.v1.RequestedNames;
import dev.signet.proto.v1.TrustServiceGrpc;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

class GrpcServerIT {

    @ParameterizedTest
    @EnumSource(
            value = GrpcSettings.TlsProvider.class,
            names = {"OPENSSL", "JDK"})
    void issuesAndRenewsOverTls(GrpcSettings.TlsProvider provider) throws Exception {
        try (WireRig rig = WireRig.start(Map.of("signet.grpc.tls.provider", provider.name()))) {
            byte[] csr = csr();
            var stub = CertificateServiceGrpc.newBlockingStub(rig.channel());
            IssueCertificateResponse response =
                    WireRig.with(stub, "Bearer abc")
                            .issueCertificate(
                                    IssueCertificateRequest.newBuilder()
                                            .setCertificateSigningRequest(ByteString.copyFrom(csr))
                                            .build());
            assertThat(response.getCertificate().getCertificateChainList()).hasSize(1);
            assertThat(response.getCertificate().getTrustBundleVersion()).isEqualTo(7);
            assertThat(rig.issuance.requests.getLast().evidence())
                    .isInstanceOf(Evidence.BearerToken.class);

            Instant now = Instant.now();
            var client = rig.client(Validity.of(now.minusSeconds(5), Duration.ofMinutes(5)));
            var renewal = CertificateServiceGrpc.newBlockingStub(rig.channel(client));
            renewal.renewCertificate(
                    RenewCertificateRequest.newBuilder()
                            .setCertificateSigningRequest(ByteString.copyFrom(csr))
                            .build());
            assertThat(rig.issuance.requests.getLast().evidence())
                    .isInstanceOfSatisfying(
                            Evidence.CurrentCertificate.class,
                            shown ->
                                    assertThat(TestCa.encoded(shown.chain().getFirst()))
                                            .isEqualTo(TestCa.encoded(client.certificate())));

            var expired = rig.client(Validity.of(now.minusSeconds(600), Duration.ofMinutes(5)));
            assertThatExceptionOfType(StatusRuntimeException.class)
                    .isThrownBy(() ->
                            TrustServiceGrpc.newBlockingStub(rig.channel(expired))
                                    .getTrustBundle(GetTrustBundleRequest.getDefaultInstance()))
                    .satisfies(e ->
                            assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
        }
    }

    @Test
    void passesOnWhatARegistrationAuthorityAsksFor() throws Exception {
        try (WireRig rig = WireRig.start(Map.of())) {
            var authority =
                    rig.client(Validity.of(Instant.now().minusSeconds(5), Duration.ofMinutes(5)));
            var stub = CertificateServiceGrpc.newBlockingStub(rig.channel(authority));
            var request =
                    IssueCertificateForSubjectRequest.newBuilder()
                            .setCertificateSigningRequest(ByteString.copyFrom(csr()))
                            .setSpiffeId("spiffe://example.org/ns/shop/sa/web")
                            .setProfile("server")
                            .setNames(RequestedNames.newBuilder().addDnsNames("web.shop.svc"))
                            .setSubject("shop/web-tls")
                            .putAttributes("issuer.kind", "SignetIssuer");

            var issued = stub.issueCertificateForSubject(request.build()).getCertificate();

            assertThat(issued.getCertificateChainList()).hasSize(1);
            IssuanceRequest passedOn = rig.issuance.requests.getLast();
            assertThat(passedOn.evidence())
                    .isInstanceOfSatisfying(
                            Evidence.RegistrationAuthority.class,
                            shown -> {
                                assertThat(TestCa.encoded(shown.chain().getFirst()))
                                        .isEqualTo(TestCa.encoded(authority.certificate()));
                                assertThat(shown.subject()).isEqualTo("shop/web-tls");
                                assertThat(shown.attributes())
                                        .containsExactly(Map.entry("issuer.kind", "SignetIssuer"));
                            });
            assertThat(passedOn.requested().spiffeId())
                    .hasToString("spiffe://example.org/ns/shop/sa/web");
            assertThat(passedOn.requested().profile()).isEqualTo("server");
            assertThat(passedOn.requested().names().dnsNames()).containsExactly("web.shop.svc");

            assertThatExceptionOfType(StatusRuntimeException.class)
                    .isThrownBy(
                            () -> stub.issueCertificateForSubject(request.clearSubject().build()))
                    .satisfies(e -> {
                        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
                        assertThat(WireRig.reason(e)).isEqualTo("INVALID_ARGUMENT");
                    });
        }
    }

    static byte[] csr() throws Exception {
        return OwnSigningRequest.create(
                        java.security.KeyPairGenerator.getInstance("EC"),
                        java.security.Signature.getInstance("SHA256withECDSA"))
                .der();
    }
}
