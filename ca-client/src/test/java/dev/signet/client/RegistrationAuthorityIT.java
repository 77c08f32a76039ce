package dev.signet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.signet.client.internal.CertificationRequest;
import dev.signet.proto.v1.IssueCertificateForSubjectRequest;
import dev.signet.proto.v1.KeyUsage;

import io.grpc.Status;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

class RegistrationAuthorityIT {

    private static final ClientOptions OPTIONS =
            ClientOptions.DEFAULTS
                    .withFirstCertificateTimeout(Duration.ofSeconds(20))
                    .withRetries(Duration.ofMillis(100), Duration.ofSeconds(1))
                    .withRecheck(Duration.ofMillis(500));

    private FakeGrpcCa ca;
    private WorkloadIdentity identity;
    private RegistrationAuthority authority;

    @BeforeEach
    void open() {
        ca = new FakeGrpcCa(Duration.ofHours(1));
        identity = identity(CredentialSource.joinToken("/ra"));
        authority = authority(ca.address());
    }

    @AfterEach
    void close() {
        authority.close();
        identity.close();
        ca.close();
    }

    private WorkloadIdentity identity(CredentialSource credential) {
        return WorkloadIdentity.builder()
                .caAddress(ca.address())
                .firstTrust(FirstTrust.bundle(ca.ca.bundle(1).pem()))
                .credential(credential)
                .options(OPTIONS)
                .start();
    }

    private RegistrationAuthority authority(String... addresses) {
        return new RegistrationAuthority(
                identity, List.of(addresses).stream().map(CaAddress::parse).toList(), OPTIONS);
    }

    private static SubjectRequest.Builder request(String id) {
        KeyPair keys = TestCa.keys();
        return SubjectRequest.builder(
                CertificationRequest.encode(keys, new SecureRandom()),
                keys.getPublic().getEncoded(),
                id,
                "cluster/thing");
    }

    @Test
    void bringsAVerifiedCertificateOfTheSubjectsKey() {
        SubjectRequest request = request("id-1").build();
        SubjectCertificate issued = authority.issue(request);
        assertThat(issued.leaf().getPublicKey().getEncoded()).isEqualTo(request.publicKey());
        assertThat(issued.root()).isEqualTo(ca.ca.bundle(1).authorities().get(0));
        assertThat(issued.chain()).doesNotContain(issued.root());
        assertThat(issued.chainPem()).startsWith("-----BEGIN CERTIFICATE-----");
        assertThat(ca.shownBy.get(0)).isEqualTo(identity.current().leaf());
    }

    @Test
    void sendsEveryFieldAsItIs() {
        authority.issue(
                request("id-1")
                        .attributes(Map.of("namespace", "shop"))
                        .names(
                                new SubjectRequest.Names(
                                        List.of("a.example.org"),
                                        List.of("10.0.0.1"),
                                        List.of("x@example.org"),
                                        List.of("https://example.org"),
                                        List.of(new SubjectRequest.OtherName("1.2.3", "value"))))
                        .lifetime(Duration.ofHours(2))
                        .spiffeId("spiffe://example.org/x")
                        .profile("web")
                        .requested(
                                new SubjectRequest.Attributes(
                                        new byte[] {0x30, 0},
                                        List.of(SubjectRequest.KeyUsage.values()),
                                        List.of("1.3.6.1.5.5.7.3.1"),
                                        true))
                        .build());
        IssueCertificateForSubjectRequest sent = ca.forSubjects.get(0);
        assertThat(sent.getRequestId()).isEqualTo("id-1");
        assertThat(sent.getSubject()).isEqualTo("cluster/thing");
        assertThat(sent.getAttributesMap()).containsExactly(Map.entry("namespace", "shop"));
        assertThat(sent.getNames().getDnsNamesList()).containsExactly("a.example.org");
        assertThat(sent.getNames().getIpAddressesList()).containsExactly("10.0.0.1");
        assertThat(sent.getNames().getEmailAddressesList()).containsExactly("x@example.org");
        assertThat(sent.getNames().getUrisList()).containsExactly("https://example.org");
        assertThat(sent.getNames().getOtherNames(0).getTypeId()).isEqualTo("1.2.3");
        assertThat(sent.getNames().getOtherNames(0).getUtf8Value()).isEqualTo("value");
        assertThat(sent.getLifetime().getSeconds()).isEqualTo(7200);
        assertThat(sent.getSpiffeId()).isEqualTo("spiffe://example.org/x");
        assertThat(sent.getProfile()).isEqualTo("web");
        assertThat(sent.getCertificate().getSubject().toByteArray()).containsExactly(0x30, 0);
        assertThat(sent.getCertificate().getKeyUsagesList())
                .hasSize(9)
                .doesNotHaveDuplicates()
                .doesNotContain(KeyUsage.KEY_USAGE_UNSPECIFIED);
        assertThat(sent.getCertificate().getExtendedKeyUsagesList())
                .containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(sent.getCertificate().getCertificateAuthority()).isTrue();
    }

