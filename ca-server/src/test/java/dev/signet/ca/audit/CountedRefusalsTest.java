package dev.signet.ca.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.refusal.Refusal;
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
    private final List<RecordedRefusal> detailed = new ArrayList<>();
    private boolean away;
    private Instant now = BEGIN;

    private final CountedRefusals refusals =
            new CountedRefusals(
                    new CountedRefusals.Store() {
                        @Override
                        public void write(
                                Instant began,
                                List<RefusalCount> counts,
                                List<RecordedRefusal> refusals) {
                            if (away) {
                                throw new LedgerUnavailableException("away", new Exception());
                            }
                            written.addAll(counts);
                            detailed.addAll(refusals);
                        }

                        @Override
                        public RefusalRecords.Page search(
                                RefusalRecords.Criteria criteria, int limit, String pageToken) {
                            return new RefusalRecords.Page(detailed, null);
                        }

                        @Override
                        public List<RefusalCount> read(Instant from, Instant before, int limit) {
                            return written;
                        }
                    },
                    new NoAuditLines(),
                    "replica",
                    () -> now,
                    new RefusalLog(() -> 0));

    private void count(RefusalCode code, String kind, String rule, String diagnosis) {
        refusals.refused(
                new RefusedRequest(
                        Refusal.withDiagnosis(code, "told", diagnosis),
                        kind,
                        "",
                        "192.0.2.1",
                        "",
                        "",
                        rule,
                        "",
                        ""));
    }

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
                    count(
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
        count(RefusalCode.POLICY_DENIED, "oidc", "", "no rule matches");
        count(RefusalCode.POLICY_DENIED, "oidc", "", "no rule matches, again");
        count(RefusalCode.POLICY_DENIED, "kubernetes", "", "other");
        count(RefusalCode.RATE_LIMITED, "oidc", "rule-1", "more than 10 an hour");
        nextMinute();
        count(RefusalCode.POLICY_DENIED, "oidc", "", "later");
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
        count(RefusalCode.UNAUTHENTICATED, "oidc", "", "first\nsecond\u0000" + "x".repeat(2000));
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
                count(RefusalCode.RATE_LIMITED, "oidc", "rule-" + rule, "too many");
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
    void keepsTheDetailOfTheNewestMinutesWhilePostgresqlIsAwayForADay() {
        away = true;
        for (int minute = 0; minute < 24 * 60; minute++) {
            count(RefusalCode.RATE_LIMITED, "oidc", "rule", "minute " + minute);
            nextMinute();
        }
        away = false;
        nextMinute();
        assertThat(detailed)
                .hasSize(CountedRefusals.MAX_DETAILED_MINUTES)
                .last()
                .satisfies(last ->
                        assertThat(last.request().refusal().diagnosis()).isEqualTo("minute 1439"));
        assertThat(total()).isEqualTo(24 * 60);
    }

    @Test
    void saysWhoWasRefusedWhatAndWhy() {
        RefusedRequest payments =
                new RefusedRequest(
                        Refusal.withDiagnosis(
                                RefusalCode.NAME_NOT_GRANTED, "DNS a.example", "rule grants none"),
                        "bearer-token",
                        "https://issuer|payments",
                        "192.0.2.7",
                        "spiffe://example.org/payments",
                        "DNS:a.example",
                        "shop",
                        "v12",
                        "0193");
        refusals.refused(payments);
        now = now.plusSeconds(5);
        refusals.refused(payments);
        nextMinute();
        assertThat(detailed)
                .containsExactly(
                        new RecordedRefusal(BEGIN, BEGIN.plusSeconds(5), 2, "replica", payments));
        assertThat(written)
                .singleElement()
                .satisfies(count -> assertThat(count.detail()).isEqualTo("shop"));
        assertThat(payments.line())
                .isEqualTo(
                        "NAME_NOT_GRANTED bearer-token for spiffe://example.org/payments names"
                                + " DNS:a.example by https://issuer|payments from 192.0.2.7, rule"
                                + " shop, policy v12, request 0193: DNS a.example [rule grants"
                                + " none]");
    }

    @Test
    void detailIsPrintableAndBounded() {
        refusals.refused(
                new RefusedRequest(
                        Refusal.withDiagnosis(
                                RefusalCode.POLICY_DENIED, "a\nb\u0000", "c\r" + "x".repeat(9999)),
                        "k\u001b[31m",
                        "s\n".repeat(9999),
                        "192.0.2.7",
                        "spiffe://example.org/\n" + "y".repeat(9999),
                        "n".repeat(9999),
                        "r\n".repeat(999),
                        "v\n",
                        "i\n"));
        nextMinute();
        assertThat(detailed)
                .singleElement()
                .satisfies(refused -> {
                    RefusedRequest request = refused.request();
                    assertThat(request.line())
                            .doesNotContainPattern("\\p{Cntrl}")
                            .hasSizeLessThan(8192);
                    assertThat(request.refusal().diagnosis()).hasSize(512);
                    assertThat(request.spiffeId()).hasSize(2048);
                    assertThat(request.names()).hasSize(512);
                });
    }

    @Test
    void writesWhatIsLeftAtAStop() {
        count(RefusalCode.SUSPENDED, "oidc", "", "suspended");
        refusals.finish();
        assertThat(total()).isEqualTo(1);
    }

    @Test
    void looksUpNoMoreThanIsAllowed() {
        assertThatThrownBy(() -> refusals.counts(BEGIN, BEGIN, 10_001))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
