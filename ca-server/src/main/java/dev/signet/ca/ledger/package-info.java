/// What this CA has issued: the only owner of serial numbers, and the only maker of a certificate
/// that may leave the process. Trusts PostgreSQL to keep what it has committed; never updates or
/// deletes a row, never answers an unclear commit with a certificate.
@ApplicationModule(allowedDependencies = {"refusal", "identity", "certificate"})
@NullMarked
package dev.signet.ca.ledger;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
