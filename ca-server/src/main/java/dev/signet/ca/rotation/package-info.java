/// When an issuing CA may take over: whether those who hold certificates know its root, and the
/// automation that prepares and activates ahead of expiry. Trusts the statements of clients about
/// themselves and no further; never activates without evidence or an explicit override.
@ApplicationModule(
        allowedDependencies = {
            "refusal",
            "identity",
            "certificate",
            "ledger",
            "audit",
            "authority",
            "trust"
        })
@NullMarked
package dev.signet.ca.rotation;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
