/// From attested attributes to a grant or a refusal. No I/O, no clock: one immutable snapshot
/// decides a request from beginning to end. Trusts the attested attributes; never reads a
/// certification request.
@ApplicationModule(allowedDependencies = {"refusal", "identity", "certificate"})
@NullMarked
package dev.signet.ca.policy;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
