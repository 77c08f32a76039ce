package dev.signet.ca.authority;

import dev.signet.ca.certificate.Issuer;

/// An authority that says which of its certificates are revoked: it signs CRLs, and certificates of
/// OCSP responders. Thread-safe.
///
/// @rfc 5280 5
/// @rfc 6960 4.2.2.2
public interface StatusAuthority {

    /// Lower-case hexadecimal SHA-256 of its certificate.
    String id();

    /// Its certificate, DER. Not to be changed.
    byte[] certificate();

    Issuer issuer();

    /// Whether the two below may block.
    boolean mayBlock();

    /// @param toBeSigned DER TBSCertList of this issuer
    /// @throws SigningException when there is no signature
    byte[] signCertificateList(byte[] toBeSigned);

    /// @param toBeSigned DER TBSCertificate of an OCSP responder, by this issuer
    /// @throws SigningException when there is no signature
    byte[] signResponderCertificate(byte[] toBeSigned);
}
