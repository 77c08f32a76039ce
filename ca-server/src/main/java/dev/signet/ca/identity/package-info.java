/// SPIFFE trust domains and IDs as parse-only value types. Pure: no I/O, no clock. Trusts nothing:
/// an instance that exists is valid.
@ApplicationModule(allowedDependencies = {})
@NullMarked
package dev.signet.ca.identity;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
