package dev.signet.ca.trust;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.identity.SpiffeId;

import java.time.Instant;

/// What clients say of the trust bundle that they verify with: the evidence on which an authority
/// is activated. Thread-safe; never blocks: a statement is put on record soon after.
public interface Acknowledgements {

    /// The holder of a certificate verifies with this version of the bundle, or a later one.
    /// Whoever calls this has checked the certificate.
    ///
    /// @param version greater than any published: the client knows of a version that this database
    ///   does not, which is a sign that PostgreSQL was put back to an earlier moment
    void acknowledge(SpiffeId spiffeId, SerialNumber serialNumber, Instant notAfter, long version);
}
