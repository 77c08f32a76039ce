/// What operators and admins may do: join tokens, policies, suspensions, orders to renew,
/// authorities, and the approvals of a second person, each act with its audit event in one commit;
/// look-up of certificates. Trusts that the edges let only those in who may; never returns a secret
/// a second time.
@ApplicationModule(
        allowedDependencies = {
            "refusal",
            "identity",
            "privilege",
            "certificate",
            "attestation",
            "authority",
            "rotation",
            "revocation",
            "policy",
            "ledger",
            "audit",
            "authority",
            "federation",
            "suspension",
            "revocation",
            "recovery",
            "reissue"
        })
@NullMarked
package dev.signet.ca.admin;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
