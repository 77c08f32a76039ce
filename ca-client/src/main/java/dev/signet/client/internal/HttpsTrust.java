package dev.signet.client.internal;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.function.Predicate;

import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/// Trust towards the CA's own endpoint: the platform's PKIX check with these roots and no others,
/// host name included (gRPC asks for HTTPS endpoint identification on each connection).
final class HttpsTrust {

    private HttpsTrust() {}

    /// @param revoked whether a certificate of the server's chain must not be accepted all the same
    static TrustManager of(Collection<X509Certificate> roots, Predicate<X509Certificate> revoked) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int i = 0;
            for (X509Certificate root : roots) {
                store.setCertificateEntry("root-" + i++, root);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509ExtendedTrustManager platform) {
                    return new UnrevokedTrust(platform, revoked);
                }
            }
            throw new IllegalStateException("this Java runtime has no PKIX trust manager");
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("these trust anchors cannot be used", e);
        }
    }
}
