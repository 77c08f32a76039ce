/// Which certificates this CA has revoked and which identities it has blocked: on record, and as a
/// feed that every replica holds within a second of each commit. Trusts that the caller of a change
/// has checked who acts; never forgets a revocation before its certificate has expired (R15).
@ApplicationModule(allowedDependencies = {"refusal", "identity", "certificate", "ledger", "audit"})
@NullMarked
package dev.signet.ca.revocation;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
