/// What this CA says about the status of its certificates to anybody: CRLs and OCSP answers, and
/// what certificates say of both. Trusts the revocation feed and the ledger; never lets a revoked
/// certificate out of a CRL before it has expired (R15), never says `good` of a serial number that
/// is not on record, never publishes a CRL that is not.
@ApplicationModule(
        allowedDependencies = {
            "crypto",
            "identity",
            "certificate",
            "ledger",
            "authority",
            "revocation",
            "wire"
        })
@NullMarked
package dev.signet.ca.status;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
