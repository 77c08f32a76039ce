/// Whether issuance is suspended, on all replicas. Trusts that the caller of a change has checked
/// who acts; never keeps a request waiting, never takes an unknown state for permission.
@ApplicationModule(allowedDependencies = {"refusal", "ledger", "audit"})
@NullMarked
package dev.signet.ca.suspension;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
