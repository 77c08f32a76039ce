package dev.signet.ca.ledger;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.certificate.Validity;
import dev.signet.ca.identity.SpiffeId;

import java.util.List;

/// Recorded certificates for tests of those who receive them.
public final class RecordedCertificates {

    private RecordedCertificates() {}

    public static RecordedCertificate of(
            SerialNumber serialNumber,
            SpiffeId spiffeId,
            Validity validity,
            String authorityId,
            byte[] der) {
        return new RecordedCertificate(
                serialNumber, spiffeId, validity, authorityId, der, List.of());
    }
}
