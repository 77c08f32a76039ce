package dev.signet.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

class RotationSimulationTest {

    private static final Instant BEGIN = Instant.parse("2026-11-23T00:00:00Z");
    private static final Duration SECOND = Duration.ofSeconds(1);

    @TempDir Path directory;

    private final SimulatedTimeline time = new SimulatedTimeline(BEGIN);
    private final FakeCa ca = new FakeCa(TestCa.flat("example.org", BEGIN), time::trueTime);
    private final List<X509Svid> rotated = new ArrayList<>();
    private final List<SignetClientException> failures = new ArrayList<>();
    private final List<X509Svid> expired = new ArrayList<>();
    private final List<TrustBundle> trust = new ArrayList<>();
    private Path token;

    @BeforeEach
    void writeToken() throws IOException {
        token = Files.writeString(directory.resolve("token"), "token-1\n");
    }

    private WorkloadIdentityBuilder describe() {
        return WorkloadIdentity.builder()
                .timeline(time)
                .port(ca)
                .firstTrust(FirstTrust.bundle(Pem.encode(List.of(ca.ca.root()))))
                .credential(CredentialSource.tokenFile(token))
                .options(ClientOptions.DEFAULTS.withFirstCertificateTimeout(Duration.ZERO))
                .listener(
                        new IdentityListener() {
                            @Override
                            public void onRotated(X509Svid current) {
                                rotated.add(current);
                            }

                            @Override
                            public void onFailed(SignetClientException failure) {
                                failures.add(failure);
                            }

                            @Override
                            public void onExpired(X509Svid svid) {
                                expired.add(svid);
                            }

                            @Override
                            public void onTrustChanged(TrustBundle bundle) {
                                trust.add(bundle);
                            }
                        });
    }

    private WorkloadIdentity start() {
        WorkloadIdentity identity = describe().start();
        time.advance(SECOND);
        return identity;
    }

    private static X509Svid shown(WorkloadIdentity identity) {
        String alias = identity.keyManager().chooseEngineServerAlias("EC", null, null);
        return alias == null ? null : identity.current();
    }

    @Test
    void neverShowsAnExpiredCertificateInTenThousandRotations() {
        WorkloadIdentity identity =
                describe()
                        .options(
                                ClientOptions.DEFAULTS
                                        .withFirstCertificateTimeout(Duration.ZERO)
                                        .withRecheck(Duration.ofMinutes(1)))
                        .start();
        time.advance(SECOND);
        Random chaos = new Random(7);
        Set<String> keys = new HashSet<>();
        while (rotated.size() < 10_000) {
            // Now and then an outage, always shorter than what is left of the certificate.
            if (chaos.nextInt(50) == 0) {
                ca.fault = FakeCa::away;
                time.advance(Duration.ofSeconds(chaos.nextInt(900)));
                ca.fault = () -> null;
                time.advance(Duration.ofSeconds(60));
            }
            time.advance(Duration.ofSeconds(chaos.nextInt(2400)));
            X509Svid shown = shown(identity);
            assertThat(shown).isNotNull();
            assertThat(time.trueTime()).isBefore(shown.notAfter());
            keys.add(shown.serialNumber());
        }
        assertThat(expired).isEmpty();
        assertThat(failures).isNotEmpty();
        assertThat(identity.status().rotations()).isEqualTo(rotated.size());
        assertThat(identity.status().attestations()).isEqualTo(1);
        assertThat(ca.issuances).isEqualTo(rotated.size());
        assertThat(new HashSet<>(ca.requestIds)).hasSize((int) ca.issuances);
        identity.close();
    }

    @Test
    void makesANewKeyAtEachRotationUnlessToldToKeepIt() {
        WorkloadIdentity fresh = start();
        time.advance(Duration.ofHours(3));
        assertThat(rotated).hasSizeGreaterThan(2);
        assertThat(rotated.stream().map(svid -> svid.leaf().getPublicKey()).distinct())
                .hasSameSizeAs(rotated);
        fresh.close();

        rotated.clear();
        SimulatedTimeline other = new SimulatedTimeline(time.trueTime());
        FakeCa sameCa = new FakeCa(ca.ca, other::trueTime);
        WorkloadIdentity kept = describe().timeline(other).port(sameCa).keepKey().start();
        other.advance(Duration.ofHours(3));
        assertThat(rotated).hasSizeGreaterThan(2);
        assertThat(rotated.stream().map(svid -> svid.leaf().getPublicKey()).distinct()).hasSize(1);
        kept.close();
    }

