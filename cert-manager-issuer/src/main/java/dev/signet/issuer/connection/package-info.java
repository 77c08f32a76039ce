/// Issuers as they can be used now: references resolved, the CA connected, Ready reported. Trusts
/// the trust bundle and the credential that an issuer names, read in its own namespace or, for a
/// cluster issuer, in the one that the controller is told; never in a requester's.
@NullMarked
package dev.signet.issuer.connection;

import org.jspecify.annotations.NullMarked;
