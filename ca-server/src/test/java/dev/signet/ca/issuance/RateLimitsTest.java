package dev.signet.ca.issuance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.attestation.AttestedCaller;
import dev.signet.ca.certificate.AlternativeNames;
import dev.signet.ca.certificate.CertificateProfile;
import dev.signet.ca.certificate.PublicKeyType;
import dev.signet.ca.certificate.SubjectName;
import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.policy.Decision;
import dev.signet.ca.policy.RateLimit;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

class RateLimitsTest {

    private static final String UNLIMITED = "unlimited";

    private long nanos;

    private RateLimits limits(String identity, String subject, String total) {
        return new RateLimits(new RateLimitSettings(identity, subject, total), () -> nanos);
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    private static AttestedCaller caller(EvidenceKind kind, String subject) {
        return new AttestedCaller(kind, subject, Map.of(), null, null);
    }

    private static AttestedCaller caller(String subject) {
        return caller(EvidenceKind.OIDC, subject);
    }

    private static Decision.Granted grant(String path) {
        return grant(path, "rule", null);
    }

    private static Decision.Granted grant(String path, String rule, @Nullable RateLimit limit) {
        return new Decision.Granted(
                SpiffeId.parse("spiffe://example.org" + path).orElseThrow(),
                AlternativeNames.NONE,
                SubjectName.EMPTY,
                Duration.ofHours(1),
                CertificateProfile.WORKLOAD,
                CertificateProfile.WORKLOAD.extendedKeyUsages(),
                Set.of(PublicKeyType.values()),
                limit,
                "version",
                rule);
    }

    private static int granted(
            RateLimits limits, AttestedCaller caller, Decision.Granted grant, int times) {
        return (int)
                IntStream.range(0, times).filter(_ -> limits.take(caller, grant).isEmpty()).count();
    }

    @Test
    void grantsAnIdentityItsBurstAndThenItsRate() {
        RateLimits limits = limits("60 per 1m", UNLIMITED, UNLIMITED);
        assertThat(granted(limits, caller("a"), grant("/a"), 100)).isEqualTo(60);
        pass(Duration.ofSeconds(10));
        assertThat(granted(limits, caller("another caller"), grant("/a"), 100)).isEqualTo(10);
        assertThat(granted(limits, caller("a"), grant("/b"), 100)).isEqualTo(60);
        pass(Duration.ofHours(10));
        assertThat(granted(limits, caller("a"), grant("/a"), 100)).isEqualTo(60);
    }

    @Test
    void tellsWhenThereIsAPlaceAgain() {
        RateLimits limits = limits("10 per 1h", UNLIMITED, UNLIMITED);
        granted(limits, caller("a"), grant("/a"), 10);
        Refusal refusal = limits.take(caller("a"), grant("/a")).orElseThrow();
        assertThat(refusal.code()).isEqualTo(RefusalCode.RATE_LIMITED);
        assertThat(refusal.retryAfter()).isEqualTo(Duration.ofMinutes(6));
        assertThat(refusal.message()).contains("10 per 3600 s");
        assertThat(refusal.metadata()).containsEntry("limit", "identity");
        pass(Duration.ofMinutes(6).minusMillis(1));
        assertThat(limits.take(caller("a"), grant("/a"))).isPresent();
        pass(Duration.ofMillis(1));
        assertThat(limits.take(caller("a"), grant("/a"))).isEmpty();
    }

    @Test
    void countsASubjectByItsEvidenceKind() {
        RateLimits limits = limits(UNLIMITED, "5 per 1m", UNLIMITED);
        assertThat(granted(limits, caller(EvidenceKind.OIDC, "a"), grant("/a"), 9)).isEqualTo(5);
        assertThat(granted(limits, caller(EvidenceKind.OIDC, "a"), grant("/b"), 9)).isZero();
        assertThat(granted(limits, caller(EvidenceKind.KUBERNETES, "a"), grant("/a"), 9))
                .isEqualTo(5);
    }

    @Test
    void whatOneLimitRefusesUsesUpNoOther() {
        RateLimits limits = limits("10 per 1m", "100 per 1m", "15 per 1m");
        assertThat(granted(limits, caller("a"), grant("/a"), 1000)).isEqualTo(10);
        assertThat(granted(limits, caller("a"), grant("/b"), 1000)).isEqualTo(5);
        assertThat(limits.take(caller("a"), grant("/c")).orElseThrow().metadata())
                .containsEntry("limit", "total");
        pass(Duration.ofMinutes(1));
        assertThat(granted(limits, caller("a"), grant("/c"), 1000)).isEqualTo(10);
    }

    @Test
    void aRulesLimitIsItsOwn() {
        RateLimits limits = limits(UNLIMITED, UNLIMITED, UNLIMITED);
        Duration hour = Duration.ofHours(1);
        RateLimit perRule = new RateLimit(3, hour, RateLimit.Per.RULE);
        assertThat(granted(limits, caller("a"), grant("/a", "r1", perRule), 9)).isEqualTo(3);
        assertThat(granted(limits, caller("b"), grant("/b", "r1", perRule), 9)).isZero();
        assertThat(granted(limits, caller("a"), grant("/a", "r2", perRule), 9)).isEqualTo(3);
        RateLimit perIdentity = new RateLimit(3, hour, RateLimit.Per.IDENTITY);
        assertThat(granted(limits, caller("a"), grant("/a", "r3", perIdentity), 9)).isEqualTo(3);
        assertThat(granted(limits, caller("a"), grant("/b", "r3", perIdentity), 9)).isEqualTo(3);
        RateLimit perSubject = new RateLimit(3, hour, RateLimit.Per.SUBJECT);
        assertThat(granted(limits, caller("a"), grant("/a", "r4", perSubject), 9)).isEqualTo(3);
        assertThat(granted(limits, caller("a"), grant("/b", "r4", perSubject), 9)).isZero();
        assertThat(granted(limits, caller("b"), grant("/b", "r4", perSubject), 9)).isEqualTo(3);
        RateLimit changed = new RateLimit(4, hour, RateLimit.Per.RULE);
        assertThat(granted(limits, caller("a"), grant("/a", "r1", changed), 9)).isEqualTo(4);
    }

    @Test
    void givesBackWhatTheServerFailed() {
        RateLimits limits = limits("1 per 1h", "1 per 1h", "1 per 1h");
        Decision.Granted grant =
                grant("/a", "r", new RateLimit(1, Duration.ofHours(1), RateLimit.Per.RULE));
        for (int i = 0; i < 10; i++) {
            assertThat(limits.take(caller("a"), grant)).isEmpty();
            limits.giveBack(caller("a"), grant);
        }
        limits.giveBack(caller("a"), grant);
        assertThat(granted(limits, caller("a"), grant, 9)).isEqualTo(1);
    }

    @Test
    void theServersOwnCertificateIsNotLimited() {
        RateLimits limits = limits("1 per 1d", "1 per 1d", "1 per 1d");
        assertThat(granted(limits, caller(EvidenceKind.SERVER, "replica"), grant("/signet"), 9))
                .isEqualTo(9);
    }

    @Test
    void R18_aRetryStormIsBoundedHoweverManyRaceAndLeavesOthersAlone() throws Exception {
        RateLimits limits = limits("100 per 1m", "100 per 1m", UNLIMITED);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Integer> storm = () -> granted(limits, caller("a"), grant("/a"), 1000);
            int granted = 0;
            for (var stormed :
                    executor.invokeAll(List.of(storm, storm, storm, storm, storm, storm))) {
                granted += stormed.get();
            }
            assertThat(granted).isEqualTo(100);
        }
        assertThat(limits.take(caller("b"), grant("/b"))).isEmpty();
    }

    @Test
    void defaultsLetALargeServiceRestart() {
        RateLimits limits = new RateLimits(RateLimitSettings.defaults(), () -> nanos);
        assertThat(granted(limits, caller("a"), grant("/a"), 10_000)).isEqualTo(3000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0 per 1m",
                "10",
                "10 per m",
                "10 per 2d",
                "10 per 0s",
                "-1 per 1m",
                "1000001 per 1m",
                "9999999999 per 1m",
                "10 per 1m ",
                "10/1m"
            })
    void refusesALimitThatIsNone(String text) {
        assertThatThrownBy(() -> new RateLimitSettings(text, UNLIMITED, UNLIMITED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("signet.issuance.rate-limits.identity is")
                .hasMessageContaining("100 per 1m");
    }

    @Test
    void readsAllUnits() {
        assertThat(Allowance.parse("x", "7 per 90s"))
                .isEqualTo(Optional.of(new Allowance(7, Duration.ofSeconds(90))));
        assertThat(Allowance.parse("x", "7 per 2h").orElseThrow().period())
                .isEqualTo(Duration.ofHours(2));
        assertThat(Allowance.parse("x", "7 per 1d").orElseThrow().period())
                .isEqualTo(Duration.ofDays(1));
    }
}
