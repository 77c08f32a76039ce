/// The X.509 words: serial number, validity, certification request, leaf profile, the leaf as
/// written and the leaf as checked. Pure: no I/O, no clock, no private key. Treats every input
/// octet as hostile; its own encoder's output is checked by code that does not share a line with
/// it.
@ApplicationModule(allowedDependencies = {"refusal", "identity", "crypto"})
@NullMarked
package dev.signet.ca.certificate;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
