package dev.signet.ca.wire;

import dev.signet.ca.trust.TrustBundle;

import io.netty.handler.ssl.OpenSslCertificateException;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.internal.tcnative.CertificateVerifier;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/// Verifies client certificates against the current trust bundle: a chain to one of its roots,
/// within its validity, for client authentication. Without a bundle every certificate is refused.
/// Thread-safe.
final class LiveTrustManager extends X509ExtendedTrustManager {

    private volatile @Nullable X509ExtendedTrustManager delegate;

    /// @throws IllegalStateException when the bundle holds something that is no certificate; what
    ///   was trusted before stays
    void trust(TrustBundle bundle) {
        try {
            KeyStore roots = KeyStore.getInstance("PKCS12");
            roots.load(null, null);
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            int number = 0;
            for (byte[] authority : bundle.x509Authorities()) {
                roots.setCertificateEntry(
                        "root-" + number++,
                        factory.generateCertificate(new ByteArrayInputStream(authority)));
            }
            delegate = number == 0 ? null : trustManager(roots);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(
                    "trust bundle version " + bundle.version() + " cannot be used", e);
        }
    }

    private static X509ExtendedTrustManager trustManager(KeyStore roots)
            throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(roots);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager extended) {
                return extended;
            }
        }
        throw new IllegalStateException("the JDK's PKIX trust manager is of an unknown kind");
    }

    private X509ExtendedTrustManager delegate() throws CertificateException {
        X509ExtendedTrustManager now = delegate;
        if (now == null) {
            throw new NothingTrusted();
        }
        return now;
    }

    @Override
    public void checkClientTrusted(
            X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
            throws CertificateException {
        try {
            delegate().checkClientTrusted(chain, authType);
        } catch (CertificateException e) {
            throw engine instanceof ReferenceCountedOpenSslEngine ? named(chain, e) : e;
        }
    }

    /// For BoringSSL, which would tell the client `internal_error`: the cause as a code of its own,
    /// which becomes the alert.
    private static CertificateException named(X509Certificate[] chain, CertificateException cause) {
        return new OpenSslCertificateException(
                String.valueOf(cause.getMessage()), cause, code(chain, cause));
    }

    private static int code(X509Certificate[] chain, CertificateException cause) {
        for (X509Certificate certificate : chain) {
            try {
                certificate.checkValidity();
            } catch (CertificateExpiredException _) {
                return CertificateVerifier.X509_V_ERR_CERT_HAS_EXPIRED;
            } catch (CertificateNotYetValidException _) {
                return CertificateVerifier.X509_V_ERR_CERT_NOT_YET_VALID;
            }
        }
        for (Throwable each = cause; each != null; each = each.getCause()) {
            if (each instanceof CertPathBuilderException || each instanceof NothingTrusted) {
                return CertificateVerifier.X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
            }
        }
        return CertificateVerifier.X509_V_ERR_CERT_REJECTED;
    }

    private static final class NothingTrusted extends CertificateException {
        private static final long serialVersionUID = 1;

        NothingTrusted() {
            super("no client certificate is trusted now");
        }
    }

    @Override
    public void checkClientTrusted(
            X509Certificate[] chain, String authType, @Nullable Socket socket)
            throws CertificateException {
        delegate().checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        delegate().checkClientTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(
            X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
            throws CertificateException {
        throw notAClient();
    }

    @Override
    public void checkServerTrusted(
            X509Certificate[] chain, String authType, @Nullable Socket socket)
            throws CertificateException {
        throw notAClient();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        throw notAClient();
    }

    /// None: the hint would be of the bundle at start, and clients that heed it would stay silent
    /// after a rotation of the root.
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }

    private static CertificateException notAClient() {
        return new CertificateException("this trust manager verifies clients only");
    }
}
