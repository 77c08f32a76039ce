/// Which JCA provider does the arithmetic, chosen in one place for the whole process. Trusts the
/// provider it chose to compute correctly; never holds a key.
@ApplicationModule(allowedDependencies = {})
@NullMarked
package dev.signet.ca.crypto;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
