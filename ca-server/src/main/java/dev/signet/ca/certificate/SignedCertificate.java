package dev.signet.ca.certificate;

/// A certificate that bears the authority's signature and is not on record yet. It must not leave
/// the process: no type of the wire takes it, and an architecture test keeps [#der()] to the
/// ledger, which gives a releasable certificate in exchange after its commit (promise 1).
/// Immutable.
public final class SignedCertificate {

    private final CertificateContent content;
    private final String authorityId;
    private final byte[] der;

    /// Called by the authority only, an architecture test says.
    public SignedCertificate(CertificateContent content, String authorityId, byte[] der) {
        this.content = content;
        this.authorityId = authorityId;
        this.der = der;
    }

    public CertificateContent content() {
        return content;
    }

    /// Id of the authority whose signature it bears.
    public String authorityId() {
        return authorityId;
    }

    /// For the ledger alone. Not to be changed.
    public byte[] der() {
        return der;
    }

    @Override
    public String toString() {
        return "SignedCertificate[" + content.serialNumber() + ", not recorded]";
    }
}
