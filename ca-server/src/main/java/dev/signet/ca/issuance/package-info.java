/// The one flow that makes a certificate: attest, decide, take a place, build, sign, lint, commit,
/// release. Trusts the packages it calls in that order; never skips a step for any caller, the
/// server itself included.
@ApplicationModule(
        allowedDependencies = {
            "refusal",
            "identity",
            "privilege",
            "certificate",
            "attestation",
            "policy",
            "audit",
            "suspension",
            "revocation",
            "authority",
            "ledger",
            "trust"
        })
@NullMarked
package dev.signet.ca.issuance;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
