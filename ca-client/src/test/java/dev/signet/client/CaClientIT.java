package dev.signet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.client.internal.CertificationRequest;
import dev.signet.proto.v1.RequestedNames;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;

/// What a tool asks for once, over real gRPC.
class CaClientIT {

    private static final IssueRequest WHOLE =
            new IssueRequest(KeyType.P256, Duration.ofMinutes(30), null)
                    .withNames(
                            new SubjectRequest.Names(
                                    List.of("orders.shop.svc"),
                                    List.of("10.0.0.7"),
                                    List.of("a@example.org"),
                                    List.of("https://example.org/a"),
                                    List.of()))
                    .withProfile("server");

    private final FakeGrpcCa ca = new FakeGrpcCa(Duration.ofHours(1));
    private final CaClient client =
            new CaClient(
                    List.of(CaAddress.parse(ca.address())),
                    FirstTrust.bundle(ca.ca.bundle(1).pem()),
                    ClientOptions.DEFAULTS);

    @TempDir private Path directory;

    @AfterEach
    void stop() {
        ca.close();
    }

    private IssuedIdentity first() {
        return client.issue(CredentialSource.joinToken("/orders"), IssueRequest.DEFAULTS);
    }

    private static KeyStore.PrivateKeyEntry entry(IssuedIdentity identity) {
        return Pem.keyEntry(identity.svid().chainPem(), identity.svid().privateKeyPem());
    }

    private static byte[] request(KeyPair keys) {
        return CertificationRequest.encode(keys, new SecureRandom());
    }

    private static void assertWhole(RequestedNames names) {
        assertThat(names.getDnsNamesList()).containsExactly("orders.shop.svc");
        assertThat(names.getIpAddressesList()).containsExactly("10.0.0.7");
        assertThat(names.getEmailAddressesList()).containsExactly("a@example.org");
        assertThat(names.getUrisList()).containsExactly("https://example.org/a");
    }

    @Test
    void namesProfileAndLifetimeReachTheCaAtIssuanceAndAtRenewal() {
        IssuedIdentity issued = client.issue(CredentialSource.joinToken("/orders"), WHOLE);
        assertThat(ca.issues).hasSize(1);
        assertWhole(ca.issues.get(0).getNames());
        assertThat(ca.issues.get(0).getProfile()).isEqualTo("server");
        assertThat(ca.issues.get(0).getLifetime().getSeconds()).isEqualTo(1800);

        client.renew(entry(issued), false, WHOLE);
        assertThat(ca.renewals).hasSize(1);
        assertWhole(ca.renewals.get(0).getNames());
        assertThat(ca.renewals.get(0).getProfile()).isEqualTo("server");
        assertThat(ca.renewals.get(0).getLifetime().getSeconds()).isEqualTo(1800);
    }

    @Test
    void whatIsNotAskedForIsNotSent() {
        client.renew(entry(first()), false, IssueRequest.DEFAULTS);
        assertThat(ca.issues.get(0).hasNames()).isFalse();
        assertThat(ca.renewals.get(0).hasNames()).isFalse();
        assertThat(ca.renewals.get(0).hasLifetime()).isFalse();
        assertThat(ca.renewals.get(0).getProfile()).isEmpty();
    }

    @Test
    void aKeyThatIsElsewhereGetsItsCertificateByTokenAndByCertificate() throws Exception {
        KeyPair elsewhere = TestCa.keys();
        IssuedCertificate byToken =
                client.certify(
                        CredentialSource.joinToken("/orders"),
                        request(elsewhere),
                        elsewhere.getPublic(),
                        WHOLE);
        assertThat(byToken.leaf().getPublicKey()).isEqualTo(elsewhere.getPublic());
        assertThat(byToken.spiffeId().path()).isEqualTo("/orders");
        assertWhole(ca.issues.get(0).getNames());

        IssuedIdentity held = first();
        IssuedCertificate byCertificate =
                client.certify(
                        CredentialSource.certificateFiles(
                                Files.writeString(
                                        directory.resolve("cert.pem"), held.svid().chainPem()),
                                Files.writeString(
                                        directory.resolve("key.pem"), held.svid().privateKeyPem())),
                        request(elsewhere),
                        elsewhere.getPublic(),
                        IssueRequest.DEFAULTS);
        assertThat(byCertificate.leaf().getPublicKey()).isEqualTo(elsewhere.getPublic());
    }

    @Test
    void aCertificateForAnotherKeyThanTheNamedOneIsNotUsed() {
        assertThatThrownBy(() ->
                        client.certify(
                                CredentialSource.joinToken("/orders"),
                                request(TestCa.keys()),
                                TestCa.keys().getPublic(),
                                IssueRequest.DEFAULTS))
                .isInstanceOfSatisfying(
                        UntrustedCaException.class,
                        e -> assertThat(e.code()).isEqualTo("OTHER_KEY"));
    }

    @Test
    void aRenewalMakesANewKeyUnlessTheOldOneIsKept() {
        IssuedIdentity before = first();
        IssuedIdentity other = client.renew(entry(before), false, IssueRequest.DEFAULTS);
        assertThat(other.svid().leaf().getPublicKey())
                .isNotEqualTo(before.svid().leaf().getPublicKey());
        IssuedIdentity same = client.renew(entry(other), true, IssueRequest.DEFAULTS);
        assertThat(same.svid().leaf().getPublicKey()).isEqualTo(other.svid().leaf().getPublicKey());
        assertThat(same.svid().serialNumber()).isNotEqualTo(other.svid().serialNumber());
    }

    @Test
    void aRenewalWhoseAnswerWasLostIsSentAgainAsItWas() {
        KeyStore.PrivateKeyEntry held = entry(first());
        ca.lostAnswers.set(2);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> client.renew(held, false, WHOLE))
                    .isInstanceOf(CaUnavailableException.class);
        }
        IssuedIdentity renewed = client.renew(held, false, WHOLE);
        assertThat(ca.renewals).hasSize(3);
        assertThat(new HashSet<>(ca.renewals)).as("one request").hasSize(1);
        assertThat(renewed.svid().spiffeId().path()).isEqualTo("/orders");
        client.renew(held, false, WHOLE);
        assertThat(new HashSet<>(ca.renewals)).as("an answered one is over").hasSize(2);
    }

    @Test
    void anotherRequestIsNotTheLostOne() {
        KeyStore.PrivateKeyEntry held = entry(first());
        ca.lostAnswers.set(1);
        assertThatThrownBy(() -> client.renew(held, false, WHOLE))
                .isInstanceOf(CaUnavailableException.class);
        client.renew(held, false, IssueRequest.DEFAULTS);
        assertThat(ca.renewals).hasSize(2);
        assertThat(ca.renewals.get(0).getRequestId())
                .isNotEqualTo(ca.renewals.get(1).getRequestId());
    }

    @Test
    void aCertificateWithoutASpiffeIdIsNotSent() {
        KeyPair keys = TestCa.keys();
        X509Certificate nameless = ca.ca.bundle(1).authorities().get(0);
        assertThatThrownBy(() ->
                        client.renew(
                                new KeyStore.PrivateKeyEntry(
                                        keys.getPrivate(), new X509Certificate[] {nameless}),
                                false,
                                IssueRequest.DEFAULTS))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(ca.renewals).isEmpty();
    }
}