    @Test
    void keepsTheLastCertificateToItsEndWhileTheCaIsAway() {
        WorkloadIdentity identity = start();
        X509Svid first = identity.current();
        ca.fault = FakeCa::away;
        time.advance(Duration.between(time.trueTime(), first.notAfter()).minus(SECOND));
        assertThat(shown(identity)).isSameAs(first);
        assertThat(failures).hasSizeGreaterThan(10);
        assertThat(identity.status().lastErrorCode()).isEqualTo("UNAVAILABLE");

        time.advance(Duration.ofSeconds(2));
        assertThat(shown(identity)).isNull();
        assertThat(expired).containsExactly(first);
        assertThat(identity.status().usable()).isFalse();

        ca.fault = () -> null;
        time.advance(Duration.ofSeconds(31));
        assertThat(shown(identity)).isNotNull().isNotSameAs(first);
        assertThat(identity.status().attestations()).isEqualTo(2);
        identity.close();
    }

    @Test
    void readsTheTokenFileAgainAtEachUse() throws IOException {
        WorkloadIdentity identity = start();
        Files.writeString(token, "token-2");
        ca.refuseRenewal = true;
        identity.renewNow();
        time.advance(SECOND);
        assertThat(ca.authorizations).containsExactly("Bearer token-1", "Bearer token-2");
        identity.close();
    }

    @Test
    void attestsAgainWhenTheCurrentCertificateIsRefused() {
        WorkloadIdentity identity = start();
        ca.refuseRenewal = true;
        time.advance(Duration.ofMinutes(45));
        assertThat(identity.status().rotations()).isEqualTo(2);
        assertThat(identity.status().attestations()).isEqualTo(2);
        identity.close();
    }

    @Test
    void attestsAgainSoonAfterASuspendLongerThanTheCertificate() {
        WorkloadIdentity identity = start();
        time.suspend(Duration.ofDays(3));
        assertThat(shown(identity)).isNull();
        time.advance(ClientOptions.DEFAULTS.recheck());
        assertThat(shown(identity)).isNotNull();
        assertThat(identity.status().attestations()).isEqualTo(2);
        identity.close();
    }

    @Test
    void renewsSoonAfterASuspendPastItsMoment() {
        WorkloadIdentity identity = start();
        time.suspend(Duration.ofMinutes(45));
        time.advance(ClientOptions.DEFAULTS.recheck());
        assertThat(identity.status().rotations()).isEqualTo(2);
        assertThat(identity.status().attestations()).isEqualTo(1);
        identity.close();
    }

    @Test
    void isNotLateWhenTheClockIsSetBack() {
        WorkloadIdentity identity = start();
        X509Svid first = identity.current();
        time.wallClockIsOffBy(Duration.ofMinutes(-4));
        time.advance(Duration.between(time.trueTime(), first.notAfter()).minusMinutes(15));
        assertThat(identity.current()).isNotSameAs(first);
        for (int i = 0; i < 200; i++) {
            time.advance(Duration.ofMinutes(1));
            assertThat(time.trueTime()).isBefore(shown(identity).notAfter());
        }
        identity.close();
    }

    @Test
    void saysSoAndRecoversWhenTheClockIsFarOff() {
        WorkloadIdentity identity = start();
        time.wallClockIsOffBy(Duration.ofDays(-1));
        time.advance(Duration.ofMinutes(50));
        assertThat(identity.status().lastErrorCode()).isEqualTo("CERTIFICATE_NOT_YET_VALID");
        time.wallClockIsOffBy(Duration.ofDays(1));
        time.advance(Duration.ofMinutes(1));
        assertThat(shown(identity)).isNull();
        assertThat(identity.status().lastErrorCode()).isEqualTo("CERTIFICATE_EXPIRED");
        time.wallClockIsOffBy(Duration.ZERO);
        time.advance(Duration.ofMinutes(1));
        assertThat(shown(identity)).isNotNull();
        identity.close();
    }

    @Test
    void sendsTheSameRequestUntilAnAnswerComes() {
        WorkloadIdentity identity = start();
        ca.requestIds.clear();
        ca.loseAnswers = true;
        identity.renewNow();
        time.advance(Duration.ofSeconds(20));
        assertThat(ca.requestIds).hasSizeGreaterThan(3);
        ca.loseAnswers = false;
        time.advance(Duration.ofSeconds(31));
        assertThat(new HashSet<>(ca.requestIds)).hasSize(1);
        assertThat(ca.issuances).isEqualTo(2);
        assertThat(identity.status().rotations()).isEqualTo(2);
        identity.close();
    }

