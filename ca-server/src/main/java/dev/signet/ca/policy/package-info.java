/// From attested attributes to a grant or a refusal: the language that policy is written in, the
/// versions on record, and the one in force. Deciding is without I/O and clock: one immutable
/// snapshot decides a request from beginning to end. Trusts the attested attributes; never reads a
/// certification request; never lets a document grant beyond the trust domain, or what servers and
/// operators have.
@ApplicationModule(
        allowedDependencies = {"refusal", "identity", "privilege", "certificate", "ledger"})
@NullMarked
package dev.signet.ca.policy;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
