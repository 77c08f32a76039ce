package dev.signet.client;

/// Told what happens to an identity, on the thread that renews it: return quickly. What a listener
/// throws is logged and has no other effect.
public interface IdentityListener {

    /// The next handshake shows this certificate. Also called for the first one.
    default void onRotated(X509Svid current) {}

    /// An attempt failed; the certificate that is held stays in use until it ends, and further
    /// attempts follow.
    default void onFailed(SignetClientException failure) {}

    /// The certificate ended without a successor: handshakes fail until an attempt succeeds.
    default void onExpired(X509Svid expired) {}

    /// The CA has revoked the certificate: it is not shown any more, and handshakes fail until the
    /// credential has brought another one.
    default void onRevoked(X509Svid revoked) {}

    /// The next handshake trusts the authorities of this bundle for its trust domain.
    default void onTrustChanged(TrustBundle bundle) {}
}
