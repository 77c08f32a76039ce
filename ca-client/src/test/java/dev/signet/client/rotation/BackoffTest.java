package dev.signet.client.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.random.RandomGenerator;

class BackoffTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final RandomGenerator ALMOST_ONE = () -> -1L;

    private final Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));

    @Test
    void doublesUpToItsCap() {
        for (int failures = 1; failures <= 100; failures++) {
            long expected = Math.min(30, failures > 6 ? 30 : 1L << (failures - 1));
            assertThat(backoff.wait(failures, null, HOUR, ALMOST_ONE))
                    .isCloseTo(Duration.ofSeconds(expected), Duration.ofMillis(1));
        }
    }

    @Test
    void spreadsAFleetOverTheWholeWait() {
        Random random = new Random(1);
        int[] tenths = new int[10];
        for (int i = 0; i < 10_000; i++) {
            long millis = backoff.wait(9, null, HOUR, random).toMillis();
            tenths[(int) (millis / 3000)]++;
        }
        for (int tenth : tenths) {
            assertThat(tenth).isBetween(850, 1150);
        }
    }

    @Test
    void neverComesBeforeTheTimeThatWasAskedAndNeverWaitsForEver() {
        assertThat(backoff.wait(1, Duration.ofSeconds(10), HOUR, ALMOST_ONE))
                .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(11));
        assertThat(backoff.wait(1, Duration.ofDays(365), HOUR, ALMOST_ONE))
                .isLessThan(Backoff.MAX_ASKED.plusSeconds(2));
    }

    @Test
    void hurriesWhenLittleIsLeft() {
        assertThat(backoff.wait(9, null, Duration.ofSeconds(8), ALMOST_ONE))
                .isLessThanOrEqualTo(Duration.ofSeconds(2));
        assertThat(backoff.wait(9, null, Duration.ZERO, ALMOST_ONE))
                .isLessThanOrEqualTo(Duration.ofMillis(200));
        // Nothing left to lose: the full backoff again.
        assertThat(backoff.wait(9, null, Duration.ofSeconds(-1), ALMOST_ONE))
                .isGreaterThan(Duration.ofSeconds(29));
    }

    @Test
    void refusesBoundsThatMakeNoSense() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Backoff(Duration.ZERO, Duration.ofSeconds(1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)));
    }

    @Test
    void R19_fleetRenewsEvenlyOverTheWindow() {
        Instant now = Instant.parse("2026-11-23T12:00:00Z");
        Lease lease =
                new Lease(
                        now.plusSeconds(3600),
                        new RenewalWindow(now.plusSeconds(1800), now.plusSeconds(2400)));
        Random random = new Random(2);
        int[] minutes = new int[10];
        for (int i = 0; i < 10_000; i++) {
            Instant at = lease.drawAfterGrant(now, random);
            minutes[(int) ((at.getEpochSecond() - now.getEpochSecond() - 1800) / 60)]++;
        }
        for (int minute : minutes) {
            assertThat(minute).isBetween(850, 1150);
        }
    }

    @Test
    void makesItsOwnWindowWhereTheGivenOneIsSenseless() {
        Instant now = Instant.parse("2026-11-23T12:00:00Z");
        Instant end = now.plusSeconds(3600);
        RenewalWindow[] senseless = {
            new RenewalWindow(Instant.EPOCH, Instant.EPOCH),
            new RenewalWindow(end.plusSeconds(1), end.plusSeconds(2)),
            new RenewalWindow(now.plusSeconds(20), now.plusSeconds(10)),
            new RenewalWindow(now.minusSeconds(20), now.minusSeconds(10)),
        };
        Random random = new Random(3);
        for (RenewalWindow window : senseless) {
            assertThat(new Lease(end, window).drawAfterGrant(now, random))
                    .isBetween(now.plusSeconds(1800), now.plusSeconds(2400));
        }
        assertThat(new Lease(end, senseless[3]).drawAfterFind(now, random))
                .isBetween(now, now.plusSeconds(360));
    }
}
