package dev.signet.client;

import dev.signet.client.rotation.RenewalWindow;

import java.security.cert.X509Certificate;
import java.util.List;

/// A certificate whose private key is elsewhere, verified: it is for the key that it was requested
/// for, and its chain ends in the trust bundle. Immutable.
///
/// @param spiffeId of the leaf
/// @param chain leaf first, then each intermediate, without the root
/// @param bundle the trust bundle that was current at issuance
/// @param window when the CA wants to be asked for the next one
/// @param notices what was asked for and not given; usually empty
public record IssuedCertificate(
        SpiffeId spiffeId,
        List<X509Certificate> chain,
        TrustBundle bundle,
        RenewalWindow window,
        List<IssuanceNotice> notices) {

    public IssuedCertificate {
        chain = List.copyOf(chain);
        notices = List.copyOf(notices);
    }

    public X509Certificate leaf() {
        return chain.get(0);
    }

    /// The chain as PEM text.
    public String chainPem() {
        return Pem.encode(chain);
    }
}
