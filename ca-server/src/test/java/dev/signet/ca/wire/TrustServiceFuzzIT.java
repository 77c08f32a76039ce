package dev.signet.ca.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.certificate.Validity;
import dev.signet.proto.v1.TrustServiceGrpc;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Octets that are, or are nearly, requests of TrustService: each is served or refused as what it
/// is, never a fault. `-Dfuzz.seconds=N` for longer than a part of a second.
class TrustServiceFuzzIT {

    private static final long NANOS = TimeUnit.SECONDS.toNanos(Long.getLong("fuzz.seconds", 2));

    private static final List<MethodDescriptor<?, ?>> METHODS =
            List.of(
                    TrustServiceGrpc.getWatchTrustBundleMethod(),
                    TrustServiceGrpc.getWatchRevocationsMethod(),
                    TrustServiceGrpc.getAcknowledgeTrustBundleMethod());

    @Test
    void octetsNeverMakeAFault() throws Exception {
        Random random = new Random();
        long seed = random.nextLong();
        random.setSeed(seed);
        try (WireRig rig = WireRig.start(Map.of())) {
            rig.revocations.revoke(3);
            ManagedChannel channel =
                    rig.channel(
                            rig.client(
                                    Validity.of(
                                            Instant.now()
                                                    .truncatedTo(ChronoUnit.SECONDS)
                                                    .minusSeconds(5),
                                            Duration.ofMinutes(10))));
            long end = System.nanoTime() + NANOS;
            while (System.nanoTime() - end < 0) {
                MethodDescriptor<?, ?> method = METHODS.get(random.nextInt(METHODS.size()));
                Status.Code code = send(channel, method, octets(random), random.nextInt(3));
                assertThat(code)
                        .as("seed %d", seed)
                        .isIn(
                                Status.Code.OK,
                                Status.Code.INVALID_ARGUMENT,
                                Status.Code.RESOURCE_EXHAUSTED,
                                // gRPC's own, where one message was asked for and two came.
                                Status.Code.CANCELLED);
            }
        }
    }

    /// Random, or a varint field 1 of any value.
    private static byte[] octets(Random random) {
        byte[] octets = new byte[random.nextInt(20)];
        random.nextBytes(octets);
        if (octets.length > 0 && random.nextBoolean()) {
            octets[0] = 8;
        }
        return octets;
    }

    /// @param more further messages of the same octets
    private static Status.Code send(
            ManagedChannel channel, MethodDescriptor<?, ?> method, byte[] octets, int more)
            throws Exception {
        MethodDescriptor.Marshaller<byte[]> raw =
                new MethodDescriptor.Marshaller<>() {
                    @Override
                    public InputStream stream(byte[] value) {
                        return new ByteArrayInputStream(value);
                    }

                    @Override
                    public byte[] parse(InputStream stream) {
                        return new byte[0];
                    }
                };
        CompletableFuture<Status.Code> outcome = new CompletableFuture<>();
        ClientCall<byte[], byte[]> call =
                channel.newCall(
                        MethodDescriptor.newBuilder(raw, raw)
                                // Any number of messages.
                                .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                                .setFullMethodName(method.getFullMethodName())
                                .build(),
                        CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(byte[] message) {
                        outcome.complete(Status.Code.OK);
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        outcome.complete(status.getCode());
                    }
                },
                new Metadata());
        call.request(10);
        for (int i = 0; i <= more; i++) {
            call.sendMessage(octets);
        }
        call.halfClose();
        Status.Code code = outcome.get(20, TimeUnit.SECONDS);
        call.cancel("heard enough", null);
        return code;
    }
}
