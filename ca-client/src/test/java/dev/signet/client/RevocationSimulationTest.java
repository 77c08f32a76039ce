package dev.signet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.X509ExtendedTrustManager;

/// What the feed of revocations does to an identity, without sockets.
class RevocationSimulationTest {

    private static final Instant BEGIN = Instant.parse("2026-11-23T00:00:00Z");
    private static final Duration SECOND = Duration.ofSeconds(1);

    @TempDir Path directory;

    private final SimulatedTimeline time = new SimulatedTimeline(BEGIN);
    private final FakeCa ca = new FakeCa(TestCa.create("example.org", BEGIN), time::trueTime);
    private final List<X509Svid> revoked = new ArrayList<>();
    private Path token;

    @BeforeEach
    void writeToken() throws IOException {
        token = Files.writeString(directory.resolve("token"), "token-1\n");
    }

    private WorkloadIdentity start(ClientOptions options) {
        WorkloadIdentity identity =
                WorkloadIdentity.builder()
                        .timeline(time)
                        .port(ca)
                        .firstTrust(FirstTrust.bundle(Pem.encode(List.of(ca.ca.root()))))
                        .credential(CredentialSource.tokenFile(token))
                        .options(options.withFirstCertificateTimeout(Duration.ZERO))
                        .listener(
                                new IdentityListener() {
                                    @Override
                                    public void onRevoked(X509Svid svid) {
                                        revoked.add(svid);
                                    }
                                })
                        .start();
        time.advance(SECOND);
        return identity;
    }

    private WorkloadIdentity start() {
        return start(ClientOptions.DEFAULTS);
    }

    private static void accept(WorkloadIdentity identity, X509Svid peer)
            throws CertificateException {
        X509ExtendedTrustManager judge = identity.trustManager(PeerPredicate.anyTrusted());
        X509Certificate[] chain = peer.chain().toArray(X509Certificate[]::new);
        judge.checkClientTrusted(chain, "EC");
        judge.checkServerTrusted(chain, "EC");
    }

    @Test
    void refusesARevokedPeerAndNoOther() throws Exception {
        WorkloadIdentity identity = start();
        X509Svid good = ca.ca.svid("/good", time.instant(), Duration.ofHours(1));
        X509Svid bad = ca.ca.svid("/bad", time.instant(), Duration.ofHours(1));
        accept(identity, bad);
        ca.revoke(bad.leaf());
        accept(identity, good);
        assertThatThrownBy(() -> accept(identity, bad))
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining("is revoked");
        assertThat(identity.status().knownRevocations()).isEqualTo(1);
        identity.close();
    }

    @Test
    void revocationsDoNotWaitForARenewalThatHangs() {
        WorkloadIdentity identity = start();
        X509Svid bad = ca.ca.svid("/bad", time.instant(), Duration.ofHours(1));
        // The identity's thread is busy: nothing of the timeline runs.
        ca.revoke(bad.leaf());
        assertThatThrownBy(() -> accept(identity, bad)).isInstanceOf(CertificateException.class);
        identity.close();
    }

    @Test
    void aRevocationOfOurCaSaysNothingOfForeignCertificates() throws Exception {
        TestCa foreign = TestCa.create("partner.net", BEGIN);
        ca.federated = List.of(foreign.bundle(3));
        WorkloadIdentity identity = start();
        X509Svid peer = foreign.svid("/partner", time.instant(), Duration.ofHours(1));
        ca.revoke(peer.leaf());
        accept(identity, peer);
        identity.close();
    }

    @Test
    void trustsAForeignDomainByItsOwnBundleOnlyAndOnlyWhileItIsFederated() throws Exception {
        TestCa foreign = TestCa.create("partner.net", BEGIN);
        WorkloadIdentity identity = start();
        X509Svid peer = foreign.svid("/partner", time.instant(), Duration.ofHours(1));
        assertThatThrownBy(() -> accept(identity, peer)).isInstanceOf(CertificateException.class);
        ca.federated = List.of(foreign.bundle(3));
        ca.push();
        time.advance(SECOND);
        accept(identity, peer);

        // The foreign CA signs a name of ours, and ours one of theirs: neither counts.
        TestCa liar = foreign.claiming("example.org");
        X509Svid forged = liar.svid("/ns/shop/sa/orders", time.instant(), Duration.ofHours(1));
        assertThatThrownBy(() -> accept(identity, forged))
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining("example.org");
        X509Svid swapped =
                ca.ca.claiming("partner.net").svid("/x", time.instant(), Duration.ofHours(1));
        assertThatThrownBy(() -> accept(identity, swapped))
                .isInstanceOf(CertificateException.class);

        // A federated bundle that claims our own domain changes nothing.
        ca.federated = List.of(foreign.bundle(4), liar.bundle(99));
        ca.push();
        time.advance(SECOND);
        assertThatThrownBy(() -> accept(identity, forged)).isInstanceOf(CertificateException.class);
        assertThat(identity.trustBundle().authorities()).containsExactly(ca.ca.root());

        ca.federated = List.of();
        ca.push();
        time.advance(SECOND);
        assertThatThrownBy(() -> accept(identity, peer)).isInstanceOf(CertificateException.class);
        identity.close();
    }

