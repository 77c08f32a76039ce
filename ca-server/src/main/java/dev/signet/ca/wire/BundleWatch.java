package dev.signet.ca.wire;

import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.trust.TrustBundle;
import dev.signet.ca.trust.TrustBundles;
import dev.signet.proto.v1.WatchTrustBundleRequest;
import dev.signet.proto.v1.WatchTrustBundleResponse;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Optional;
import java.util.function.Consumer;

/// One open watch. A caller that reads slowly misses versions, never the newest: what is not sent
/// yet is replaced, so a watch holds one bundle at most. Thread-safe.
final class BundleWatch extends ServerCall.Listener<Optional<WatchTrustBundleRequest>> {

    private static final Logger LOG = LoggerFactory.getLogger(BundleWatch.class);

    private final ServerCall<?, WatchTrustBundleResponse> call;
    private final TrustBundles bundles;
    private final Consumer<BundleWatch> whenEnded;

    // All guarded by this; a ServerCall is not thread-safe either.
    private @Nullable TrustBundle unsent;
    private @Nullable AutoCloseable subscription;
    private boolean started;
    private boolean readable;
    private boolean ended;

    BundleWatch(
            ServerCall<?, WatchTrustBundleResponse> call,
            TrustBundles bundles,
            Consumer<BundleWatch> whenEnded) {
        this.call = call;
        this.bundles = bundles;
        this.whenEnded = whenEnded;
    }

    @Override
    public void onMessage(Optional<WatchTrustBundleRequest> message) {
        readable = message.isPresent();
    }

    @Override
    public void onHalfClose() {
        if (!readable) {
            refuse(UnaryCalls.malformed("the request is not a WatchTrustBundleRequest"));
            return;
        }
        synchronized (this) {
            if (ended) {
                return;
            }
            call.sendHeaders(new Metadata());
            started = true;
        }
        AutoCloseable opened = bundles.watch(this::offer);
        synchronized (this) {
            if (!ended) {
                subscription = opened;
                return;
            }
        }
        close(opened);
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

    private void offer(TrustBundle bundle) {
        synchronized (this) {
            unsent = bundle;
        }
        pump();
    }

    private synchronized void pump() {
        if (started && !ended && unsent != null && call.isReady()) {
            WatchTrustBundleResponse response =
                    WatchTrustBundleResponse.newBuilder()
                            .setBundle(GrpcTrustService.message(unsent))
                            .build();
            unsent = null;
            try {
                call.sendMessage(response);
            } catch (RuntimeException e) {
                LOG.warn("a trust bundle could not be sent", e);
                call.close(Status.INTERNAL.withDescription("watch broke off"), new Metadata());
                end();
            }
        }
    }

    private void end() {
        AutoCloseable open;
        synchronized (this) {
            ended = true;
            unsent = null;
            open = subscription;
            subscription = null;
        }
        whenEnded.accept(this);
        if (open != null) {
            close(open);
        }
    }

    private static void close(AutoCloseable subscription) {
        try {
            subscription.close();
        } catch (Exception e) {
            LOG.warn("a subscription to trust bundles did not close", e);
        }
    }
}
