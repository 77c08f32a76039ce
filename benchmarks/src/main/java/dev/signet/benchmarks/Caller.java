package dev.signet.benchmarks;

import org.jspecify.annotations.Nullable;

/// One call under way and its stopwatch. Used on one event loop; may be used again once its call
/// has ended.
abstract class Caller implements Call {

    private static final byte[] NO_REQUEST_ID = {};

    private final Connections.Open open;
    private long since;
    private PreparedRequests.@Nullable Prepared request;
    private @Nullable Token token;
    private byte[] requestId = NO_REQUEST_ID;

    Caller(Connections.Open open) {
        this.open = open;
    }

    final Connections.Open open() {
        return open;
    }

    /// Makes a call whose latency is counted from `since`, a reading of [System#nanoTime()].
    final void call(long since) {
        CallSource source = open.source();
        PreparedRequests.Prepared prepared = source.requests().next();
        this.since = since;
        this.request = prepared;
        this.token = source.tokens().next();
        this.requestId = prepared.withRequestId() ? source.requestIds().next() : NO_REQUEST_ID;
        open.connection().issue(this);
    }

    @Override
    public final byte[] requestPrefix() {
        return prepared().prefix();
    }

    @Override
    public final byte[] requestId() {
        return requestId;
    }

    @Override
    public final Token token() {
        Token current = token;
        if (current == null) {
            throw new IllegalStateException("no call is under way");
        }
        return current;
    }

    @Override
    public final void answered(byte[] answer) {
        open.tally().success(System.nanoTime() - since);
        if (answer.length > 0) {
            open.source().samples().add(answer, prepared(), token());
        }
        ended(true);
    }

    @Override
    public final void failed(String cause) {
        open.tally().failure(cause);
        ended(false);
    }

    /// Called on the event loop once the call has ended.
    abstract void ended(boolean succeeded);

    private PreparedRequests.Prepared prepared() {
        PreparedRequests.Prepared current = request;
        if (current == null) {
            throw new IllegalStateException("no call is under way");
        }
        return current;
    }
}
