package dev.signet.ca.wire;

import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// What this server shows and trusts in TLS, for its further ports: both follow each renewal and
/// each change of the trust bundle by themselves. Filled once the gRPC port is open. Thread-safe.
public interface ServerKeys {

    /// This server's own certificate and key; nothing while there is none.
    X509ExtendedKeyManager keys();

    /// Verifies client certificates against the current trust bundle. A connection may outlive what
    /// was verified: judge the certificate again at each request.
    X509ExtendedTrustManager clientTrust();
}
