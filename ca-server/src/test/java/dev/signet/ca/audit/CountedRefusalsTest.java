package dev.signet.ca.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.refusal.RefusalCode;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

class CountedRefusalsTest {

    private static final Instant BEGIN = Instant.parse("2026-11-23T10:00:30Z");

    private final List<RefusalCount> written = new ArrayList<>();
    private boolean away;
    private Instant now = BEGIN;

    private final CountedRefusals refusals =
            new CountedRefusals(
                    new CountedRefusals.Store() {
                        @Override
                        public void write(List<RefusalCount> counts) {
                            if (away) {
                                throw new LedgerUnavailableException("away", new Exception());
                            }
                            written.addAll(counts);
                        }

                        @Override
                        public List<RefusalCount> read(Instant from, Instant before, int limit) {
                            return written;
                        }
                    },
                    new NoAuditLines(),
                    "replica",
                    () -> now);

    private void nextMinute() {
        now = now.plus(Duration.ofMinutes(1));
        refusals.tick();
        refusals.tick();
    }

    private long total() {
        return written.stream().mapToLong(RefusalCount::refusals).sum();
    }

    @Test
    void aFloodOfDistinctCallersIsAHandfulOfRows() throws Exception {
        int floods = 4;
        int each = 250_000;
        List<Callable<Void>> attackers = new ArrayList<>();
        for (int attacker = 0; attacker < floods; attacker++) {
            int number = attacker;
            attackers.add(() -> {
                for (int i = 0; i < each; i++) {
                    // As if a name that callers choose had come this far.
                    refusals.count(
                            RefusalCode.UNAUTHENTICATED,
                            "oidc",
                            "subject-" + number + "-" + i,
                            "signature of " + i + " is wrong");
                }
                return null;
            });
        }
        try (var executor = Executors.newFixedThreadPool(floods)) {
            for (var done : executor.invokeAll(attackers)) {
                done.get();
            }
        }
        nextMinute();
        assertThat(written).hasSizeLessThanOrEqualTo(RefusalMinute.PLACES + 1);
        assertThat(total()).isEqualTo(1_000_000);
        assertThat(written)
                .filteredOn(count -> count.detail().equals("*"))
                .singleElement()
                .satisfies(rest -> {
                    assertThat(rest.kind()).isEqualTo("*");
                    assertThat(rest.code()).isEqualTo(RefusalCode.UNAUTHENTICATED);
                    assertThat(rest.refusals()).isGreaterThan(999_000);
                });
    }

    @Test
    void countsEachCodeAndRuleOfAMinuteByItself() {
        refusals.count(RefusalCode.POLICY_DENIED, "oidc", "", "no rule matches");
        refusals.count(RefusalCode.POLICY_DENIED, "oidc", "", "no rule matches, again");
        refusals.count(RefusalCode.POLICY_DENIED, "kubernetes", "", "other");
        refusals.count(RefusalCode.RATE_LIMITED, "oidc", "rule-1", "more than 10 an hour");
        nextMinute();
        refusals.count(RefusalCode.POLICY_DENIED, "oidc", "", "later");
        nextMinute();
        Instant first = Instant.parse("2026-11-23T10:00:00Z");
        assertThat(written)
                .containsExactlyInAnyOrder(
                        new RefusalCount(
                                first,
                                "replica",
                                RefusalCode.POLICY_DENIED,
                                "oidc",
                                "",
                                2,
                                "no rule matches"),
                        new RefusalCount(
                                first,
                                "replica",
                                RefusalCode.POLICY_DENIED,
                                "kubernetes",
                                "",
                                1,
                                "other"),
                        new RefusalCount(
                                first,
                                "replica",
                                RefusalCode.RATE_LIMITED,
                                "oidc",
                                "rule-1",
                                1,
                                "more than 10 an hour"),
                        new RefusalCount(
                                first.plusSeconds(60),
                                "replica",
                                RefusalCode.POLICY_DENIED,
                                "oidc",
                                "",
                                1,
                                "later"));
    }

    @Test
    void aSampleIsOneBoundedLine() {
        refusals.count(
                RefusalCode.UNAUTHENTICATED, "oidc", "", "first\nsecond\u0000" + "x".repeat(2000));
        nextMinute();
        assertThat(written)
                .singleElement()
                .satisfies(count ->
                        assertThat(count.sample()).startsWith("first second x").hasSize(512));
    }

    @Test
    void losesNothingWhilePostgresqlIsAwayForADay() {
        away = true;
        for (int minute = 0; minute < 24 * 60; minute++) {
            for (int rule = 0; rule < 100; rule++) {
                refusals.count(RefusalCode.RATE_LIMITED, "oidc", "rule-" + rule, "too many");
            }
            nextMinute();
        }
        assertThat(written).isEmpty();
        away = false;
        nextMinute();
        assertThat(total()).isEqualTo(24 * 60 * 100);
        assertThat(written)
                .hasSizeLessThanOrEqualTo(
                        (CountedRefusals.MAX_WAITING_MINUTES + 1) * (RefusalMinute.PLACES + 1));
    }

    @Test
    void writesWhatIsLeftAtAStop() {
        refusals.count(RefusalCode.HALTED, "oidc", "", "halted");
        refusals.finish();
        assertThat(total()).isEqualTo(1);
    }

    @Test
    void looksUpNoMoreThanIsAllowed() {
        assertThatThrownBy(() -> refusals.between(BEGIN, BEGIN, 10_001))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
