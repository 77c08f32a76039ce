package dev.signet.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;

import dev.signet.ca.admin.ActOutcome;
import dev.signet.ca.admin.AuthorityActs;
import dev.signet.ca.admin.AuthorityActs.Changes;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.authority.AuthorityDescription;
import dev.signet.ca.authority.KnownAuthorities;
import dev.signet.proto.v1.CertificateServiceGrpc;
import dev.signet.proto.v1.GetTrustBundleRequest;
import dev.signet.proto.v1.IssueCertificateRequest;
import dev.signet.proto.v1.RenewCertificateRequest;
import dev.signet.proto.v1.RevokeCertificateRequest;
import dev.signet.proto.v1.TrustServiceGrpc;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// What is done to an authority at one server, seen through another one.
class AuthorityReplicasIT {

    private static final Actor ANNA = new Actor("oidc", "issuer|anna", null);
    private static final Duration SOON = Duration.ofSeconds(1);

    private TestDatabase database;
    private ServerRig.Site site;
    private ServerRig here;
    private ServerRig there;

    @BeforeEach
    void start() throws Exception {
        database = TestDatabase.create();
        site = new ServerRig.Site();
        here = ServerRig.start(site, database, Map.of());
        there = ServerRig.start(site, database, Map.of());
    }

    @AfterEach
    void stop() {
        there.close();
        here.close();
        site.close();
        database.close();
    }

    private AuthorityActs acts() {
        return here.server.part(AuthorityActs.class);
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
                .map(AuthorityDescription::id)
                .findFirst()
                .orElse("");
    }

    private static String signer(List<X509Certificate> chain) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(chain.get(1).getEncoded()));
    }

    private static List<X509Certificate> issue(ServerRig rig, KeyPair keys) throws Exception {
        return ServerRig.chain(
                ServerRig.with(
                                rig.certificates(),
                                "Bearer " + rig.site.serviceAccountToken("shop", "orders"))
                        .issueCertificate(
                                IssueCertificateRequest.newBuilder()
                                        .setCertificateSigningRequest(
                                                ByteString.copyFrom(ServerRig.csr(keys)))
                                        .build())
                        .getCertificate());
    }

    private static List<X509Certificate> renew(ManagedChannel channel) throws Exception {
        return ServerRig.chain(
                CertificateServiceGrpc.newBlockingStub(channel)
                        .renewCertificate(
                                RenewCertificateRequest.newBuilder()
                                        .setCertificateSigningRequest(
                                                ByteString.copyFrom(
                                                        ServerRig.csr(ServerRig.newKeys())))
                                        .build())
                        .getCertificate());
    }

    private static String revokeOwn(ManagedChannel channel) throws Exception {
        StatusRuntimeException refused =
                catchThrowableOfType(
                        StatusRuntimeException.class,
                        () -> {
                            var _ =
                                    CertificateServiceGrpc.newBlockingStub(channel)
                                            .revokeCertificate(
                                                    RevokeCertificateRequest.getDefaultInstance());
                        });
        return refused == null ? "" : ServerRig.reason(refused);
    }

    @Test
    void anotherServerSignsWithWhatWasActivatedAndHandsTheNewRootOut() throws Exception {
        String before = active(there);
        assertThat(signer(issue(there, ServerRig.newKeys()))).isEqualTo(before);
        String next =
                done(acts().prepareIssuing(ANNA, null, null, "yearly")).changed().getFirst().id();
        assertThat(signer(issue(there, ServerRig.newKeys()))).isEqualTo(before);
        done(acts().activate(ANNA, next, false, null, "yearly"));
        await().atMost(SOON).until(() -> active(there).equals(next));
        assertThat(signer(issue(there, ServerRig.newKeys()))).isEqualTo(next);

        long version = there.server.trustBundle().version();
        assertThat(there.server.trustBundle().x509Authorities()).hasSize(1);
        done(acts().prepareRoot(ANNA, true, null, "new root"));
        await().atMost(SOON).until(() -> there.server.trustBundle().x509Authorities().size() == 2);
        assertThat(there.server.trustBundle().version()).isGreaterThan(version);
        assertThat(there.roots()).hasSize(2);
    }

    @Test
    void R9_whoIsBelowARevokedIssuingCaRenewsOnItsOpenConnectionAndDoesNothingElse()
            throws Exception {
        KeyPair keys = ServerRig.newKeys();
        List<X509Certificate> chain = issue(there, keys);
        String old = signer(chain);
        ManagedChannel open = there.channel(keys, chain);
        assertThat(signer(renew(open))).isEqualTo(old);
        String next =
                done(acts().prepareIssuing(ANNA, null, null, "incident")).changed().getFirst().id();
        done(acts().activate(ANNA, next, false, null, "incident"));
        done(acts().revoke(ANNA, old, "cACompromise", false, null, "incident"));
        await().atMost(SOON).until(() -> revokeOwn(open).equals("UNAUTHENTICATED"));
        assertThat(signer(renew(open))).isEqualTo(next);
        // What anybody may ask is answered.
        assertThat(
                        TrustServiceGrpc.newBlockingStub(open)
                                .getTrustBundle(GetTrustBundleRequest.getDefaultInstance())
                                .hasBundle())
                .isTrue();
        ManagedChannel again = there.channel(keys, chain);
        assertThat(revokeOwn(again)).isEqualTo("UNAUTHENTICATED");
        assertThat(signer(renew(again))).isEqualTo(next);
    }
}
