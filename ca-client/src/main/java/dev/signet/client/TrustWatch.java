package dev.signet.client;

import dev.signet.client.rotation.Timeline;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/// Keeps a watch of trust and revocations open; where the CA does not grant one, asks for trust at
/// the interval that the bundle itself suggests. Comes back after a loss with full jitter, and with
/// the next certificate after each rotation, so that what it acknowledges is said by the one that
/// is shown to peers. Lives on the timeline's thread, except that revocations are handed over on
/// the thread that they come by: a renewal that waits for the CA must not hold them up.
final class TrustWatch implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(TrustWatch.class.getName());

    private final Timeline timeline;
    private final CaPort port;
    private final Conversation conversation;
    private final LiveIdentity live;
    private final RevocationKnowledge knowledge;
    private final ClientOptions options;
    private final Received received;

    private int losses;
    private boolean anonymous;
    private long inForce;
    private volatile @Nullable Session current;
    private volatile @Nullable Session successor;
    private volatile boolean heard;
    private volatile boolean closed;

    /// What is done with what comes.
    interface Received {

        /// On the timeline's thread.
        void trust(TrustState state);

        /// On any thread.
        void revocations(RevocationUpdate update);
    }

    TrustWatch(
            Timeline timeline,
            CaPort port,
            Conversation conversation,
            LiveIdentity live,
            RevocationKnowledge knowledge,
            ClientOptions options,
            Received received) {
        this.timeline = timeline;
        this.port = port;
        this.conversation = conversation;
        this.live = live;
        this.knowledge = knowledge;
        this.options = options;
        this.received = received;
    }

    void start() {
        timeline.schedule(Duration.ZERO, this::connect);
    }

    /// Whether the watch is open and has brought a bundle.
    boolean isOpen() {
        return heard;
    }

    /// This version of the bundle is what is verified with from now on.
    void inForce(long version) {
        inForce = version;
        Session open = current;
        if (open != null && open.hasHeard) {
            open.acknowledge();
        }
    }

    /// Another certificate is shown from now on: comes anew with that, and lets go of what it has
    /// when the new one is there.
    void rotated() {
        Session open = current;
        if (closed || open == null || !open.hasHeard) {
            return;
        }
        Session before = successor;
        if (before != null) {
            before.close();
        }
        Session next = new Session();
        successor = next;
        next.open();
    }

    private void connect() {
        if (closed || current != null) {
            return;
        }
        Session session = new Session();
        current = session;
        session.open();
    }

    /// One connection to the CA.
    private final class Session implements CaPort.Watcher {

        private volatile CaPort.@Nullable Watch watch;
        private long acknowledged;
        private boolean shown;
        private boolean hasHeard;
        private volatile boolean over;

        void open() {
            try {
                X509Svid svid = anonymous ? null : live.usable();
                shown = svid != null;
                anonymous = false;
                acknowledged = inForce;
                watch =
                        port.watch(
                                conversation.trust(live.usable() == null),
                                new CaPort.Opening(svid, inForce, knowledge.sequence()),
                                this);
            } catch (SignetClientException e) {
                lost(this, e);
            }
        }

        void acknowledge() {
            CaPort.Watch open = watch;
            if (open != null && Long.compareUnsigned(inForce, acknowledged) > 0) {
                acknowledged = inForce;
                open.acknowledge(inForce);
            }
        }

        void close() {
            over = true;
            CaPort.Watch open = watch;
            if (open != null) {
                open.close();
            }
        }

        @Override
        public void trust(TrustState state) {
            timeline.schedule(Duration.ZERO, () -> TrustWatch.this.heard(this, state));
        }

        @Override
        public void revocations(RevocationUpdate update) {
            if (!over && !closed) {
                received.revocations(update);
            }
        }

        @Override
        public void ended(SignetClientException end) {
            timeline.schedule(Duration.ZERO, () -> lost(this, end));
        }
    }

    private void heard(Session session, TrustState state) {
        if (closed || session.over) {
            return;
        }
        session.hasHeard = true;
        if (session == successor) {
            Session before = current;
            if (before != null) {
                before.close();
            }
            current = session;
            successor = null;
        }
        heard = true;
        losses = 0;
        hand(state);
        session.acknowledge();
    }

    private void hand(TrustState state) {
        try {
            received.trust(state);
        } catch (SignetClientException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "a trust bundle was not taken: {0}: {1}",
                    e.code(),
                    e.getMessage());
        }
    }

    private void lost(Session session, SignetClientException end) {
        session.over = true;
        if (session == successor) {
            // What there is goes on; the next rotation tries again.
            successor = null;
            return;
        }
        if (session != current) {
            return;
        }
        current = successor;
        successor = null;
        heard = false;
        if (closed || current != null) {
            return;
        }
        LOG.log(System.Logger.Level.DEBUG, "watch of the CA ended: {0}", end.getMessage());
        // Also one that was revoked while nobody was here to hear of it.
        anonymous = session.shown && end instanceof RequestRefusedException;
        if (!anonymous && isNotGranted(end)) {
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
            TrustState state = port.trustState(conversation.trust(live.usable() == null));
            interval = state.bundle().refreshHint();
            hand(state);
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
        Session open = current;
        Session next = successor;
        if (open != null) {
            open.close();
        }
        if (next != null) {
            next.close();
        }
    }
}
