package dev.signet.cli.demo;

import org.jspecify.annotations.Nullable;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/// Keeps what the service said against each peer that it refused, as a peer itself is told an alert
/// number only. Thread-safe.
final class JudgedPeers extends X509ExtendedTrustManager {

    private final X509ExtendedTrustManager judge;
    private final LinkedBlockingQueue<String> objections = new LinkedBlockingQueue<>();

    JudgedPeers(X509ExtendedTrustManager judge) {
        this.judge = judge;
    }

    /// The oldest objection not taken yet; null: none within a second.
    @Nullable String takeObjection() throws InterruptedException {
        return objections.poll(1, TimeUnit.SECONDS);
    }

    private interface Check {
        void run() throws CertificateException;
    }

    private void noting(Check check) throws CertificateException {
        try {
            check.run();
        } catch (CertificateException e) {
            objections.add(String.valueOf(e.getMessage()));
            throw e;
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
        noting(() -> judge.checkClientTrusted(chain, type));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
        noting(() -> judge.checkClientTrusted(chain, type, socket));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        noting(() -> judge.checkClientTrusted(chain, type, engine));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
        noting(() -> judge.checkServerTrusted(chain, type));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
        noting(() -> judge.checkServerTrusted(chain, type, socket));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        noting(() -> judge.checkServerTrusted(chain, type, engine));
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return judge.getAcceptedIssuers();
    }
}
