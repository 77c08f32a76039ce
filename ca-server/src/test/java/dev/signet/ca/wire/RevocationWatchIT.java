package dev.signet.ca.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.revocation.RevocationLoss;
import dev.signet.proto.v1.WatchRevocationsResponse;

import io.grpc.Status;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What clients of WatchRevocations see.
class RevocationWatchIT {

    private static final Map<String, String> OFTEN =
            Map.of("signet.grpc.keepalive.revocation-heartbeat", "100ms");
    private static final Map<String, String> SELDOM =
            Map.of("signet.grpc.keepalive.revocation-heartbeat", "1m");

    @Test
    void sendsASnapshotThenEachRevocation() {
        try (WireRig rig = WireRig.start(SELDOM)) {
            List<SerialNumber> revoked = new ArrayList<>(rig.revocations.revoke(10));
            WatchedRevocations watch = new WatchedRevocations(rig.channel(), 0, 100);
            await().until(watch::complete);
            assertThat(watch.serials).containsExactlyInAnyOrderElementsOf(revoked);
            assertThat(watch.responses.getFirst().getSnapshotBegin()).isTrue();
            assertThat(watch.responses.getFirst().getAfterSequenceUnknown()).isFalse();
            assertThat(watch.responses.getLast().getSnapshotEnd()).isTrue();

            revoked.addAll(rig.revocations.revoke(1));
            await().until(() -> watch.serials.size() == 11);
            assertThat(watch.serials).containsExactlyInAnyOrderElementsOf(revoked);
            await().until(() -> watch.responses.getLast().hasAsOf());
            assertThat(watch.sequence()).isEqualTo(rig.revocations.knowledge().sequence());
            assertThat(watch.responses)
                    .filteredOn(WatchRevocationsResponse::getSnapshotEnd)
                    .hasSize(1);
        }
    }

    @Test
    void anEmptyRecordIsASnapshot() {
        try (WireRig rig = WireRig.start(SELDOM)) {
            WatchedRevocations watch = new WatchedRevocations(rig.channel(), 0, 100);
            await().until(watch::complete);
            assertThat(watch.serials).isEmpty();
            assertThat(watch.sequence()).isZero();
        }
    }

    @Test
    void resumesAfterASequenceWithTheRest() {
        try (WireRig rig = WireRig.start(SELDOM)) {
            rig.revocations.revoke(10);
            long reached = rig.revocations.knowledge().sequence();
            List<SerialNumber> later = rig.revocations.revoke(3);
            WatchedRevocations watch = new WatchedRevocations(rig.channel(), reached, 100);
            await().until(watch::complete);
            assertThat(watch.serials).containsExactlyInAnyOrderElementsOf(later);
            assertThat(watch.responses).noneMatch(WatchRevocationsResponse::getSnapshotBegin);
            assertThat(rig.part(RevocationLoss.class).suspicion()).isEmpty();
        }
    }

    @Test
    void sendsEverythingToAClientWhoseSequenceIsNotOnRecordAndSaysSoToTheOperator() {
        try (WireRig rig = WireRig.start(SELDOM)) {
            rig.revocations.revoke(5);
            long restored = rig.revocations.knowledge().sequence();
            rig.revocations.revoke(5);
            long lost = rig.revocations.knowledge().sequence();
            rig.revocations.forgetAfter(restored);
            WatchedRevocations watch = new WatchedRevocations(rig.channel(), lost, 100);
            await().until(watch::complete);
            assertThat(watch.responses.getFirst().getAfterSequenceUnknown()).isTrue();
            assertThat(watch.serials).hasSize(5);
            assertThat(rig.part(RevocationLoss.class).suspicion().orElseThrow())
                    .satisfies(suspicion -> {
                        assertThat(suspicion.clients()).isEqualTo(1);
                        assertThat(suspicion.greatestSequence()).isEqualTo(lost);
                        assertThat(suspicion.knownSequence()).isEqualTo(restored);
                    });
            assertThat(rig.registry.scrape()).contains("signet_revocation_lost_suspected_total 1");
        }
    }

