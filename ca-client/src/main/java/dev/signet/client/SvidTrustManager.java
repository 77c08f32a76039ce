package dev.signet.client;

import org.jspecify.annotations.Nullable;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;

/// Accepts a peer with a valid SVID of a trusted domain that the predicate accepts. The host name
/// is not looked at: the SPIFFE ID is the name. A session that was checked here is not resumed
/// later, as resumption would skip the check. Thread-safe.
final class SvidTrustManager extends X509ExtendedTrustManager {

    private static final X509Certificate[] NO_NAMES = {};
    private static final int SHORTEST_SECONDS = 1;

    private final LiveIdentity identity;
    private final PeerPredicate accepted;
    private final @Nullable LivePeers peers;

    /// @param peers follows the connections that are judged here; null: somebody else does
    SvidTrustManager(LiveIdentity identity, PeerPredicate accepted, @Nullable LivePeers peers) {
        this.identity = identity;
        this.accepted = accepted;
        this.peers = peers;
    }

    private void check(
            X509Certificate @Nullable [] shown,
            String purpose,
            @Nullable SSLSession session,
            @Nullable Object socketOrEngine)
            throws CertificateException {
        if (shown == null || shown.length == 0) {
            throw new CertificateException("peer showed no certificate");
        }
        List<X509Certificate> chain = SvidVerifier.listOf(shown);
        SvidVerifier.Verified verified =
                SvidVerifier.verified(
                        chain, identity.bundles(), identity.clock().instant(), Set.of(purpose));
        SpiffeId peer = verified.spiffeId();
        identity.checkNotRevoked(peer, chain);
        identity.checkFresh();
        boolean welcome;
        try {
            welcome = accepted.accepts(peer);
        } catch (RuntimeException e) {
            throw new CertificateException("predicate failed for peer " + peer, e);
        }
        if (!welcome) {
            throw new CertificateException("peer " + peer + " is not accepted here");
        }
        if (session != null) {
            preventResumption(session);
        }
        if (peers != null && socketOrEngine instanceof SSLSocket socket) {
            peers.add(socket, verified, chain);
        } else if (peers != null && socketOrEngine instanceof SSLEngine engine) {
            peers.add(engine, verified, chain);
        }
    }

    /// A session that was invalidated while it is made gets no ticket and enters no cache where the
    /// provider looks; the shortest life for what enters nevertheless.
    private static void preventResumption(SSLSession session) {
        SSLSessionContext context = session.getSessionContext();
        if (context != null && context.getSessionTimeout() != SHORTEST_SECONDS) {
            context.setSessionTimeout(SHORTEST_SECONDS);
        }
        session.invalidate();
    }

    private static @Nullable SSLSession session(@Nullable Socket socket) {
        return socket instanceof SSLSocket ssl ? ssl.getHandshakeSession() : null;
    }

    private static @Nullable SSLSession session(@Nullable SSLEngine engine) {
        return engine == null ? null : engine.getHandshakeSession();
    }

    @Override
    public void checkClientTrusted(X509Certificate @Nullable [] chain, String authType)
            throws CertificateException {
        check(chain, SvidVerifier.CLIENT_AUTH, null, null);
    }

    @Override
    public void checkClientTrusted(
            X509Certificate @Nullable [] chain, String authType, @Nullable Socket socket)
            throws CertificateException {
        check(chain, SvidVerifier.CLIENT_AUTH, session(socket), socket);
    }

    @Override
    public void checkClientTrusted(
            X509Certificate @Nullable [] chain, String authType, @Nullable SSLEngine engine)
            throws CertificateException {
        check(chain, SvidVerifier.CLIENT_AUTH, session(engine), engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate @Nullable [] chain, String authType)
            throws CertificateException {
        check(chain, SvidVerifier.SERVER_AUTH, null, null);
    }

    @Override
    public void checkServerTrusted(
            X509Certificate @Nullable [] chain, String authType, @Nullable Socket socket)
            throws CertificateException {
        check(chain, SvidVerifier.SERVER_AUTH, session(socket), socket);
    }

    @Override
    public void checkServerTrusted(
            X509Certificate @Nullable [] chain, String authType, @Nullable SSLEngine engine)
            throws CertificateException {
        check(chain, SvidVerifier.SERVER_AUTH, session(engine), engine);
    }

    /// No names: a client shows its one certificate whatever the list, and the list would tell
    /// strangers whom we trust.
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return NO_NAMES.clone();
    }
}
