package dev.signet.client;

import dev.signet.client.rotation.RenewalWindow;

import java.util.List;

/// What one issuance brought, verified. Immutable; holds a private key.
///
/// @param svid key and chain
/// @param bundle the trust bundle that was current at issuance
/// @param window when the CA wants to be asked for the next one
/// @param notices what was asked for and not given; usually empty
public record IssuedIdentity(
        X509Svid svid, TrustBundle bundle, RenewalWindow window, List<IssuanceNotice> notices) {

    public IssuedIdentity {
        notices = List.copyOf(notices);
    }

    /// Of which everything was given.
    public IssuedIdentity(X509Svid svid, TrustBundle bundle, RenewalWindow window) {
        this(svid, bundle, window, List.of());
    }
}