    @Test
    void aSequenceOlderThanEverythingOnRecordIsNoSignOfALoss() {
        try (WireRig rig = WireRig.start(SELDOM)) {
            rig.revocations.revoke(5);
            WatchedRevocations watch = new WatchedRevocations(rig.channel(), 17, 100);
            await().until(watch::complete);
            assertThat(watch.serials).hasSize(5);
            assertThat(rig.part(RevocationLoss.class).suspicion()).isEmpty();
        }
    }

    @Test
    void saysHowCurrentItIsAlsoWhenNothingHappensAndNotMoreThanIsTrue() {
        try (WireRig rig = WireRig.start(OFTEN)) {
            WatchedRevocations watch = new WatchedRevocations(rig.channel(), 0, 1000);
            await().until(() -> watch.responses.size() > 5);
            Instant stands = rig.revocations.asOf;
            assertThat(watch.responses.getLast().getAsOf()).isEqualTo(Protobuf.timestamp(stands));
            rig.revocations.asOf = stands.plusSeconds(7);
            await().until(() ->
                    watch.responses
                            .getLast()
                            .getAsOf()
                            .equals(Protobuf.timestamp(stands.plusSeconds(7))));
        }
    }

    @Test
    void aClientThatDoesNotReadKeepsNobodyWaitingAndHoldsLittle() {
        try (WireRig rig = WireRig.start(OFTEN)) {
            rig.revocations.revoke(200_000);
            WatchedRevocations idle = new WatchedRevocations(rig.channel(), 0, 1);
            WatchedRevocations reader = new WatchedRevocations(rig.channel(), 0, 100_000);
            await().atMost(Duration.ofSeconds(30)).until(reader::complete);
            assertThat(reader.serials).hasSize(200_000);
            List<SerialNumber> news = rig.revocations.revoke(1);
            await().until(() -> reader.serials.contains(news.getFirst()));
            assertThat(idle.responses).hasSizeLessThan(2);
            // It has the rest when it reads at last.
            idle.read(100_000);
            await().atMost(Duration.ofSeconds(30)).until(idle::complete);
            assertThat(idle.serials).hasSize(200_001);
        }
    }

    @Test
    void responsesStaySmallAndManyClientsCostOneEncoding() {
        try (WireRig rig = WireRig.start(SELDOM)) {
            rig.revocations.revoke(50_000);
            List<WatchedRevocations> watches = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                watches.add(new WatchedRevocations(rig.channel(), 0, 100_000));
            }
            watches.forEach(watch -> await().atMost(Duration.ofSeconds(30)).until(watch::complete));
            assertThat(watches.getFirst().responses)
                    .allMatch(r -> r.getSerializedSize() <= RevocationChunks.MAX_OCTETS);
            int chunks =
                    (int)
                            watches.getFirst().responses.stream()
                                    .filter(r -> r.getRevokedCount() > 0)
                                    .count();
            assertThat(chunks).isGreaterThan(10);
            assertThat(rig.revocations.walks.get()).isLessThanOrEqualTo(chunks + 2);
        }
    }

    @Test
    void refusesASequenceBeyondAll() {
        try (WireRig rig = WireRig.start(SELDOM)) {
            WatchedRevocations watch = new WatchedRevocations(rig.channel(), -1, 1);
            await().until(() -> watch.ended != null);
            assertThat(watch.ended.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        }
    }

    @Test
    void endsWatchesWhenTheServerStops() {
        WatchedRevocations watch;
        try (WireRig rig = WireRig.start(SELDOM)) {
            watch = new WatchedRevocations(rig.channel(), 0, 10);
            await().until(watch::complete);
            rig.part(GrpcServer.class).stop();
            await().until(() -> watch.ended != null);
            assertThat(watch.ended.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        }
    }
}
