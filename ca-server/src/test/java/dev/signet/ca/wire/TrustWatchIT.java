package dev.signet.ca.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.certificate.Validity;
import dev.signet.ca.reissue.RenewalOrder;
import dev.signet.proto.v1.AcknowledgeTrustBundleRequest;
import dev.signet.proto.v1.TrustServiceGrpc;
import dev.signet.proto.v1.WatchTrustBundleRequest;
import dev.signet.proto.v1.WatchTrustBundleResponse;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/// What clients of WatchTrustBundle and AcknowledgeTrustBundle see.
class TrustWatchIT {

    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private static final Validity HOUR = Validity.of(NOW.minusSeconds(15), Duration.ofHours(1));

    private static final class Watch implements StreamObserver<WatchTrustBundleResponse> {
        final List<WatchTrustBundleResponse> states = new CopyOnWriteArrayList<>();
        volatile Throwable failure;
        private final StreamObserver<WatchTrustBundleRequest> requests;

        Watch(ManagedChannel channel) {
            requests = TrustServiceGrpc.newStub(channel).watchTrustBundle(this);
        }

        void hold(long version) {
            requests.onNext(WatchTrustBundleRequest.newBuilder().setHeldVersion(version).build());
        }

        void halfClose() {
            requests.onCompleted();
        }

        @Override
        public void onNext(WatchTrustBundleResponse value) {
            states.add(value);
        }

        @Override
        public void onError(Throwable t) {
            failure = t;
        }

        @Override
        public void onCompleted() {}
    }

    @Test
    void takesAcknowledgementsOfTheCertificateThatTheConnectionShows() {
        try (WireRig rig = WireRig.start(Map.of())) {
            WireRig.Client client = rig.client(HOUR);
            Watch watch = new Watch(rig.channel(client));
            watch.hold(0);
            await().until(() -> watch.states.size() == 1);
            assertThat(rig.acknowledged).isEmpty();
            watch.hold(1);
            // Said twice, or less than before: no news.
            watch.hold(1);
            rig.bundles.publish(rig.ca.bundle(2));
            await().until(() -> watch.states.size() == 2);
            watch.hold(2);
            watch.hold(1);
            SerialNumber serial =
                    SerialNumber.fromOctets(client.certificate().getSerialNumber().toByteArray())
                            .orElseThrow();
            await().untilAsserted(() ->
                    assertThat(rig.acknowledged)
                            .containsExactly(
                                    new WireRig.Acknowledged(
                                            "spiffe://wire.test/workload", serial, 1),
                                    new WireRig.Acknowledged(
                                            "spiffe://wire.test/workload", serial, 2)));
        }
    }

    @Test
    void leavesAsideWhatCallersWithoutACertificateSay() {
        try (WireRig rig = WireRig.start(Map.of())) {
            Watch watch = new Watch(rig.channel());
            watch.hold(1);
            watch.hold(5);
            watch.halfClose();
            rig.bundles.publish(rig.ca.bundle(2));
            await().until(() ->
                    !watch.states.isEmpty()
                            && watch.states.getLast().getBundle().getVersion() == 2);
            assertThat(watch.failure).isNull();
            assertThat(rig.acknowledged).isEmpty();
        }
    }

    @Test
    void acknowledgesByOneCall() {
        try (WireRig rig = WireRig.start(Map.of())) {
            var stub = TrustServiceGrpc.newBlockingStub(rig.channel(rig.client(HOUR)));
            assertThat(
                            stub.acknowledgeTrustBundle(
                                            AcknowledgeTrustBundleRequest.newBuilder()
                                                    .setVersion(1)
                                                    .build())
                                    .getCurrentVersion())
                    .isEqualTo(1);
            assertThat(rig.acknowledged).hasSize(1);
            for (long impossible : new long[] {0, -1}) {
                StatusRuntimeException refused =
                        catchThrowableOfType(
                                StatusRuntimeException.class,
                                () ->
                                        stub.acknowledgeTrustBundle(
                                                AcknowledgeTrustBundleRequest.newBuilder()
                                                        .setVersion(impossible)
                                                        .build()));
                assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            }
            assertThat(rig.acknowledged).hasSize(1);
        }
    }

    @Test
    void anExpiredCertificateAcknowledgesNothingOnAConnectionThatOutlivedIt() {
        try (WireRig rig = WireRig.start(Map.of())) {
            Validity short1 =
                    Validity.of(
                            Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(15),
                            Duration.ofSeconds(18));
            var stub = TrustServiceGrpc.newBlockingStub(rig.channel(rig.client(short1)));
            AcknowledgeTrustBundleRequest one =
                    AcknowledgeTrustBundleRequest.newBuilder().setVersion(1).build();
            stub.acknowledgeTrustBundle(one);
            await().until(() -> Instant.now().isAfter(short1.notAfter().plusMillis(1)));
            int taken = rig.acknowledged.size();
            StatusRuntimeException refused =
                    catchThrowableOfType(
                            StatusRuntimeException.class, () -> stub.acknowledgeTrustBundle(one));
            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
            assertThat(rig.acknowledged).hasSize(taken);
        }
    }

    @Test
    void ordersToRenewComeWithTheWholeState() {
        try (WireRig rig = WireRig.start(Map.of())) {
            Watch watch = new Watch(rig.channel());
            watch.hold(0);
            await().until(() -> watch.states.size() == 1);
            rig.orders.set(
                    List.of(
                            new RenewalOrder(
                                    7,
                                    Set.of("cd".repeat(32)),
                                    "spiffe://wire.test/ns/",
                                    NOW,
                                    NOW.plusSeconds(1),
                                    NOW.plusSeconds(60),
                                    null)));
            await().until(() -> watch.states.size() == 2);
            WatchTrustBundleResponse state = watch.states.getLast();
            assertThat(state.getBundle()).isEqualTo(watch.states.getFirst().getBundle());
            assertThat(state.getRenewalOrdersList()).hasSize(1);
            assertThat(state.getRenewalOrders(0).getNumber()).isEqualTo(7);
            assertThat(state.getRenewalOrders(0).getAuthorityIds(0)).isEqualTo("cd".repeat(32));
            assertThat(state.getRenewalOrders(0).hasCancelledAt()).isFalse();
            rig.orders.set(List.of());
            await().until(() -> watch.states.size() == 3);
            assertThat(watch.states.getLast().getRenewalOrdersList()).isEmpty();
        }
    }

    @Test
    void refusesAWatchWithoutARequestAndAVersionBeyondAll() {
        try (WireRig rig = WireRig.start(Map.of())) {
            Watch silent = new Watch(rig.channel());
            silent.halfClose();
            Watch absurd = new Watch(rig.channel());
            absurd.hold(-1);
            for (Watch watch : List.of(silent, absurd)) {
                await().until(() -> watch.failure != null);
                assertThat(Status.fromThrowable(watch.failure).getCode())
                        .isEqualTo(Status.Code.INVALID_ARGUMENT);
            }
        }
    }
}
