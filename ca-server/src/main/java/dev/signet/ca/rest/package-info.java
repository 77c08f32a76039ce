/// The admin REST API's edge, HTTPS: who calls, whether that role may, JSON to domain and back,
/// problems with the same codes as gRPC. Trusts nothing a caller sends; answers nobody who has not
/// proved who it is; never shows a caller an exception's text.
@ApplicationModule(
        allowedDependencies = {
            "refusal",
            "identity",
            "privilege",
            "crypto",
            "egress",
            "certificate",
            "attestation",
            "policy",
            "replay",
            "authority",
            "federation",
            "rotation",
            "ledger",
            "trust",
            "status",
            "audit",
            "suspension",
            "revocation",
            "reissue",
            "revocation",
            "recovery",
            "admin",
            "wire"
        })
@NullMarked
package dev.signet.ca.rest;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
