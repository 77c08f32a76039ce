package dev.signet.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;

import dev.signet.ca.admin.ActOutcome;
import dev.signet.ca.admin.AuthorityActs;
import dev.signet.ca.admin.AuthorityActs.Changes;
import dev.signet.ca.admin.ReissueActs;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.authority.KnownAuthorities;
import dev.signet.ca.ledger.Replacements;
import dev.signet.ca.reissue.Reissue;
import dev.signet.ca.reissue.Reissues;
import dev.signet.client.ClientOptions;
import dev.signet.client.CredentialSource;
import dev.signet.client.FirstTrust;
import dev.signet.client.WorkloadIdentity;
import dev.signet.proto.v1.CertificateServiceGrpc;
import dev.signet.proto.v1.IssueCertificateRequest;
import dev.signet.proto.v1.IssuedCertificate;
import dev.signet.proto.v1.RenewCertificateRequest;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;

import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// docs/runbooks/ca-compromise.md, gone through: the key of the issuing CA is not ours alone any
/// more.
class CaCompromiseDrillIT {

    private static final Logger LOG = LoggerFactory.getLogger(CaCompromiseDrillIT.class);
    private static final Actor ANNA = new Actor("oidc", "issuer|anna", null);
    private static final int CLIENTS = 20;
    private static final int PER_SECOND = 10;

