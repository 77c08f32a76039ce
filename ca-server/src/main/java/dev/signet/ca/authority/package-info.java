/// CA keys and their life: root and issuing CA, the Signer port, key wrapping. The only code that
/// touches a CA's private key. Trusts the key-encryption key it is given and PostgreSQL to keep
/// what it stored; never signs under an issuer that is expired or not yet valid.
@ApplicationModule(
        allowedDependencies = {"refusal", "identity", "crypto", "certificate", "pkcs11", "ledger"})
@NullMarked
package dev.signet.ca.authority;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