    @Test
    void comesBackWithTheSequenceItReachedAndKeepsWhatTheCaForgot() {
        WorkloadIdentity identity = start();
        X509Svid bad = ca.ca.svid("/bad", time.instant(), Duration.ofHours(1));
        ca.sequence = 40;
        ca.revoke(bad.leaf());
        ca.watchEnd.accept(FakeCa.away());
        time.advance(Duration.ofSeconds(2));
        assertThat(ca.openings.get(ca.openings.size() - 1).afterSequence()).isEqualTo(41);
        // The CA was put back to an earlier moment: it sends everything, and that is less.
        ca.newest.revocations(new RevocationUpdate(0, true, true, List.of(), null));
        ca.newest.revocations(new RevocationUpdate(17, false, false, List.of(), Duration.ZERO));
        assertThatThrownBy(() -> accept(identity, bad)).isInstanceOf(CertificateException.class);
        ca.watchEnd.accept(FakeCa.away());
        time.advance(Duration.ofSeconds(5));
        assertThat(ca.openings.get(ca.openings.size() - 1).afterSequence()).isEqualTo(17);
        identity.close();
    }

    @Test
    void failsOpenUnlessToldOtherwiseAndShowsTheAge() throws Exception {
        WorkloadIdentity identity = start();
        X509Svid peer = ca.ca.svid("/peer", time.instant(), Duration.ofDays(3));
        assertThat(identity.status().revocationAge()).isNull();
        accept(identity, peer);
        ca.revoke();
        ca.watchEnd.accept(FakeCa.away());
        ca.fault = FakeCa::away;
        time.advance(Duration.ofMinutes(30));
        assertThat(identity.status().revocationAge())
                .isBetween(Duration.ofMinutes(29), Duration.ofMinutes(31));
        accept(identity, peer);
        identity.close();
    }

    @Test
    void failsClosedAfterTheGivenAgeWhereRequested() throws Exception {
        WorkloadIdentity identity =
                start(
                        ClientOptions.DEFAULTS.withWhenRevocationUnknown(
                                WhenRevocationUnknown.failClosedAfter(Duration.ofSeconds(30))));
        X509Svid peer = ca.ca.svid("/peer", time.instant(), Duration.ofDays(3));
        assertThatThrownBy(() -> accept(identity, peer))
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining("never");
        ca.revoke();
        accept(identity, peer);
        // The CA's own knowledge is old: that counts as well.
        ca.newest.revocations(Revocations.update(1, Duration.ofSeconds(29)));
        accept(identity, peer);
        time.advance(Duration.ofSeconds(2));
        assertThatThrownBy(() -> accept(identity, peer))
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining("31 s ago");
        ca.revoke();
        accept(identity, peer);
        // A suspend counts although the monotonic clock stood still.
        time.suspend(Duration.ofMinutes(1));
        assertThatThrownBy(() -> accept(identity, peer)).isInstanceOf(CertificateException.class);
        ca.revoke();
        assertThatCode(() -> accept(identity, peer)).doesNotThrowAnyException();
        // A clock that was set back does not make knowledge younger.
        time.wallClockIsOffBy(Duration.ofHours(-1));
        time.advance(Duration.ofSeconds(31));
        assertThat(identity.status().revocationAge()).isGreaterThan(Duration.ofSeconds(30));
        identity.close();
    }

    @Test
    void aRevokedIdentityTellsStopsShowingAndAttestsAnew() {
        WorkloadIdentity identity = start();
        X509Svid first = identity.current();
        ca.refuseRenewal = true;
        ca.revoke(first.leaf());
        assertThat(identity.status().revoked()).isTrue();
        assertThat(identity.status().usable()).isFalse();
        assertThat(identity.keyManager().chooseEngineServerAlias("EC", null, null)).isNull();
        time.advance(SECOND);
        assertThat(revoked).containsExactly(first);
        assertThat(identity.current().serialNumber()).isNotEqualTo(first.serialNumber());
        assertThat(identity.status().revoked()).isFalse();
        assertThat(ca.attestations).isEqualTo(2);
        assertThat(ca.renewals).isZero();
        identity.close();
    }

    @Test
    void aRevokedIdentityThatGetsNothingNewBacksOff() {
        WorkloadIdentity identity = start();
        ca.fault =
                () ->
                        new RequestRefusedException(
                                "IDENTITY_BLOCKED", "blocked", java.util.Map.of(), null);
        ca.revoke(identity.current().leaf());
        time.advance(Duration.ofMinutes(10));
        assertThat(identity.status().failures()).isBetween(15L, 120L);
        assertThat(identity.status().lastErrorCode()).isEqualTo("IDENTITY_BLOCKED");
        assertThat(revoked).hasSize(1);
        ca.fault = () -> null;
        time.advance(Duration.ofMinutes(1));
        assertThat(identity.status().usable()).isTrue();
        identity.close();
    }

    @Test
    void acknowledgesWhatIsInForceByTheCertificateThatItShows() {
        WorkloadIdentity identity = start();
        assertThat(ca.acknowledged).containsExactly(1L);
        ca.published = ca.ca.bundle(2);
        ca.push();
        time.advance(SECOND);
        assertThat(ca.acknowledged).containsExactly(1L, 2L);
        // Not taken, so not acknowledged.
        ca.watcher.accept(TestCa.flat("other.org", BEGIN).bundle(9));
        ca.watcher.accept(ca.ca.bundle(1));
        time.advance(SECOND);
        assertThat(ca.acknowledged).containsExactly(1L, 2L);
        // After a rotation the new certificate says it again.
        identity.renewNow();
        time.advance(SECOND);
        assertThat(ca.acknowledged).containsExactly(1L, 2L, 2L);
        assertThat(ca.openings.get(ca.openings.size() - 1).shown()).isEqualTo(identity.current());
        assertThat(identity.status().trustWatchOpen()).isTrue();
        identity.close();
    }
}
