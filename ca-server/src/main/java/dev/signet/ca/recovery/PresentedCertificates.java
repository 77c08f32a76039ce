package dev.signet.ca.recovery;

import java.security.cert.X509Certificate;

/// Hears of each certificate by which a caller has proved itself, and looks later whether it is on
/// record. Thread-safe; never blocks.
public interface PresentedCertificates {

    /// @param leaf chains to an issuing CA of ours, is valid now, and its holder has proved its key
    /// @param issuer that signed it
    void presented(X509Certificate leaf, X509Certificate issuer);
}
