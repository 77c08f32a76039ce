package dev.signet.ca.status;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.certificate.Validity;

import java.util.Optional;

/// The certificates of OCSP responders on record. Thread-safe; blocks for some seconds at most.
interface ResponderCertificates {

    /// @param der the certificate
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Entry(SerialNumber serialNumber, String authorityId, Validity validity, byte[] der) {}

    /// Puts it on record; it must not be used before this has returned.
    ///
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL did not confirm
    void record(Entry entry);

    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL cannot be asked
    Optional<Entry> find(SerialNumber serialNumber);
}