    @Test
    void whatIsNotRequestedIsNotSent() {
        authority.issue(request("id-1").build());
        IssueCertificateForSubjectRequest sent = ca.forSubjects.get(0);
        assertThat(sent.hasNames()).isFalse();
        assertThat(sent.hasLifetime()).isFalse();
        assertThat(sent.hasCertificate()).isFalse();
        assertThat(sent.getSpiffeId()).isEmpty();
    }

    @Test
    void R18_theSameIdBringsTheSameCertificate() {
        SubjectRequest request = request("id-1").build();
        SubjectCertificate first = authority.issue(request);
        for (int i = 0; i < 100; i++) {
            assertThat(authority.issue(request)).isEqualTo(first);
        }
    }

    @Test
    void refusalsAndHintsComeThroughWithTheirCodes() {
        ca.subjectRefusal.set(
                FakeGrpcCa.refused(Status.Code.PERMISSION_DENIED, "NAME_NOT_GRANTED", null));
        assertThatExceptionOfType(RequestRefusedException.class)
                .isThrownBy(() -> authority.issue(request("id-1").build()))
                .extracting(SignetClientException::code)
                .isEqualTo("NAME_NOT_GRANTED");
        ca.subjectRefusal.set(
                FakeGrpcCa.refused(
                        Status.Code.RESOURCE_EXHAUSTED, "OVERLOADED", Duration.ofSeconds(7)));
        assertThatExceptionOfType(CaUnavailableException.class)
                .isThrownBy(() -> authority.issue(request("id-2").build()))
                .satisfies(away -> {
                    assertThat(away.code()).isEqualTo("OVERLOADED");
                    assertThat(away.retryAfter()).contains(Duration.ofSeconds(7));
                });
    }

    @Test
    void aCertificateForAnotherKeyIsNotUsed() {
        ca.otherRequest.set(CertificationRequest.encode(TestCa.keys(), new SecureRandom()));
        assertThatExceptionOfType(UntrustedCaException.class)
                .isThrownBy(() -> authority.issue(request("id-1").build()))
                .extracting(SignetClientException::code)
                .isEqualTo("OTHER_KEY");
    }

    @Test
    void whereOneReplicaIsAwayTheNextIsAsked() {
        authority.close();
        authority = authority("127.0.0.1:1", ca.address());
        assertThat(authority.issue(request("id-1").build()).chain()).isNotEmpty();
        assertThat(authority.issue(request("id-2").build()).chain()).isNotEmpty();
    }

    @Test
    void aCaThatIsAwayIsUnavailableAndThenComesBack() {
        ca.stop();
        assertThatExceptionOfType(CaUnavailableException.class)
                .isThrownBy(() -> authority.issue(request("id-1").build()));
        ca.start();
        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptionsInstanceOf(CaUnavailableException.class)
                .until(() -> !authority.issue(request("id-1").build()).chain().isEmpty());
    }

    @Test
    void afterARotationTheNextCertificateIsShownAndNothingIsLost() throws Exception {
        String before = identity.current().serialNumber();
        List<Future<SubjectCertificate>> answers = new ArrayList<>();
        ExecutorService executor = Executors.newFixedThreadPool(8);
        try {
            for (int i = 0; i < 200; i++) {
                if (i == 100) {
                    identity.renewNow();
                }
                SubjectRequest request = request("id-" + i).build();
                Callable<SubjectCertificate> call = () -> authority.issue(request);
                answers.add(executor.submit(call));
            }
            for (Future<SubjectCertificate> answer : answers) {
                assertThat(answer.get().chain()).isNotEmpty();
            }
        } finally {
            executor.shutdownNow();
        }
        await().until(() -> !identity.current().serialNumber().equals(before));
        authority.issue(request("last").build());
        assertThat(ca.shownBy.get(ca.shownBy.size() - 1)).isEqualTo(identity.current().leaf());
    }

    @Test
    void aSuppliedTokenIsAskedForAtEachUse() {
        int[] asked = new int[1];
        identity.close();
        assertThatExceptionOfType(IdentityUnavailableException.class)
                .isThrownBy(() ->
                        WorkloadIdentity.builder()
                                .caAddress(ca.address())
                                .firstTrust(FirstTrust.bundle(ca.ca.bundle(1).pem()))
                                .credential(
                                        CredentialSource.tokens(() -> {
                                            asked[0]++;
                                            throw new IllegalStateException("no");
                                        }))
                                .options(OPTIONS.withFirstCertificateTimeout(Duration.ofSeconds(2)))
                                .start())
                .extracting(SignetClientException::code)
                .isEqualTo("TOKEN_UNAVAILABLE");
        assertThat(asked[0]).isGreaterThan(1);
        identity = identity(CredentialSource.joinToken("/ra"));
    }

    @Test
    void anEmptyRequestIsRefusedHere() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> SubjectRequest.builder(new byte[0], new byte[1], "a", "b").build());
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> SubjectRequest.builder(new byte[1], new byte[1], "", "b").build());
    }

    @Test
    void afterCloseNothingIsAsked() {
        authority.close();
        assertThatExceptionOfType(CaUnavailableException.class)
                .isThrownBy(() -> authority.issue(request("id-1").build()));
        assertThat(ca.forSubjects).isEmpty();
    }
}
