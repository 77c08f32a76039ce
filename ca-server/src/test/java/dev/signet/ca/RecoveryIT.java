package dev.signet.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;

import dev.signet.ca.recovery.UnrecordedCertificate;
import dev.signet.ca.recovery.UnrecordedCertificates;
import dev.signet.proto.v1.CertificateServiceGrpc;
import dev.signet.proto.v1.IssueCertificateRequest;
import dev.signet.proto.v1.IssuedCertificate;
import dev.signet.proto.v1.RenewCertificateRequest;

import org.junit.jupiter.api.Test;

import java.security.KeyPair;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;

/// What the ledger does not have any more is noticed when its holder shows it.
class RecoveryIT {

    @Test
    void aCertificateThatIsNotOnRecordIsReportedWhenItRenewsAndRenewsAllTheSame() throws Exception {
        try (TestDatabase database = TestDatabase.create();
                ServerRig.Site site = new ServerRig.Site();
                ServerRig rig = ServerRig.start(site, database, Map.of())) {
            UnrecordedCertificates unrecorded = rig.server.part(UnrecordedCertificates.class);
            KeyPair lostKeys = ServerRig.newKeys();
            IssuedCertificate lost = issue(rig, site, lostKeys, "lost");
            KeyPair keptKeys = ServerRig.newKeys();
            IssuedCertificate kept = issue(rig, site, keptKeys, "kept");
            // As after PostgreSQL was put back to a moment before it was issued.
            assertThat(
                            database.ownerJdbcClient()
                                    .sql("DELETE FROM ledger.certificate WHERE serial = :serial")
                                    .param(
                                            "serial",
                                            HexFormat.of().parseHex(lost.getSerialNumber()))
                                    .update())
                    .isEqualTo(1);
            renew(rig, keptKeys, kept);
            renew(rig, lostKeys, lost);
            renew(rig, lostKeys, lost);
            await().atMost(Duration.ofSeconds(20)).until(() -> unrecorded.count() == 1);
            UnrecordedCertificate found = unrecorded.list(10).getFirst();
            assertThat(found.serialNumber().hex()).isEqualTo(lost.getSerialNumber());
            assertThat(found.spiffeId()).isEqualTo(lost.getSpiffeId());
            assertThat(found.der()).isEqualTo(lost.getCertificateChain(0).toByteArray());
            assertThat(found.authorityId())
                    .isEqualTo(
                            database.ownerJdbcClient()
                                    .sql("SELECT DISTINCT authority_id FROM ledger.certificate")
                                    .query(String.class)
                                    .single());
            assertThat(rig.get("/metrics").body()).contains("signet_recovery_unrecorded_total 1.0");
        }
    }

    @Test
    void whatCannotBeComparedWhilePostgresqlIsAwayIsComparedLater() throws Exception {
        try (TestDatabase database = TestDatabase.create();
                ServerRig.Site site = new ServerRig.Site();
                ServerRig rig = ServerRig.start(site, database, Map.of())) {
            KeyPair keys = ServerRig.newKeys();
            IssuedCertificate lost = issue(rig, site, keys, "lost");
            var owner = database.ownerJdbcClient();
            owner.sql("ALTER TABLE recovery.unrecorded_certificate RENAME TO elsewhere").update();
            owner.sql("DELETE FROM ledger.certificate WHERE evidence_kind = 'kubernetes'").update();
            renew(rig, keys, lost);
            owner.sql("ALTER TABLE recovery.elsewhere RENAME TO unrecorded_certificate").update();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> rig.server.part(UnrecordedCertificates.class).count() == 1);
        }
    }

    private static IssuedCertificate issue(
            ServerRig rig, ServerRig.Site site, KeyPair keys, String account) throws Exception {
        return ServerRig.with(
                        rig.certificates(), "Bearer " + site.serviceAccountToken("shop", account))
                .issueCertificate(
                        IssueCertificateRequest.newBuilder()
                                .setCertificateSigningRequest(
                                        ByteString.copyFrom(ServerRig.csr(keys)))
                                .build())
                .getCertificate();
    }

    private static void renew(ServerRig rig, KeyPair keys, IssuedCertificate certificate)
            throws Exception {
        CertificateServiceGrpc.newBlockingStub(rig.channel(keys, ServerRig.chain(certificate)))
                .renewCertificate(
                        RenewCertificateRequest.newBuilder()
                                .setCertificateSigningRequest(
                                        ByteString.copyFrom(ServerRig.csr(ServerRig.newKeys())))
                                .build());
    }
}
