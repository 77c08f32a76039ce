package dev.signet.client;

import dev.signet.client.rotation.Timeline;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.function.Consumer;

/// Keeps a watch of the trust bundle open; where the CA does not grant one, asks at the interval
/// that the bundle itself suggests. Comes back after a loss with full jitter. Lives on the
/// timeline's thread.
final class TrustWatch implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(TrustWatch.class.getName());

    private final Timeline timeline;
    private final CaPort port;
    private final Conversation conversation;
    private final LiveIdentity live;
    private final ClientOptions options;
    private final Consumer<TrustBundle> onBundle;

    private int losses;
    private @Nullable Runnable open;
    private volatile boolean heard;
    private volatile boolean closed;

    TrustWatch(
            Timeline timeline,
            CaPort port,
            Conversation conversation,
            LiveIdentity live,
            ClientOptions options,
            Consumer<TrustBundle> onBundle) {
        this.timeline = timeline;
        this.port = port;
        this.conversation = conversation;
        this.live = live;
        this.options = options;
        this.onBundle = onBundle;
    }

    void start() {
        timeline.schedule(Duration.ZERO, this::connect);
    }

    /// Whether the watch is open and has brought a bundle.
    boolean isOpen() {
        return heard;
    }

    private void connect() {
        if (closed) {
            return;
        }
        try {
            open =
                    port.watch(
                            conversation.trust(live.usable() == null),
                            bundle -> timeline.schedule(Duration.ZERO, () -> received(bundle)),
                            end -> timeline.schedule(Duration.ZERO, () -> ended(end)));
        } catch (SignetClientException e) {
            ended(e);
        }
    }

    private void received(TrustBundle bundle) {
        heard = true;
        losses = 0;
        hand(bundle);
    }

    private void hand(TrustBundle bundle) {
        try {
            onBundle.accept(bundle);
        } catch (SignetClientException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "a trust bundle was not taken: {0}: {1}",
                    e.code(),
                    e.getMessage());
        }
    }

    private void ended(SignetClientException end) {
        heard = false;
        open = null;
        if (closed) {
            return;
        }
        LOG.log(System.Logger.Level.DEBUG, "trust bundle watch ended: {0}", end.getMessage());
        if (isNotGranted(end)) {
            poll();
            return;
        }
        losses++;
        long ceiling = options.longestRetry().toNanos();
        int doublings = Math.min(losses - 1, 20);
        if (options.firstRetry().toNanos() <= ceiling >> doublings) {
            ceiling = options.firstRetry().toNanos() << doublings;
        }
        long wait = (long) (timeline.random().nextDouble() * ceiling);
        timeline.schedule(Duration.ofNanos(wait), this::connect);
    }

    private static boolean isNotGranted(SignetClientException end) {
        return end instanceof RequestRefusedException
                || end.code().equals("TOO_MANY_WATCHES")
                || end.code().equals("RESOURCE_EXHAUSTED");
    }

    /// Asks once, then tries for a watch again after the interval, drawn from its last quarter.
    private void poll() {
        Duration interval = Duration.ofMinutes(5);
        try {
            TrustBundle bundle = port.trustBundle(conversation.trust(live.usable() == null));
            interval = bundle.refreshHint();
            hand(bundle);
        } catch (SignetClientException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "trust bundle could not be fetched: {0}: {1}",
                    e.code(),
                    e.getMessage());
            interval = options.longestRetry();
        }
        long nanos = (long) (interval.toNanos() * (0.75 + 0.25 * timeline.random().nextDouble()));
        timeline.schedule(Duration.ofNanos(nanos), this::connect);
    }

    @Override
    public void close() {
        closed = true;
        Runnable watch = open;
        if (watch != null) {
            watch.run();
        }
    }
}