    @Test
    void usesNoCertificateForAnotherKey() {
        WorkloadIdentity identity = start();
        X509Svid first = identity.current();
        ca.otherKey = TestCa.keys().getPublic();
        identity.renewNow();
        time.advance(SECOND);
        assertThat(identity.current()).isSameAs(first);
        assertThat(identity.status().lastErrorCode()).isEqualTo("OTHER_KEY");
        ca.otherKey = null;
        time.advance(Duration.ofMinutes(1));
        assertThat(identity.current()).isNotSameAs(first);
        identity.close();
    }

    @Test
    void usesNoCertificateOfAnotherIdentity() {
        WorkloadIdentity identity = start();
        X509Svid first = identity.current();
        ca.path = "/ns/shop/sa/payments";
        identity.renewNow();
        time.advance(SECOND);
        assertThat(identity.current()).isSameAs(first);
        assertThat(identity.status().lastErrorCode()).isEqualTo("OTHER_IDENTITY");
        // Nor after its own has ended.
        time.advance(Duration.ofHours(2));
        assertThat(shown(identity)).isNull();
        identity.close();
    }

    @Test
    void usesNoCertificateThatTheBundleDoesNotVouchFor() {
        WorkloadIdentity identity = start();
        X509Svid first = identity.current();
        TestCa honest = ca.ca;
        ca.ca = TestCa.flat("example.org", BEGIN);
        identity.renewNow();
        time.advance(SECOND);
        assertThat(identity.current()).isSameAs(first);
        assertThat(identity.status().lastErrorCode()).isEqualTo("CHAIN_NOT_TRUSTED");
        ca.ca = honest;
        time.advance(Duration.ofMinutes(1));
        assertThat(identity.current()).isNotSameAs(first);
        identity.close();
    }

    @Test
    void fetchesTheBundleThatANewChainNeeds() {
        WorkloadIdentity identity = start();
        ca.ca = TestCa.flat("example.org", BEGIN);
        ca.published = ca.ca.bundle(2);
        identity.renewNow();
        time.advance(SECOND);
        assertThat(identity.status().bundleVersion()).isEqualTo(2);
        assertThat(identity.status().rotations()).isEqualTo(2);
        identity.close();
    }

    @Test
    void leavesAnOlderBundleAside() {
        ca.published = ca.ca.bundle(5);
        WorkloadIdentity identity = start();
        ca.watcher.accept(TestCa.flat("example.org", BEGIN).bundle(4));
        time.advance(SECOND);
        assertThat(identity.status().bundleVersion()).isEqualTo(5);
        assertThat(identity.trustBundle().authorities()).containsExactly(ca.ca.root());
        identity.close();
    }

    @Test
    void leavesABundleOfAnotherDomainAside() {
        WorkloadIdentity identity = start();
        ca.watcher.accept(TestCa.flat("other.org", BEGIN).bundle(9));
        time.advance(SECOND);
        assertThat(identity.status().bundleVersion()).isEqualTo(1);
        identity.close();
    }

    @Test
    void renewsAtOnceWhenTheBundleNoLongerVouchesForItsCertificate() {
        WorkloadIdentity identity = start();
        ca.ca = TestCa.flat("example.org", BEGIN);
        ca.published = ca.ca.bundle(2);
        ca.watcher.accept(ca.published);
        time.advance(SECOND);
        assertThat(trust).extracting(TrustBundle::version).containsExactly(1L, 2L);
        assertThat(identity.status().rotations()).isEqualTo(2);
        identity.close();
    }

    @Test
    void opensTheWatchAgainAfterALoss() {
        WorkloadIdentity identity = start();
        assertThat(identity.status().trustWatchOpen()).isTrue();
        ca.watchEnd.accept(FakeCa.away());
        time.step();
        assertThat(identity.status().trustWatchOpen()).isFalse();
        time.advance(Duration.ofSeconds(2));
        assertThat(ca.watches).isEqualTo(2);
        assertThat(identity.status().trustWatchOpen()).isTrue();
        identity.close();
    }

    @Test
    void asksForTheBundleNowAndThenWhereNoWatchIsGranted() {
        WorkloadIdentity identity = start();
        ca.watchEnd.accept(new CaUnavailableException("TOO_MANY_WATCHES", "too many", null, null));
        ca.published =
                new TrustBundle(ca.ca.domain(), 2, List.of(ca.ca.root()), Duration.ofMinutes(5));
        time.advance(SECOND);
        assertThat(identity.status().bundleVersion()).isEqualTo(2);
        assertThat(ca.watches).isEqualTo(1);
        time.advance(Duration.ofMinutes(5));
        assertThat(ca.watches).isEqualTo(2);
        identity.close();
    }

