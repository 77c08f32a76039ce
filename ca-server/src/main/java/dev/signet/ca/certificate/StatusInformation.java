package dev.signet.ca.certificate;

import java.time.Duration;
import java.util.List;

/// Decides what a certificate says of its status. Thread-safe; never blocks.
public interface StatusInformation {

    /// @param authorityId of the authority that will sign
    /// @param lifetime of the certificate
    Choice choose(
            String authorityId,
            SerialNumber serialNumber,
            CertificateProfile profile,
            Duration lifetime);

    /// Why this server, as it is set up, cannot keep what a profile asks for: one sentence each
    /// that says what to do; empty where it can.
    List<String> objections(CertificateProfile profile);

    /// What came of it.
    sealed interface Choice {

        record Says(CertificateStatus status) implements Choice {}

        /// What the profile wants said cannot be said now.
        ///
        /// @param diagnosis for the operator
        record NotNow(String diagnosis) implements Choice {}
    }
}
