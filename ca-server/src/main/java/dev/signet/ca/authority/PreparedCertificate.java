package dev.signet.ca.authority;

import dev.signet.ca.certificate.SignedCertificate;

/// A certificate that is written but not signed. Signs exactly that content, once.
public interface PreparedCertificate {

    /// Signs, then lints the result against its profile.
    ///
    /// @throws IllegalStateException at the second call
    /// @throws SigningException when there is no signature, or the result breaks its profile; the
    ///   certificate is lost and its serial number must not be used again
    SignedCertificate sign();
}
