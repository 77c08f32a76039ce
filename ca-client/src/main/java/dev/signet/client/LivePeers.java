package dev.signet.client;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/// The connections that are open to peers, so that one whose peer would not be let in any more is
/// closed: one of its certificates is revoked, or no authority that is left vouches for it (R9). A
/// peer whose certificate has expired since, or whose authority is being replaced, keeps its
/// connection: no rotation closes any. Thread-safe.
final class LivePeers {

    private static final System.Logger LOG = System.getLogger(LivePeers.class.getName());
    private static final int CLOSING_THREADS = 4;

    /// Closing a socket may wait for whoever is writing to it.
    private static final ThreadPoolExecutor CLOSING =
            new ThreadPoolExecutor(
                    CLOSING_THREADS,
                    CLOSING_THREADS,
                    5,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(),
                    task -> {
                        Thread thread = new Thread(task, "signet-close");
                        thread.setDaemon(true);
                        return thread;
                    });

    static {
        CLOSING.allowCoreThreadTimeOut(true);
    }

    private final LiveIdentity identity;
    private final Set<Peer> peers = ConcurrentHashMap.newKeySet();
    private final ReferenceQueue<Object> gone = new ReferenceQueue<>();
    private final AtomicLong closed = new AtomicLong();

    LivePeers(LiveIdentity identity) {
        this.identity = identity;
    }

    /// Follows a connection on a socket, for as long as the socket is in use.
    void add(SSLSocket socket, SvidVerifier.Verified verified, List<X509Certificate> chain) {
        follow(new Weak(socket, gone, verified, chain));
    }

    /// Follows a connection on an engine, for as long as the engine is in use.
    void add(SSLEngine engine, SvidVerifier.Verified verified, List<X509Certificate> chain) {
        follow(new Weak(engine, gone, verified, chain));
    }

    /// Follows a connection until the returned action is run.
    ///
    /// @param close closes it, from any thread, without blocking
    Runnable add(Runnable close, SvidVerifier.Verified verified, List<X509Certificate> chain) {
        Strong peer = new Strong(close, verified, chain);
        follow(peer);
        return () -> peers.remove(peer);
    }

    private void follow(Peer peer) {
        forgetGone();
        peers.add(peer);
        // What came between the handshake's check and now.
        judge(peer);
    }

    private void forgetGone() {
        for (Reference<?> one = gone.poll(); one != null; one = gone.poll()) {
            if (one instanceof Weak weak) {
                peers.remove(weak);
            }
        }
    }

    /// Looks at every connection anew. Cheap where nothing has changed for it.
    void judge() {
        forgetGone();
        peers.forEach(this::judge);
    }

    private void judge(Peer peer) {
        String objection = objection(peer);
        if (objection != null && peers.remove(peer)) {
            closed.incrementAndGet();
            LOG.log(
                    System.Logger.Level.WARNING,
                    "closing the connection with {0}: {1}",
                    peer.verified().spiffeId(),
                    objection);
            peer.close();
        }
    }

    private @Nullable String objection(Peer peer) {
        try {
            identity.checkNotRevoked(peer.verified().spiffeId(), peer.chain());
            TrustBundle bundle = identity.bundles().get(peer.verified().spiffeId().trustDomain());
            if (bundle == null || !bundle.authorities().contains(peer.verified().anchor())) {
                peer.verified(
                        SvidVerifier.verified(
                                peer.chain(), identity.bundles(), whileValid(peer), Set.of()));
            }
            return null;
        } catch (CertificateException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /// Now, or the last moment at which the peer's certificate was valid.
    private Instant whileValid(Peer peer) {
        Instant now = identity.clock().instant();
        Instant notAfter = peer.chain().get(0).getNotAfter().toInstant();
        return now.isAfter(notAfter) ? notAfter : now;
    }

    int open() {
        forgetGone();
        return peers.size();
    }

    /// How many connections were closed since the start.
    long closed() {
        return closed.get();
    }

    private interface Peer {
        SvidVerifier.Verified verified();

        void verified(SvidVerifier.Verified anew);

        List<X509Certificate> chain();

        void close();
    }

    private static final class Strong implements Peer {
        private final Runnable close;
        private final List<X509Certificate> chain;
        private volatile SvidVerifier.Verified verified;

        Strong(Runnable close, SvidVerifier.Verified verified, List<X509Certificate> chain) {
            this.close = close;
            this.verified = verified;
            this.chain = List.copyOf(chain);
        }

        @Override
        public SvidVerifier.Verified verified() {
            return verified;
        }

        @Override
        public void verified(SvidVerifier.Verified anew) {
            verified = anew;
        }

        @Override
        public List<X509Certificate> chain() {
            return chain;
        }

        @Override
        public void close() {
            close.run();
        }
    }

    /// Does not keep alive what its user has let go of.
    private static final class Weak extends WeakReference<Object> implements Peer {
        private final List<X509Certificate> chain;
        private volatile SvidVerifier.Verified verified;

        Weak(
                Object socketOrEngine,
                ReferenceQueue<Object> queue,
                SvidVerifier.Verified verified,
                List<X509Certificate> chain) {
            super(socketOrEngine, queue);
            this.verified = verified;
            this.chain = List.copyOf(chain);
        }

        @Override
        public SvidVerifier.Verified verified() {
            return verified;
        }

        @Override
        public void verified(SvidVerifier.Verified anew) {
            verified = anew;
        }

        @Override
        public List<X509Certificate> chain() {
            return chain;
        }

        @Override
        public void close() {
            Object target = get();
            if (target instanceof SSLSocket socket) {
                CLOSING.execute(() -> abort(socket));
            } else if (target instanceof SSLEngine engine) {
                CLOSING.execute(() -> abort(engine));
            }
        }
    }

    /// Without a farewell, for which a writer would have to be waited for; whoever reads or writes
    /// gets an exception.
    private static void abort(SSLSocket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a socket was closed already", e);
        }
        try {
            socket.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a socket did not close in order", e);
        }
    }

    /// From now on no octet passes it: what is written is not taken, what is read is refused, and
    /// its user, who has the connection, closes that.
    private static void abort(SSLEngine engine) {
        engine.closeOutbound();
        try {
            engine.closeInbound();
        } catch (SSLException e) {
            LOG.log(System.Logger.Level.DEBUG, "an engine was closed without its peer", e);
        }
    }
}