    @Test
    void waitsAsLongAsTheCaAsks() {
        List<Instant> calls = new ArrayList<>();
        ca.fault =
                () -> {
                    calls.add(time.instant());
                    return new CaUnavailableException(
                            "OVERLOADED", "later", Duration.ofSeconds(40), null);
                };
        WorkloadIdentity identity = describe().start();
        time.advance(Duration.ofMinutes(5));
        List<Instant> attempts = calls.stream().distinct().toList();
        ca.fault = () -> null;
        assertThat(failures).hasSizeBetween(3, 8);
        assertThat(attempts).isNotEmpty();
        identity.close();
    }

    @Test
    void joinTokenIsSpentOnce() {
        WorkloadIdentity identity =
                describe().credential(CredentialSource.joinToken("join-me")).start();
        time.advance(Duration.ofHours(1));
        assertThat(ca.authorizations).containsExactly("Join join-me");
        time.suspend(Duration.ofHours(2));
        time.advance(Duration.ofMinutes(1));
        assertThat(ca.authorizations).hasSize(1);
        assertThat(identity.status().lastErrorCode()).isEqualTo("NO_CREDENTIAL");
        identity.close();
    }

    @Test
    void E32_aJoinTokenThatWasUsedIsShownOnceAndTheFailureSaysWhatToDo() {
        ca.fault =
                () ->
                        ca.authorizations.isEmpty()
                                ? null
                                : new RequestRefusedException(
                                        "TOKEN_ALREADY_USED",
                                        "The join token was already used.",
                                        Map.of(),
                                        null);
        WorkloadIdentity identity =
                describe().credential(CredentialSource.joinToken("join-me")).start();
        time.advance(SECOND);
        assertThat(failures).hasSize(1);
        assertThat(failures.get(0))
                .isInstanceOf(RequestRefusedException.class)
                .hasMessageContaining("signet token create")
                .hasMessageContaining("somebody else did");
        assertThat(failures.get(0).code()).isEqualTo("TOKEN_ALREADY_USED");
        time.advance(Duration.ofDays(1));
        assertThat(ca.authorizations).containsExactly("Join join-me");
        assertThat(failures).hasSizeBetween(2, 12 * 24 + 1);
        identity.close();
    }

    @Test
    void E32_aJoinTokenThatProvesNothingIsNotTriedAtTheFullRate() {
        ca.fault = () -> new RequestRefusedException("UNAUTHENTICATED", "no", Map.of(), null);
        WorkloadIdentity identity =
                describe().credential(CredentialSource.joinToken("join-me")).start();
        time.advance(Duration.ofHours(1));
        assertThat(failures).hasSizeBetween(2, 13);
        // The operator may make it good: it is tried again.
        ca.fault = () -> null;
        time.advance(Duration.ofMinutes(6));
        assertThat(rotated).hasSize(1);
        identity.close();
    }

    @Test
    void E32_aTokenFileIsTriedAtTheFullRateAsItMayBeReplaced() {
        ca.fault = () -> new RequestRefusedException("UNAUTHENTICATED", "no", Map.of(), null);
        WorkloadIdentity identity = describe().start();
        time.advance(Duration.ofHours(1));
        assertThat(failures).hasSizeGreaterThan(60);
        identity.close();
    }

    @Test
    void startsFromTheCacheWhileTheCaIsAway() {
        Path file = directory.resolve("cache");
        byte[] key = new byte[32];
        WorkloadIdentity before = describe().cache(DiskCache.withKey(file, key)).start();
        time.advance(SECOND);
        X509Svid kept = before.current();
        before.close();

        SimulatedTimeline later = new SimulatedTimeline(time.trueTime().plusSeconds(600));
        ca.fault = FakeCa::away;
        WorkloadIdentity after =
                describe().timeline(later).cache(DiskCache.withKey(file, key)).start();
        later.advance(SECOND);
        assertThat(after.current().serialNumber()).isEqualTo(kept.serialNumber());
        assertThat(after.trustBundle().authorities()).containsExactly(ca.ca.root());
        after.close();
    }

    @Test
    void ignoresACacheOfAnotherKeyAndOneThatExpired() {
        Path file = directory.resolve("cache");
        WorkloadIdentity before = describe().cache(DiskCache.withKey(file, new byte[32])).start();
        time.advance(SECOND);
        before.close();

        byte[] otherKey = new byte[32];
        otherKey[0] = 1;
        ca.fault = FakeCa::away;
        for (Duration later : List.of(SECOND, Duration.ofHours(2))) {
            SimulatedTimeline restart = new SimulatedTimeline(time.trueTime().plus(later));
            byte[] key = later.equals(SECOND) ? otherKey : new byte[32];
            WorkloadIdentity after =
                    describe().timeline(restart).cache(DiskCache.withKey(file, key)).start();
            restart.advance(SECOND);
            assertThat(after.status().usable()).isFalse();
            after.close();
        }
    }
}
