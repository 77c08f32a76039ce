package dev.signet.ca.ledger;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.certificate.Validity;
import dev.signet.ca.identity.SpiffeId;

import java.util.List;

/// A certificate whose issuance is durably on record; the only kind that may be released. Made by
/// the ledger alone, after its commit (promise 1). Immutable.
public final class RecordedCertificate {

    private final SerialNumber serialNumber;
    private final SpiffeId spiffeId;
    private final Validity validity;
    private final String authorityId;
    private final byte[] der;
    private final List<Notice> notices;

    RecordedCertificate(
            SerialNumber serialNumber,
            SpiffeId spiffeId,
            Validity validity,
            String authorityId,
            byte[] der,
            List<Notice> notices) {
        this.serialNumber = serialNumber;
        this.spiffeId = spiffeId;
        this.validity = validity;
        this.authorityId = authorityId;
        this.der = der;
        this.notices = List.copyOf(notices);
    }

    public SerialNumber serialNumber() {
        return serialNumber;
    }

    public SpiffeId spiffeId() {
        return spiffeId;
    }

    public Validity validity() {
        return validity;
    }

    /// Id of the authority that signed it; names the chain to send along.
    public String authorityId() {
        return authorityId;
    }

    /// What was not given as requested; usually empty.
    public List<Notice> notices() {
        return notices;
    }

    /// The DER certificate. Not to be changed.
    public byte[] der() {
        return der;
    }
}
