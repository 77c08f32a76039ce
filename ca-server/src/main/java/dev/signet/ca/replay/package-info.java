/// What a policy would have said to the requests of the past: decides recorded issuances again and
/// tells the differences. Trusts the ledger's rows; issues nothing, writes nothing.
@ApplicationModule(allowedDependencies = {"refusal", "identity", "certificate", "ledger", "policy"})
@NullMarked
package dev.signet.ca.replay;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
