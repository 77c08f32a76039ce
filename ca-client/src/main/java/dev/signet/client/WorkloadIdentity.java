package dev.signet.client;

import dev.signet.client.rotation.Backoff;
import dev.signet.client.rotation.Lease;
import dev.signet.client.rotation.RotationLoop;
import dev.signet.client.rotation.Timeline;

import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;

import org.jspecify.annotations.Nullable;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// A workload's certificate, kept fresh for as long as this object is open, in the forms that TLS
/// libraries take. Everything that it gives out is live: a rotation or a change of trust is what
/// the next handshake uses, connections that are open go on. A connection is closed only when its
/// peer's certificate has been revoked, or no authority that is left vouches for it. There is no
/// host name check towards peers: a peer is its SPIFFE ID, which the predicate judges after the
/// chain has been verified with the bundle of that ID's own trust domain.
///
/// While the CA is away the last certificate serves to its end; after that nothing is shown, and
/// handshakes fail until the CA is back. Thread-safe.
public final class WorkloadIdentity implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(WorkloadIdentity.class.getName());

    private final Timeline timeline;
    private final LiveIdentity live;
    private final IdentityRotation rotation;
    private final RotationLoop loop;
    private final TrustWatch watch;
    private final RevocationKnowledge revocations;
    private final Listeners listeners;
    private final OrderedRenewals orders;
    private final LivePeers peers;
    private final SvidKeyManager keyManager;
    private final GrpcTls grpcTls;
    private @Nullable X509Svid toldRevoked;

    WorkloadIdentity(
            Timeline timeline,
            CaPort port,
            LiveIdentity live,
            RevocationKnowledge revocations,
            Conversation conversation,
            IdentityRotation rotation,
            Listeners listeners,
            ClientOptions options) {
        this.timeline = timeline;
        this.live = live;
        this.revocations = revocations;
        this.rotation = rotation;
        this.listeners = listeners;
        this.keyManager = new SvidKeyManager(live);
        this.peers = new LivePeers(live);
        this.grpcTls = new GrpcTls(keyManager, live, peers);
        this.loop =
                new RotationLoop(
                        timeline,
                        rotation,
                        new Backoff(options.firstRetry(), options.longestRetry()),
                        options.recheck());
        this.watch =
                new TrustWatch(
                        timeline,
                        port,
                        conversation,
                        live,
                        revocations,
                        options,
                        new TrustWatch.Received() {
                            @Override
                            public void trust(TrustState state) {
                                trustChanged(state);
                            }

                            @Override
                            public void revocations(RevocationUpdate update) {
                                revoked(update);
                            }
                        });
        this.orders =
                new OrderedRenewals(timeline, options.recheck(), live::usable, loop::renewNow);
        listeners.addFirst(
                new IdentityListener() {
                    @Override
                    public void onRotated(X509Svid current) {
                        watch.inForce(trustBundle().version());
                        watch.rotated();
                    }

                    @Override
                    public void onTrustChanged(TrustBundle bundle) {
                        peers.judge();
                        if (bundle.trustDomain().equals(live.domain())) {
                            watch.inForce(bundle.version());
                        }
                    }
                });
    }

    /// Begins to describe an identity.
    public static WorkloadIdentityBuilder builder() {
        return new WorkloadIdentityBuilder();
    }

    void start() {
        timeline.schedule(
                Duration.ZERO,
                () -> {
                    Lease cached = rotation.resume();
                    loop.start(cached);
                    // After the first attempt, which fetches the bundle by itself.
                    watch.start();
                });
    }

    void awaitFirst(Duration timeout) {
        if (timeout.isZero()) {
            return;
        }
        try {
            rotation.first().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            SignetClientException last = rotation.lastFailure();
            throw new IdentityUnavailableException(
                    last == null ? "NO_ANSWER" : last.code(),
                    "no certificate within "
                            + timeout
                            + (last == null ? "" : "; the last attempt: " + last.getMessage()),
                    last == null ? e : last);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw new IdentityUnavailableException(
                    cause instanceof SignetClientException known ? known.code() : "FAILED",
                    "no certificate: " + (cause == null ? e : cause).getMessage(),
                    cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IdentityUnavailableException(
                    "INTERRUPTED", "interrupted while waiting for the first certificate", e);
        }
    }

    private void trustChanged(TrustState state) {
        boolean renew = rotation.trustChanged(state.bundle());
        List<TrustBundle> changed =
                live.swapFederated(state.bundle().trustDomain(), state.federated());
        if (!changed.isEmpty()) {
            peers.judge();
            changed.forEach(bundle -> listeners.tell(listener -> listener.onTrustChanged(bundle)));
        }
        if (renew) {
            loop.renewNow();
        }
        orders.take(state.orders());
    }

    /// On the thread that the news came by.
    private void revoked(RevocationUpdate update) {
        if (!revocations.take(update)) {
            return;
        }
        peers.judge();
        X509Svid own = live.last();
        if (own != null && live.isRevoked(own)) {
            timeline.schedule(Duration.ZERO, this::ownRevoked);
        }
    }

    private void ownRevoked() {
        X509Svid own = live.last();
        if (own == null || !live.isRevoked(own) || own.equals(toldRevoked)) {
            return;
        }
        toldRevoked = own;
        LOG.log(System.Logger.Level.ERROR, "the CA has revoked the certificate: {0}", own);
        listeners.tell(listener -> listener.onRevoked(own));
        loop.renewNow();
    }

    /// The current certificate with its key: for what cannot take a live object, and for showing.
    ///
    /// @throws IdentityUnavailableException when there is none that is valid now
    public X509Svid current() {
        X509Svid svid = live.usable();
        if (svid == null) {
            SignetClientException last = rotation.lastFailure();
            throw new IdentityUnavailableException(
                    last == null ? "NO_CERTIFICATE" : last.code(),
                    "no valid certificate now"
                            + (last == null ? "" : "; the last attempt: " + last.getMessage()),
                    last);
        }
        return svid;
    }

    /// The trust bundle of the workload's own trust domain, as last seen.
    ///
    /// @throws IdentityUnavailableException before the first certificate
    public TrustBundle trustBundle() {
        X509Svid svid = live.last();
        TrustBundle bundle =
                svid == null ? null : live.bundles().get(svid.spiffeId().trustDomain());
        if (bundle == null) {
            throw new IdentityUnavailableException(
                    "NO_CERTIFICATE", "no certificate and no trust bundle yet", null);
        }
        return bundle;
    }

    InstantSource clock() {
        return timeline;
    }

    boolean isKnownRevoked(X509Certificate certificate) {
        return revocations.isRevoked(certificate);
    }

    /// For TLS on either side. On the server side a client certificate is demanded unless the
    /// caller changes that. No session is resumed: each handshake makes all checks.
    public SSLContext sslContext(PeerPredicate accepted) {
        return LiveSslContext.of(keyManager, trustManager(accepted));
    }

    /// Shows the current certificate. For a TLS library that takes a key manager.
    public X509ExtendedKeyManager keyManager() {
        return keyManager;
    }

    /// Judges peers. For a TLS library that takes a trust manager. Where that is not the platform's
    /// own TLS, for which this trust manager does it by itself, switch session resumption off: a
    /// resumed session is not judged. BoringSSL by netty-tcnative resumes by default on both sides.
    public X509ExtendedTrustManager trustManager(PeerPredicate accepted) {
        return new SvidTrustManager(live, accepted, peers);
    }

    /// For gRPC channels to servers that the predicate accepts.
    public ChannelCredentials channelCredentials(PeerPredicate acceptedServers) {
        return grpcTls.channel(acceptedServers);
    }

    /// For gRPC servers; a client without a certificate that the predicate accepts does not get in.
    public ServerCredentials serverCredentials(PeerPredicate acceptedClients) {
        return grpcTls.server(acceptedClients);
    }

    /// Everything about this identity at this moment.
    public IdentityStatus status() {
        X509Svid svid = live.last();
        TrustBundle bundle =
                svid == null ? null : live.bundles().get(svid.spiffeId().trustDomain());
        SignetClientException last = rotation.lastFailure();
        return new IdentityStatus(
                live.usable() != null,
                svid == null ? null : svid.spiffeId(),
                svid == null ? null : svid.serialNumber(),
                svid == null ? null : svid.notAfter(),
                loop.nextAttempt(),
                last == null ? null : last.code(),
                last == null ? null : last.getMessage(),
                bundle == null ? 0 : bundle.version(),
                watch.isOpen(),
                svid != null && live.isRevoked(svid),
                revocations.age().orElse(null),
                revocations.size(),
                peers.open(),
                peers.closed(),
                rotation.rotations(),
                rotation.attestations(),
                rotation.failures());
    }

    /// Asks for the next certificate now instead of at its time. Returns at once.
    public void renewNow() {
        loop.renewNow();
    }

    /// Stops rotating. What was given out keeps showing the last certificate until that ends.
    @Override
    public void close() {
        loop.close();
        watch.close();
        timeline.close();
    }
}
