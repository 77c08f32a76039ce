/// The gRPC and HTTP edge: who may call what, protobuf to domain and back, the one switch from
/// refusal to status. Trusts nothing a caller sends; never shows a caller an exception's text.
@ApplicationModule(
        allowedDependencies = {
            "refusal",
            "identity",
            "crypto",
            "certificate",
            "attestation",
            "policy",
            "authority",
            "ledger",
            "issuance",
            "revocation",
            "trust",
            "federation",
            "reissue",
            "audit",
            "admin"
        })
@NullMarked
package dev.signet.ca.wire;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
