package dev.signet.client;

import dev.signet.client.rotation.RenewalWindow;

/// What one issuance brought, verified. Immutable; holds a private key.
///
/// @param svid key and chain
/// @param bundle the trust bundle that was current at issuance
/// @param window when the CA wishes to be asked for the next one
public record IssuedIdentity(X509Svid svid, TrustBundle bundle, RenewalWindow window) {}
