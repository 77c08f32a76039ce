package dev.signet.ca.wire;

import dev.signet.proto.v1.TrustServiceGrpc;
import dev.signet.proto.v1.WatchTrustBundleRequest;
import dev.signet.proto.v1.WatchTrustBundleResponse;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCalls;

import java.util.Iterator;
import java.util.concurrent.TimeUnit;

/// Watches as clients open them that have nothing to say: one message, then half-close.
final class TrustWatches {

    private TrustWatches() {}

    static Iterator<WatchTrustBundleResponse> open(ManagedChannel channel) {
        return ClientCalls.blockingServerStreamingCall(
                channel,
                TrustServiceGrpc.getWatchTrustBundleMethod(),
                CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
                WatchTrustBundleRequest.getDefaultInstance());
    }
}
