package dev.signet.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;

import dev.signet.ca.admin.ActOutcome;
import dev.signet.ca.admin.RevocationActs;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.revocation.BlockTarget;
import dev.signet.ca.revocation.RevocationReason;
import dev.signet.ca.revocation.Revocations;
import dev.signet.proto.v1.AcknowledgeTrustBundleRequest;
import dev.signet.proto.v1.CertificateServiceGrpc;
import dev.signet.proto.v1.CertificateServiceGrpc.CertificateServiceBlockingStub;
import dev.signet.proto.v1.GetTrustBundleRequest;
import dev.signet.proto.v1.IssueCertificateRequest;
import dev.signet.proto.v1.IssuedCertificate;
import dev.signet.proto.v1.RenewCertificateRequest;
import dev.signet.proto.v1.RevokeCertificateRequest;
import dev.signet.proto.v1.TrustServiceGrpc;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Revoked callers and blocked identities on two replicas, over real ports.
class RevokedCallerIT {

    private static final Actor ANNA = new Actor("oidc", "issuer|anna", null);

    private static TestDatabase database;
    private static ServerRig.Site site;
    private static ServerRig here;
    private static ServerRig there;

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.create();
        site = new ServerRig.Site();
        here = ServerRig.start(site, database, Map.of());
        there = ServerRig.start(site, database, Map.of());
    }

    @AfterAll
    static void stop() {
        there.close();
        here.close();
        site.close();
        database.close();
    }

    private record Held(KeyPair keys, List<X509Certificate> chain, SerialNumber serialNumber) {}

    private static Held issue(String account) throws Exception {
        KeyPair keys = ServerRig.newKeys();
        IssuedCertificate issued =
                ServerRig.with(
                                there.certificates(),
                                "Bearer " + site.serviceAccountToken("shop", account))
                        .issueCertificate(
                                IssueCertificateRequest.newBuilder()
                                        .setCertificateSigningRequest(
                                                ByteString.copyFrom(ServerRig.csr(keys)))
                                        .build())
                        .getCertificate();
        return new Held(
                keys,
                ServerRig.chain(issued),
                SerialNumber.fromHex(issued.getSerialNumber()).orElseThrow());
    }

    private static void renew(ManagedChannel channel) throws Exception {
        var _ =
                CertificateServiceGrpc.newBlockingStub(channel)
                        .renewCertificate(
                                RenewCertificateRequest.newBuilder()
                                        .setCertificateSigningRequest(
                                                ByteString.copyFrom(
                                                        ServerRig.csr(ServerRig.newKeys())))
                                        .build());
    }

    private static void bundle(ManagedChannel channel) {
        var _ =
                TrustServiceGrpc.newBlockingStub(channel)
                        .getTrustBundle(GetTrustBundleRequest.getDefaultInstance());
    }

    private static void acknowledge(ManagedChannel channel) {
        var _ =
                TrustServiceGrpc.newBlockingStub(channel)
                        .acknowledgeTrustBundle(
                                AcknowledgeTrustBundleRequest.newBuilder().setVersion(1).build());
    }

    private interface Call {
        void run() throws Exception;
    }

    private static String refusal(Call call) throws Exception {
        StatusRuntimeException refused =
                catchThrowableOfType(StatusRuntimeException.class, call::run);
        return refused == null ? "" : ServerRig.reason(refused);
    }

    private static void revoke(SerialNumber serialNumber, boolean block) {
        assertThat(
                        here.server
                                .part(RevocationActs.class)
                                .revoke(
                                        ANNA,
                                        serialNumber,
                                        RevocationReason.KEY_COMPROMISE,
                                        "stolen",
                                        block))
                .isInstanceOf(ActOutcome.Done.class);
    }

    @Test
    void R9_aRevokedCallerIsRefusedOnItsOpenConnectionToAnotherReplicaWithinASecond()
            throws Exception {
        Held held = issue("open");
        Held other = issue("other");
        ManagedChannel open = there.channel(held.keys(), held.chain());
        ManagedChannel unconcerned = there.channel(other.keys(), other.chain());
        renew(open);
        bundle(open);
        renew(unconcerned);
        revoke(held.serialNumber(), false);
        await().atMost(Duration.ofSeconds(1))
                .until(() -> refusal(() -> renew(open)).equals("UNAUTHENTICATED"));
        assertThat(refusal(() -> acknowledge(open))).isEqualTo("UNAUTHENTICATED");
        // What anybody may read it reads as anybody: what is revoked, and when to renew.
        assertThat(refusal(() -> bundle(open))).isEmpty();
        // A new connection, which may resume the session, gets no further.
        ManagedChannel again = there.channel(held.keys(), held.chain());
        assertThat(refusal(() -> renew(again))).isEqualTo("UNAUTHENTICATED");
        assertThat(refusal(() -> renew(unconcerned))).isEmpty();
        // Its workload's other evidence still counts.
        assertThat(refusal(() -> issue("open"))).isEmpty();
    }

    @Test
    void R16_aRevokedCertificateIsNotRenewedAndNeitherIsOneOfABlockedIdentity() throws Exception {
        Held stolen = issue("stolen");
        Held second = issue("stolen");
        revoke(stolen.serialNumber(), true);
        ManagedChannel bySecond = there.channel(second.keys(), second.chain());
        await().atMost(Duration.ofSeconds(1))
                .until(() -> refusal(() -> renew(bySecond)).equals("IDENTITY_BLOCKED"));
        assertThat(refusal(() -> issue("stolen"))).isEqualTo("IDENTITY_BLOCKED");
        ManagedChannel byStolen = there.channel(stolen.keys(), stolen.chain());
        assertThat(refusal(() -> renew(byStolen))).isEqualTo("UNAUTHENTICATED");
        assertThat(refusal(() -> issue("another"))).isEmpty();
        var block =
                here
                        .server
                        .part(dev.signet.ca.revocation.BlockRegister.class)
                        .list(true, 10, null)
                        .blocks()
                        .stream()
                        .filter(one -> one.target().text().endsWith("/stolen"))
                        .findFirst()
                        .orElseThrow();
        here.server.part(RevocationActs.class).release(ANNA, block.number(), "reinstalled");
        await().atMost(Duration.ofSeconds(1)).until(() -> refusal(() -> renew(bySecond)).isEmpty());
        assertThat(refusal(() -> renew(byStolen))).isEqualTo("UNAUTHENTICATED");
    }

    @Test
    void R9_whatARevokedAuthorityIssuedIsRefused() throws Exception {
        try (TestDatabase own = TestDatabase.create();
                ServerRig rig = ServerRig.start(site, own, Map.of())) {
            KeyPair keys = ServerRig.newKeys();
            CertificateServiceBlockingStub stub =
                    ServerRig.with(
                            rig.certificates(), "Bearer " + site.serviceAccountToken("shop", "a"));
            List<X509Certificate> chain =
                    ServerRig.chain(
                            stub.issueCertificate(
                                            IssueCertificateRequest.newBuilder()
                                                    .setCertificateSigningRequest(
                                                            ByteString.copyFrom(
                                                                    ServerRig.csr(keys)))
                                                    .build())
                                    .getCertificate());
            ManagedChannel channel = rig.channel(keys, chain);
            renew(channel);
            SerialNumber issuing =
                    SerialNumber.fromOctets(chain.get(1).getSerialNumber().toByteArray())
                            .orElseThrow();
            assertThat(
                            rig.server
                                    .part(RevocationActs.class)
                                    .revokeUnrecorded(
                                            ANNA,
                                            issuing,
                                            "0".repeat(64),
                                            null,
                                            RevocationReason.CA_COMPROMISE,
                                            "stolen"))
                    .isInstanceOf(ActOutcome.Done.class);
            assertThat(refusal(() -> acknowledge(channel))).isEqualTo("UNAUTHENTICATED");
            // Renewal goes by the record, and by that alone.
            assertThat(refusal(() -> renew(channel))).isEmpty();
            own.ownerJdbcClient().sql("DELETE FROM ledger.certificate").update();
            assertThat(refusal(() -> renew(channel))).isEqualTo("UNAUTHENTICATED");
        }
    }

    @Test
    void R9_aHolderRevokesItsOwnCertificateAndNothingElse() throws Exception {
        Held held = issue("own");
        Held second = issue("own");
        ManagedChannel channel = here.channel(held.keys(), held.chain());
        var answer =
                CertificateServiceGrpc.newBlockingStub(channel)
                        .revokeCertificate(
                                RevokeCertificateRequest.newBuilder()
                                        .setReason(
                                                dev.signet.proto.v1.RevocationReason
                                                        .REVOCATION_REASON_KEY_COMPROMISE)
                                        .build());
        assertThat(answer.getSerialNumber()).isEqualTo(held.serialNumber().hex());
        assertThat(refusal(() -> renew(channel))).isEqualTo("UNAUTHENTICATED");
        assertThat(
                        refusal(() -> {
                            var _ =
                                    CertificateServiceGrpc.newBlockingStub(channel)
                                            .revokeCertificate(
                                                    RevokeCertificateRequest.getDefaultInstance());
                        }))
                .isEqualTo("UNAUTHENTICATED");
        assertThat(refusal(() -> renew(there.channel(second.keys(), second.chain())))).isEmpty();
        var revocation =
                here.server.part(Revocations.class).find(held.serialNumber()).orElseThrow();
        assertThat(revocation.by().kind()).isEqualTo("certificate");
        assertThat(revocation.by().subject()).endsWith("/own");
        assertThat(revocation.comment()).isEqualTo("by its holder");
        ManagedChannel again = here.channel(second.keys(), second.chain());
        assertThat(
                        refusal(() -> {
                            var _ =
                                    CertificateServiceGrpc.newBlockingStub(again)
                                            .revokeCertificate(
                                                    RevokeCertificateRequest.newBuilder()
                                                            .setReasonValue(2)
                                                            .build());
                        }))
                .isEqualTo("INVALID_ARGUMENT");
    }

    @Test
    void theServersOwnCertificateIsExemptFromBlocks() throws Exception {
        try (TestDatabase own = TestDatabase.create()) {
            try (ServerRig rig = ServerRig.start(site, own, Map.of())) {
                rig.server
                        .part(RevocationActs.class)
                        .block(
                                ANNA,
                                BlockTarget.parse("spiffe://" + ServerRig.TRUST_DOMAIN + "/")
                                        .orElseThrow(),
                                "all");
            }
            try (ServerRig rig = ServerRig.start(site, own, Map.of())) {
                assertThat(
                                refusal(() -> {
                                    var _ =
                                            ServerRig.with(
                                                            rig.certificates(),
                                                            "Bearer "
                                                                    + site.serviceAccountToken(
                                                                            "shop", "a"))
                                                    .issueCertificate(
                                                            IssueCertificateRequest.newBuilder()
                                                                    .setCertificateSigningRequest(
                                                                            ByteString.copyFrom(
                                                                                    ServerRig.csr(
                                                                                            ServerRig
                                                                                                    .newKeys())))
                                                                    .build());
                                }))
                        .isEqualTo("IDENTITY_BLOCKED");
            }
        }
    }

    @Test
    void R15_aReplicaThatStartsKnowsWhatIsRevokedBeforeItServes() throws Exception {
        Held held = issue("early");
        revoke(held.serialNumber(), false);
        try (ServerRig started = ServerRig.start(site, database, Map.of())) {
            ManagedChannel channel = started.channel(held.keys(), held.chain());
            assertThat(refusal(() -> renew(channel))).isEqualTo("UNAUTHENTICATED");
            assertThat(started.server.part(Revocations.class).find(held.serialNumber()))
                    .isPresent();
        }
    }
}
