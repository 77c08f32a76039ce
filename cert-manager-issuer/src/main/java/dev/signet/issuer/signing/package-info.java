/// One request from request to outcome: asks the issuer's CA, heeds its hints, and says whether
/// what came is final. Never decides what is granted: policy at the CA does.
@NullMarked
package dev.signet.issuer.signing;

import org.jspecify.annotations.NullMarked;
