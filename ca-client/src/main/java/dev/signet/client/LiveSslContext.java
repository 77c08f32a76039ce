package dev.signet.client;

import org.jspecify.annotations.Nullable;

import java.security.GeneralSecurityException;
import java.security.KeyManagementException;
import java.security.SecureRandom;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// An SSL context in which every engine starts from nothing: no session and no ticket of an earlier
/// connection is known to it, so each handshake shows the certificate and makes the checks of its
/// own moment. On the server side a client certificate is demanded unless the caller says
/// otherwise.
final class LiveSslContext extends SSLContext {

    private LiveSslContext(Spi spi, SSLContext platform) {
        super(spi, platform.getProvider(), platform.getProtocol());
    }

    static SSLContext of(X509ExtendedKeyManager keys, X509ExtendedTrustManager trust) {
        Spi spi = new Spi(keys, trust);
        return new LiveSslContext(spi, spi.shared);
    }

    private static final class Spi extends SSLContextSpi {

        private final KeyManager[] keys;
        private final TrustManager[] trust;
        private final SSLContext shared;

        Spi(X509ExtendedKeyManager keys, X509ExtendedTrustManager trust) {
            this.keys = new KeyManager[] {keys};
            this.trust = new TrustManager[] {trust};
            this.shared = fresh();
            // For sockets, which share a context: the trust manager ends each session as well.
            shared.getClientSessionContext().setSessionTimeout(1);
            shared.getServerSessionContext().setSessionTimeout(1);
        }

        private SSLContext fresh() {
            try {
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(keys, trust, null);
                return context;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("this Java runtime has no TLS", e);
            }
        }

        @Override
        protected void engineInit(
                KeyManager @Nullable [] km,
                TrustManager @Nullable [] tm,
                @Nullable SecureRandom random)
                throws KeyManagementException {
            throw new KeyManagementException(
                    "the context of a workload identity is ready as it is");
        }

        @Override
        protected SSLEngine engineCreateSSLEngine() {
            return demanding(fresh().createSSLEngine());
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(String host, int port) {
            return demanding(fresh().createSSLEngine(host, port));
        }

        private static SSLEngine demanding(SSLEngine engine) {
            engine.setNeedClientAuth(true);
            return engine;
        }

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            return shared.getSocketFactory();
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            return new DemandingServerSockets(shared.getServerSocketFactory());
        }

        @Override
        protected SSLSessionContext engineGetServerSessionContext() {
            return shared.getServerSessionContext();
        }

        @Override
        protected SSLSessionContext engineGetClientSessionContext() {
            return shared.getClientSessionContext();
        }

        @Override
        protected SSLParameters engineGetDefaultSSLParameters() {
            SSLParameters parameters = shared.getDefaultSSLParameters();
            parameters.setNeedClientAuth(true);
            return parameters;
        }

        @Override
        protected SSLParameters engineGetSupportedSSLParameters() {
            return shared.getSupportedSSLParameters();
        }
    }
}
