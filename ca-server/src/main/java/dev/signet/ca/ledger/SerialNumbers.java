package dev.signet.ca.ledger;

import dev.signet.ca.certificate.SerialNumber;

import java.time.Instant;

/// Makes serial numbers. Thread-safe.
public interface SerialNumbers {

    /// A fresh serial number with 128 random bits for a certificate with this notAfter (R1).
    SerialNumber next(Instant notAfter);
}
