/// The trust bundle to publish: which roots, in which version, and who waits for the next one.
/// Trusts the authorities on record; never publishes a private key or an intermediate.
@ApplicationModule(allowedDependencies = {"identity", "certificate", "authority"})
@NullMarked
package dev.signet.ca.trust;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
