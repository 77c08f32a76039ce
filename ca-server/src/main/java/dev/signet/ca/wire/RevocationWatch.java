package dev.signet.ca.wire;

import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.revocation.RevocationFeed;
import dev.signet.proto.v1.WatchRevocationsRequest;
import dev.signet.proto.v1.WatchRevocationsResponse;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Optional;

/// One client's way through the feed. Nothing is queued for it: what it gets next is cut when it
/// can read, so a slow one holds one chunk at most and keeps nobody waiting. Thread-safe.
final class RevocationWatch extends ServerCall.Listener<Optional<WatchRevocationsRequest>> {

    private static final Logger LOG = LoggerFactory.getLogger(RevocationWatch.class);

    private final ServerCall<?, WatchRevocationsResponse> call;
    private final RevocationPush push;
    private @Nullable WatchRevocationsRequest request;

    // All guarded by this; a ServerCall is not thread-safe either.
    private long reached;
    private boolean snapshot;
    private boolean behind = true;
    private boolean started;
    private boolean ended;

    RevocationWatch(ServerCall<?, WatchRevocationsResponse> call, RevocationPush push) {
        this.call = call;
        this.push = push;
    }

    @Override
    public void onMessage(Optional<WatchRevocationsRequest> message) {
        if (message.isEmpty()) {
            refuse(UnaryCalls.malformed("the request is not a WatchRevocationsRequest"));
        } else if (message.get().getAfterSequence() < 0) {
            refuse(RequestFields.tooGreat("after_sequence"));
        } else if (request != null) {
            refuse(UnaryCalls.malformed("the watch has more than one request message"));
        } else {
            request = message.get();
        }
    }

    @Override
    public void onHalfClose() {
        WatchRevocationsRequest asked = request;
        if (asked == null) {
            refuse(UnaryCalls.malformed("the watch has no request message"));
            return;
        }
        long after = asked.getAfterSequence();
        boolean known = after == 0 || push.isKnown(after);
        synchronized (this) {
            if (ended) {
                return;
            }
            call.sendHeaders(new Metadata());
            snapshot = after == 0 || !known;
            reached = snapshot ? 0 : after;
            if (snapshot) {
                send(
                        WatchRevocationsResponse.newBuilder()
                                .setSnapshotBegin(true)
                                .setAfterSequenceUnknown(!known)
                                .build());
            }
            started = true;
        }
        pump(true);
    }

    @Override
    public void onReady() {
        pump(false);
    }

    @Override
    public void onCancel() {
        end();
    }

    /// Sends what there is to send, as far as the client reads.
    ///
    /// @param heartbeat whether it is to hear how current it is even where there is no news
    synchronized void pump(boolean heartbeat) {
        behind |= heartbeat;
        while (started && !ended && call.isReady()) {
            RevocationFeed.Knowledge knowledge = push.knowledge();
            if (reached < knowledge.sequence()) {
                RevocationChunks.Chunk chunk = push.chunks().after(reached);
                reached = Math.max(reached, chunk.upTo());
                behind = true;
                if (chunk.message() != null) {
                    send(chunk.message());
                }
            } else if (behind) {
                behind = false;
                send(push.current(reached, knowledge, snapshot));
                snapshot = false;
            } else {
                return;
            }
        }
    }

    private void send(WatchRevocationsResponse message) {
        try {
            call.sendMessage(message);
        } catch (RuntimeException e) {
            LOG.warn("revocations could not be sent", e);
            call.close(Status.INTERNAL.withDescription("watch broke off"), new Metadata());
            end();
        }
    }

    void refuse(Refusal refusal) {
        synchronized (this) {
            if (!ended) {
                try {
                    call.close(RefusalStatus.status(refusal), RefusalStatus.trailers(refusal));
                } catch (RuntimeException e) {
                    LOG.debug("the watch had ended", e);
                }
            }
        }
        end();
    }

    private void end() {
        synchronized (this) {
            ended = true;
        }
        push.remove(this);
    }
}
