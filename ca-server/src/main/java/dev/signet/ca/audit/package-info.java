/// Who did what to this CA, and what was refused: append-only. Issuances are not here, the ledger
/// row is their record. Trusts that the caller of a record has checked who acts; never holds a
/// secret, never grows with the number of refusals.
@ApplicationModule(allowedDependencies = {"refusal", "identity", "privilege", "ledger"})
@NullMarked
package dev.signet.ca.audit;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
