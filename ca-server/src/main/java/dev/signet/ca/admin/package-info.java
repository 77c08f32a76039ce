/// What an operator may do by the command line: make join tokens, look up certificates. Trusts that
/// wire let only an operator in; never returns a secret a second time.
@ApplicationModule(
        allowedDependencies = {
            "refusal",
            "identity",
            "certificate",
            "attestation",
            "ledger",
            "audit"
        })
@NullMarked
package dev.signet.ca.admin;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
