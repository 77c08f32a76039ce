/// Keys that live in a token, by PKCS#11: made there, used there, never out of it. Knows nothing of
/// authorities. Trusts the library it is told to load, which runs inside this process; never trusts
/// it to answer in time, and reads every size it gives before using it.
@ApplicationModule(allowedDependencies = {"crypto"})
@NullMarked
package dev.signet.ca.pkcs11;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
