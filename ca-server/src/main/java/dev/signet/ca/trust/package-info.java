/// The trust bundle to publish: which roots, in which version, who waits for the next one, and who
/// says that it holds which. Trusts the authorities on record; never publishes a private key or an
/// intermediate.
@ApplicationModule(allowedDependencies = {"identity", "certificate", "ledger", "authority"})
@NullMarked
package dev.signet.ca.trust;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
