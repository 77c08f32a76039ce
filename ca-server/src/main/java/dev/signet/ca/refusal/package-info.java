/// Why a request is refused: permanent codes and the value that carries one to the caller. Pure.
/// Trusts nothing; never holds a secret, never throws.
@ApplicationModule(allowedDependencies = {})
@NullMarked
package dev.signet.ca.refusal;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
