/// From evidence to an attested identity: tokens of a cluster or OIDC issuer, one-time join tokens,
/// the current certificate. Trusts the configured issuers' keys and its own trust bundle; takes
/// every statement from the octets whose signature it verified, never from the request.
@ApplicationModule(
        allowedDependencies = {
            "refusal",
            "identity",
            "privilege",
            "audit",
            "crypto",
            "certificate",
            "authority",
            "ledger",
            "revocation",
            "recovery",
            "trust",
            "egress"
        })
@NullMarked
package dev.signet.ca.attestation;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
