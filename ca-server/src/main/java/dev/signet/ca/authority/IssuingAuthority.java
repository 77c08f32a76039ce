package dev.signet.ca.authority;

import dev.signet.ca.certificate.CertificateContent;
import dev.signet.ca.certificate.Issuer;

import java.util.List;
import java.util.Optional;

/// An authority that signs certificates of end entities, and of intermediate CAs where its path
/// length leaves room. Thread-safe.
public interface IssuingAuthority {

    /// Names the authority in the ledger: the lower-case hexadecimal SHA-256 of its certificate.
    String id();

    Issuer issuer();

    /// DER certificates to send with a leaf: the issuing certificate first, without the root.
    List<byte[]> chain();

    /// Whether [PreparedCertificate#sign()] may block.
    boolean mayBlock();

    /// Why its key cannot be used now, as far as is known without trying: for the operator; empty:
    /// it can. Never blocks.
    Optional<String> impediment();

    /// Writes down exactly what will be signed.
    ///
    /// @throws IllegalArgumentException when the content names another issuer, outlives this one,
    ///   or is that of a CA for which there is no room ([Issuer#mayIssue])
    PreparedCertificate prepare(CertificateContent content);
}
