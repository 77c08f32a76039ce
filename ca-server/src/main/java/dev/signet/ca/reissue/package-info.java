/// Mass reissue: orders to clients to renew ahead of time, spread over a window, and how far they
/// have got. Trusts that the caller of a change has checked who acts; never issues anything itself.
@ApplicationModule(allowedDependencies = {"refusal", "identity", "certificate", "ledger", "audit"})
@NullMarked
package dev.signet.ca.reissue;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
