package dev.signet.benchmarks;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;

import org.jspecify.annotations.Nullable;

/// One call under way. Used on one event loop; may be used again once its call has ended.
abstract class Caller extends ClientCall.Listener<byte[]> {

    private static final byte[] NO_REQUEST_ID = new byte[0];

    private final Connection connection;
    private final CallSource source;
    private final Tally tally;
    private long since;
    private PreparedRequests.@Nullable Prepared request;
    private @Nullable Token token;
    private byte @Nullable [] answer;

    Caller(Connection connection, CallSource source, Tally tally) {
        this.connection = connection;
        this.source = source;
        this.tally = tally;
    }

    /// Makes a call whose latency is counted from `since`, a reading of [System#nanoTime()].
    final void call(long since) {
        PreparedRequests.Prepared prepared = source.requests().next();
        Token next = source.tokens().next();
        this.since = since;
        this.request = prepared;
        this.token = next;
        this.answer = null;
        byte[] requestId = prepared.withRequestId() ? source.requestIds().next() : NO_REQUEST_ID;
        connection.issue(new OutgoingRequest(prepared.prefix(), requestId), next, this);
    }

    @Override
    public final void onMessage(byte[] message) {
        answer = message;
    }

    @Override
    public final void onClose(Status status, Metadata trailers) {
        long end = System.nanoTime();
        byte[] received = answer;
        if (!status.isOk()) {
            tally.failure(status, trailers);
        } else if (received == null) {
            tally.emptyAnswer();
        } else {
            tally.success(end - since);
            if (received.length > 0 && request != null && token != null) {
                source.samples().add(received, request, token);
            }
        }
        ended(status.isOk());
    }

    /// Called once the call has ended, on its event loop or, where the connection failed, on
    /// another thread.
    abstract void ended(boolean succeeded);
}
