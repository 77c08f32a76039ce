/// The X.509 words: serial number, validity, names, profiles and their rules, certification
/// request, the certificate as written and the certificate as checked. Pure: no I/O, no clock, no
/// private key but one that [ProfileTrial] makes and throws away. Treats every input octet as
/// hostile; its own encoder's output is checked by code that does not share a line with it.
@ApplicationModule(allowedDependencies = {"refusal", "identity", "crypto"})
@NullMarked
package dev.signet.ca.certificate;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
