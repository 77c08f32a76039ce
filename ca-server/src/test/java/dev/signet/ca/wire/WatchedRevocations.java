package dev.signet.ca.wire;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.proto.v1.RevokedSerialNumbers;
import dev.signet.proto.v1.TrustServiceGrpc;
import dev.signet.proto.v1.WatchRevocationsRequest;
import dev.signet.proto.v1.WatchRevocationsResponse;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A client of the watch that reads as much as it is told to, and keeps what it got.
final class WatchedRevocations extends ClientCall.Listener<WatchRevocationsResponse> {

    final List<WatchRevocationsResponse> responses = new CopyOnWriteArrayList<>();
    final Set<SerialNumber> serials = ConcurrentHashMap.newKeySet();
    volatile Status ended;
    private final ClientCall<WatchRevocationsRequest, WatchRevocationsResponse> call;

    /// @param reads messages to read at once
    WatchedRevocations(ManagedChannel channel, long after, int reads) {
        call = channel.newCall(TrustServiceGrpc.getWatchRevocationsMethod(), CallOptions.DEFAULT);
        call.start(this, new Metadata());
        call.sendMessage(WatchRevocationsRequest.newBuilder().setAfterSequence(after).build());
        call.halfClose();
        read(reads);
    }

    void read(int count) {
        if (count > 0) {
            call.request(count);
        }
    }

    void cancel() {
        call.cancel("enough", null);
    }

    long sequence() {
        return responses.stream().mapToLong(WatchRevocationsResponse::getSequence).max().orElse(0);
    }

    boolean complete() {
        return responses.stream().anyMatch(WatchRevocationsResponse::hasAsOf);
    }

    @Override
    public void onMessage(WatchRevocationsResponse message) {
        for (RevokedSerialNumbers group : message.getRevokedList()) {
            byte[] random = group.getRandomBytes().toByteArray();
            for (int i = 0; i < random.length; i += SerialNumber.RANDOM_LENGTH) {
                serials.add(
                        SerialNumber.fromOctets(
                                        ByteBuffer.allocate(SerialNumber.LENGTH)
                                                .putInt(group.getExpiryPeriod())
                                                .put(random, i, SerialNumber.RANDOM_LENGTH)
                                                .array())
                                .orElseThrow());
            }
        }
        responses.add(message);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        ended = status;
    }
}
