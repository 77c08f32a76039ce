/// What this CA's record has lost, as others still know it: certificates that callers hold and the
/// ledger does not have. That is so after PostgreSQL was put back to an earlier moment, or when
/// somebody else signs with a key of this CA. Trusts that callers of it have verified what they
/// report; never grants or refuses anything.
@ApplicationModule(
        allowedDependencies = {"identity", "certificate", "crypto", "ledger", "revocation"})
@NullMarked
package dev.signet.ca.recovery;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
