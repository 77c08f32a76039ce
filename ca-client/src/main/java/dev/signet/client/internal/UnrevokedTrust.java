package dev.signet.client.internal;

import org.jspecify.annotations.Nullable;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/// Servers that the platform accepts, less those with a revoked certificate.
final class UnrevokedTrust extends X509ExtendedTrustManager {

    private final X509ExtendedTrustManager platform;
    private final Predicate<X509Certificate> revoked;

    UnrevokedTrust(X509ExtendedTrustManager platform, Predicate<X509Certificate> revoked) {
        this.platform = platform;
        this.revoked = revoked;
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        Strength.check(below(chain));
        for (X509Certificate certificate : chain) {
            if (revoked.test(certificate)) {
                throw new CertificateException(
                        "the CA's server shows a certificate that is revoked: "
                                + certificate.getSerialNumber().toString(16));
            }
        }
    }

    /// Without a root that comes along: its own signature is of no weight.
    private static List<X509Certificate> below(X509Certificate[] chain) {
        return Arrays.stream(chain)
                .filter(c -> !c.getIssuerX500Principal().equals(c.getSubjectX500Principal()))
                .toList();
    }

    @Override
    public void checkServerTrusted(
            X509Certificate[] chain, String authType, @Nullable Socket socket)
            throws CertificateException {
        platform.checkServerTrusted(chain, authType, socket);
        check(chain);
    }

    @Override
    public void checkServerTrusted(
            X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
            throws CertificateException {
        platform.checkServerTrusted(chain, authType, engine);
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        platform.checkServerTrusted(chain, authType);
        check(chain);
    }

    @Override
    public void checkClientTrusted(
            X509Certificate[] chain, String authType, @Nullable Socket socket)
            throws CertificateException {
        throw noServer();
    }

    @Override
    public void checkClientTrusted(
            X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
            throws CertificateException {
        throw noServer();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        throw noServer();
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return platform.getAcceptedIssuers();
    }

    private static CertificateException noServer() {
        return new CertificateException("this trust manager verifies servers only");
    }
}
