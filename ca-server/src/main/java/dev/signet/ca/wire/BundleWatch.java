package dev.signet.ca.wire;

import dev.signet.ca.refusal.Refusal;
import dev.signet.proto.v1.WatchTrustBundleRequest;
import dev.signet.proto.v1.WatchTrustBundleResponse;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/// One open watch. A caller that reads slowly misses states, never the newest: nothing is queued,
/// what is sent is what there is when the caller can read. Thread-safe.
final class BundleWatch extends ServerCall.Listener<Optional<WatchTrustBundleRequest>> {

    private static final Logger LOG = LoggerFactory.getLogger(BundleWatch.class);

    private final ServerCall<?, WatchTrustBundleResponse> call;
    private final PublishedTrust trust;
    private final LongConsumer acknowledge;
    private final Consumer<BundleWatch> whenEnded;
    private final Runnable listener = this::pump;

    // All guarded by this; a ServerCall is not thread-safe either.
    private long sent;
    private long acknowledged;
    private boolean started;
    private boolean ended;

    /// @param acknowledge takes each greater version that the caller says it verifies with
    BundleWatch(
            ServerCall<?, WatchTrustBundleResponse> call,
            PublishedTrust trust,
            LongConsumer acknowledge,
            Consumer<BundleWatch> whenEnded) {
        this.call = call;
        this.trust = trust;
        this.acknowledge = acknowledge;
        this.whenEnded = whenEnded;
    }

    @Override
    public void onMessage(Optional<WatchTrustBundleRequest> message) {
        if (message.isEmpty()) {
            refuse(UnaryCalls.malformed("the request is not a WatchTrustBundleRequest"));
            return;
        }
        long held = message.get().getHeldVersion();
        if (held < 0) {
            refuse(RequestFields.tooGreat("held_version"));
            return;
        }
        boolean news;
        synchronized (this) {
            if (ended) {
                return;
            }
            news = held > acknowledged;
            acknowledged = Math.max(held, acknowledged);
        }
        if (news) {
            acknowledge.accept(held);
        }
        synchronized (this) {
            if (ended) {
                return;
            }
            if (!started) {
                call.sendHeaders(new Metadata());
                started = true;
                trust.add(listener);
            }
            // One at a time: a caller that says more than can be taken waits.
            call.request(1);
        }
        pump();
    }

    @Override
    public void onHalfClose() {
        boolean silent;
        synchronized (this) {
            silent = !started;
        }
        if (silent) {
            refuse(UnaryCalls.malformed("the watch has no request message"));
        }
    }

    @Override
    public void onReady() {
        pump();
    }

    @Override
    public void onCancel() {
        end();
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

    private synchronized void pump() {
        PublishedTrust.State newest = trust.current();
        if (started && !ended && newest.number() > sent && call.isReady()) {
            sent = newest.number();
            try {
                call.sendMessage(newest.message());
            } catch (RuntimeException e) {
                LOG.warn("a trust bundle could not be sent", e);
                call.close(Status.INTERNAL.withDescription("watch broke off"), new Metadata());
                end();
            }
        }
    }

    private void end() {
        synchronized (this) {
            ended = true;
        }
        trust.remove(listener);
        whenEnded.accept(this);
    }
}