    @Test
    void theServersOwnCertificateIsReplacedWhenItsCaIsRevokedAndNotBefore() throws Exception {
        try (TestDatabase database = TestDatabase.create();
                ServerRig.Site site = new ServerRig.Site();
                ServerRig rig = ServerRig.start(site, database, Map.of())) {
            AuthorityActs authorities = rig.server.part(AuthorityActs.class);
            String old = active(rig);
            String next =
                    done(authorities.prepareIssuing(ANNA, null, null, "incident 42"))
                            .changed()
                            .getFirst()
                            .id();
            done(authorities.activate(ANNA, next, false, null, "incident 42"));
            await().atMost(Duration.ofSeconds(5)).until(() -> active(rig).equals(next));
            // An activation can be rolled back as long as nothing was signed.
            assertThat(issuersOfServer(database)).containsOnly(old);
            done(authorities.revoke(ANNA, old, "keyCompromise", false, null, "incident 42"));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> issuersOfServer(database).contains(next));
            assertThat(issuersOfServer(database)).containsOnlyOnce(next);
        }
    }

    private static List<String> issuersOfServer(TestDatabase database) {
        return database.ownerJdbcClient()
                .sql(
                        "SELECT authority_id FROM ledger.certificate WHERE spiffe_id ="
                                + " 'spiffe://signet.test/signet/server'")
                .query(String.class)
                .list();
    }

    @Test
    void R6_everybodyIsOnTheNewCaAtTheRateThatWasSetAndTheThiefIsNot() throws Exception {
        List<WorkloadIdentity> clients = new ArrayList<>();
        try (TestDatabase database = TestDatabase.create();
                ServerRig.Site site = new ServerRig.Site();
                ServerRig rig = ServerRig.start(site, database, Map.of())) {
            try {
                for (int i = 0; i < CLIENTS; i++) {
                    clients.add(client(rig, "client-" + i));
                }
                KeyPair honestKeys = ServerRig.newKeys();
                IssuedCertificate honest = issue(rig, honestKeys, "honest");
                KeyPair thiefsKeys = ServerRig.newKeys();
                IssuedCertificate thiefs = issue(rig, thiefsKeys, "thief");
                // What a thief makes with the key verifies like any other, and is not on record.
                database.ownerJdbcClient()
                        .sql("DELETE FROM ledger.certificate WHERE serial = :serial")
                        .param("serial", HexFormat.of().parseHex(thiefs.getSerialNumber()))
                        .update();
                String old = active(rig);
                Instant begun = Instant.now();

                AuthorityActs authorities = rig.server.part(AuthorityActs.class);
                String next =
                        done(authorities.prepareIssuing(ANNA, null, null, "incident 42"))
                                .changed()
                                .getFirst()
                                .id();
                done(authorities.activate(ANNA, next, false, null, "incident 42"));
                await().atMost(Duration.ofSeconds(5)).until(() -> active(rig).equals(next));
                done(authorities.revoke(ANNA, old, "keyCompromise", false, null, "incident 42"));

                // Renewal, and only that, for exactly what is on record.
                assertThat(issuer(ServerRig.chain(renew(rig, honestKeys, honest)))).isEqualTo(next);
                assertThatThrownBy(() -> renew(rig, thiefsKeys, thiefs))
                        .isInstanceOfSatisfying(
                                StatusRuntimeException.class,
                                refused ->
                                        assertThat(refused.getStatus().getCode())
                                                .isEqualTo(Status.Code.UNAUTHENTICATED));

                Reissue reissue = order(rig, old);
                assertThat(reissue.certificates()).isGreaterThanOrEqualTo(CLIENTS);
                Duration window = Duration.between(reissue.order().start(), reissue.order().end());
                assertThat(window)
                        .isEqualTo(
                                Duration.ofSeconds(
                                        Math.ceilDiv(reissue.certificates(), PER_SECOND)));
                await().atMost(window.plusSeconds(60))
                        .until(() ->
                                clients.stream().allMatch(client -> issuer(client).equals(next)));
                LOG.info(
                        "{} clients on the new CA {} after the drill began, window {}",
                        CLIENTS,
                        Duration.between(begun, Instant.now()),
                        window);
                assertThat(rig.server.part(Reissues.class).progress(reissue).replaced())
                        .isGreaterThanOrEqualTo(CLIENTS);
                // They renewed by what they held: nobody had to prove itself anew.
                assertThat(evidenceSince(database, next))
                        .containsOnly("current-certificate", "server");
            } finally {
                clients.forEach(WorkloadIdentity::close);
            }
        }
    }

    private static List<String> evidenceSince(TestDatabase database, String authority) {
        return database.ownerJdbcClient()
                .sql(
                        "SELECT DISTINCT evidence_kind FROM ledger.certificate WHERE authority_id ="
                                + " :authority")
                .param("authority", authority)
                .query(String.class)
                .list();
    }

    private static Changes done(ActOutcome<Changes> outcome) {
        return switch (outcome) {
            case ActOutcome.Done<Changes>(Changes changes) -> changes;
            case ActOutcome.Pending<Changes> _ -> throw new AssertionError("waits");
            case ActOutcome.Refused<Changes>(var refusal) ->
                    throw new AssertionError(refusal.toString());
        };
    }

    private static String active(ServerRig rig) {
        return rig.server.part(KnownAuthorities.class).described().stream()
                .filter(known -> known.role().equals("issuing") && known.state().equals("active"))
                .findFirst()
                .orElseThrow()
                .id();
    }

    private static Reissue order(ServerRig rig, String authority) {
        return switch (rig.server
                .part(ReissueActs.class)
                .startReissue(
                        ANNA,
                        new Replacements.Scope(Set.of(authority), ""),
                        PER_SECOND,
                        null,
                        "incident 42")) {
            case ActOutcome.Done<Reissue>(Reissue reissue) -> reissue;
            case ActOutcome.Pending<Reissue> _, ActOutcome.Refused<Reissue> _ ->
                    throw new AssertionError("not ordered");
        };
    }

    private static WorkloadIdentity client(ServerRig rig, String name) throws Exception {
        Path token = rig.site.directory.resolve("token-" + name);
        Files.writeString(token, rig.site.serviceAccountToken("shop", name));
        return WorkloadIdentity.builder()
                .caAddress("127.0.0.1:" + rig.server.grpcPort())
                .firstTrust(FirstTrust.bundle(rig.get("/trust-bundle.pem").body()))
                .credential(CredentialSource.tokenFile(token))
                .trustDomain(ServerRig.TRUST_DOMAIN)
                .options(
                        ClientOptions.DEFAULTS
                                .withFirstCertificateTimeout(Duration.ofSeconds(60))
                                .withRetries(Duration.ofMillis(200), Duration.ofSeconds(1))
                                .withRecheck(Duration.ofMillis(500)))
                .start();
    }

    private static String issuer(WorkloadIdentity client) {
        try {
            return issuer(client.current().chain());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static String issuer(List<X509Certificate> chain) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(chain.get(1).getEncoded()));
    }

    private static IssuedCertificate issue(ServerRig rig, KeyPair keys, String account)
            throws Exception {
        return ServerRig.with(
                        rig.certificates(),
                        "Bearer " + rig.site.serviceAccountToken("shop", account))
                .issueCertificate(
                        IssueCertificateRequest.newBuilder()
                                .setCertificateSigningRequest(
                                        ByteString.copyFrom(ServerRig.csr(keys)))
                                .build())
                .getCertificate();
    }

    private static IssuedCertificate renew(
            ServerRig rig, KeyPair keys, IssuedCertificate certificate) throws Exception {
        return CertificateServiceGrpc.newBlockingStub(
                        rig.channel(keys, ServerRig.chain(certificate)))
                .renewCertificate(
                        RenewCertificateRequest.newBuilder()
                                .setCertificateSigningRequest(
                                        ByteString.copyFrom(ServerRig.csr(ServerRig.newKeys())))
                                .build())
                .getCertificate();
    }
}
