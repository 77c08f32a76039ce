package dev.signet.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;

class RenewalOrderSimulationTest {

    private static final Instant BEGIN = Instant.parse("2026-11-23T00:00:00Z");
    private static final Duration SECOND = Duration.ofSeconds(1);

    @TempDir Path directory;

    private final SimulatedTimeline time = new SimulatedTimeline(BEGIN);
    private final FakeCa ca = new FakeCa(TestCa.create("example.org", BEGIN), time::trueTime);
    private Path token;

    @BeforeEach
    void writeToken() throws IOException {
        token = Files.writeString(directory.resolve("token"), "token-1\n");
        // Long enough that no renewal of its own comes between.
        ca.lifetime = Duration.ofDays(7);
    }

    private WorkloadIdentity start() {
        WorkloadIdentity identity =
                WorkloadIdentity.builder()
                        .timeline(time)
                        .port(ca)
                        .firstTrust(FirstTrust.bundle(Pem.encode(List.of(ca.ca.root()))))
                        .credential(CredentialSource.tokenFile(token))
                        .options(ClientOptions.DEFAULTS.withFirstCertificateTimeout(Duration.ZERO))
                        .start();
        time.advance(SECOND);
        return identity;
    }

    private RenewalOrder order(long number, Duration from, Duration to) {
        Instant now = time.instant();
        return new RenewalOrder(
                number, Set.of(), "", now.plusSeconds(1), now.plus(from), now.plus(to));
    }

    private void give(RenewalOrder... orders) {
        ca.orders = List.of(orders);
        ca.push();
        time.advance(Duration.ofMillis(1));
    }

    private String issuer() throws Exception {
        return HexFormat.of()
                .formatHex(
                        MessageDigest.getInstance("SHA-256").digest(ca.ca.issuing().getEncoded()));
    }

    @Test
    void renewsWithinTheWindowAndOnceOnly() {
        WorkloadIdentity identity = start();
        give(order(1, Duration.ofMinutes(10), Duration.ofMinutes(20)));
        time.advance(Duration.ofMinutes(10).minusMillis(10));
        assertThat(ca.renewals).isZero();
        time.advance(Duration.ofMinutes(10).plusSeconds(6));
        assertThat(ca.renewals).isEqualTo(1);
        // Sent again, and although it would still name the new certificate.
        RenewalOrder wide =
                new RenewalOrder(
                        1, Set.of(), "", null, time.instant(), time.instant().plusSeconds(60));
        give(wide);
        time.advance(Duration.ofHours(1));
        assertThat(ca.renewals).isEqualTo(1);
        assertThat(identity.status().attestations()).isEqualTo(1);
        identity.close();
    }

    @Test
    void renewsAtOnceWhereTheWindowIsOverAndTheCertificateIsStillNamed() {
        WorkloadIdentity identity = start();
        Instant now = time.instant();
        give(
                new RenewalOrder(
                        3,
                        Set.of(),
                        "spiffe://example.org/ns/shop",
                        now.plusSeconds(1),
                        now.minusSeconds(90),
                        now.minusSeconds(60)));
        time.advance(SECOND);
        assertThat(ca.renewals).isEqualTo(1);
        identity.close();
    }

    @Test
    void leavesOrdersAsideThatDoNotNameItsCertificate() throws Exception {
        WorkloadIdentity identity = start();
        Instant now = time.instant();
        give(
                new RenewalOrder(1, Set.of("00".repeat(32)), "", null, now, now),
                new RenewalOrder(2, Set.of(), "spiffe://example.org/ns/other", null, now, now),
                new RenewalOrder(3, Set.of(), "", identity.current().notBefore(), now, now));
        time.advance(Duration.ofMinutes(5));
        assertThat(ca.renewals).isZero();
        give(
                new RenewalOrder(
                        4,
                        Set.of("00".repeat(32), issuer()),
                        "spiffe://example.org/ns/shop/",
                        identity.current().notBefore().plusSeconds(1),
                        now,
                        now));
        time.advance(SECOND);
        assertThat(ca.renewals).isEqualTo(1);
        identity.close();
    }

    @Test
    void anOrderThatWasTakenBackIsNotObeyed() {
        WorkloadIdentity identity = start();
        give(order(1, Duration.ofMinutes(1), Duration.ofMinutes(2)));
        give();
        time.advance(Duration.ofMinutes(5));
        assertThat(ca.renewals).isZero();
        identity.close();
    }

    @Test
    void keepsTheMomentThatItDrewWhenTheStateIsSentAgain() {
        WorkloadIdentity identity = start();
        RenewalOrder order = order(1, Duration.ofMinutes(1), Duration.ofMinutes(61));
        for (int i = 0; i < 60 * 12 && ca.renewals == 0; i++) {
            give(order);
            time.advance(Duration.ofSeconds(5));
        }
        // Drawn anew each time it would come early nearly always; the seed is fixed.
        assertThat(ca.renewals).isEqualTo(1);
        assertThat(ca.issuances).isEqualTo(2);
        identity.close();
    }

    @Test
    void triesUntilItHasRenewed() {
        WorkloadIdentity identity = start();
        give(order(1, Duration.ofSeconds(1), Duration.ofSeconds(10)));
        ca.fault = FakeCa::away;
        time.advance(Duration.ofMinutes(5));
        assertThat(ca.renewals).isZero();
        ca.fault = () -> null;
        time.advance(Duration.ofMinutes(1));
        assertThat(ca.renewals).isEqualTo(1);
        identity.close();
    }

    @Test
    void R19_renewalsByOrderAreSpreadEvenlyOverTheWindow() {
        int clients = 10_000;
        int slots = 20;
        Duration window = Duration.ofMinutes(10);
        RenewalOrder order =
                new RenewalOrder(
                        1,
                        Set.of(),
                        "",
                        BEGIN.plusSeconds(1),
                        BEGIN.plusSeconds(60),
                        BEGIN.plusSeconds(60).plus(window));
        X509Svid svid = ca.ca.svid("/ns/shop/sa/orders", BEGIN, Duration.ofDays(1));
        int[] renewed = new int[slots];
        Random seeds = new Random(19);
        List<Instant> moments = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            SimulatedTimeline own = new SimulatedTimeline(BEGIN, new Random(seeds.nextLong()));
            OrderedRenewals renewals =
                    new OrderedRenewals(
                            own,
                            Duration.ofMinutes(1),
                            () -> svid,
                            () -> moments.add(own.instant()));
            own.schedule(Duration.ZERO, () -> renewals.take(List.of(order)));
            own.advance(Duration.ofMinutes(12));
        }
        assertThat(moments).hasSize(clients);
        for (Instant moment : moments) {
            Duration in = Duration.between(order.start(), moment);
            assertThat(in).isBetween(Duration.ZERO, window.plusMillis(1));
            renewed[(int) Math.min(slots - 1, in.toMillis() * slots / window.toMillis())]++;
        }
        double expected = clients / (double) slots;
        double chiSquared = 0;
        for (int count : renewed) {
            chiSquared += (count - expected) * (count - expected) / expected;
        }
        // 19 degrees of freedom: 43.8 is passed by chance once in a thousand.
        assertThat(chiSquared).isLessThan(43.8);
    }
}
