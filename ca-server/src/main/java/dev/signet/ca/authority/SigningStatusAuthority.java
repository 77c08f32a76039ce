package dev.signet.ca.authority;

import dev.signet.ca.certificate.Issuer;

/// Signs with the authority's one key. Thread-safe.
final class SigningStatusAuthority implements StatusAuthority {

    private final String id;
    private final byte[] certificate;
    private final Issuer issuer;
    private final Signer signer;

    SigningStatusAuthority(String id, byte[] certificate, Issuer issuer, Signer signer) {
        this.id = id;
        this.certificate = certificate.clone();
        this.issuer = issuer;
        this.signer = signer;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public byte[] certificate() {
        return certificate;
    }

    @Override
    public Issuer issuer() {
        return issuer;
    }

    @Override
    public boolean mayBlock() {
        return signer.mayBlock();
    }

    @Override
    public byte[] signCertificateList(byte[] toBeSigned) {
        return signer.sign(toBeSigned);
    }

    @Override
    public byte[] signResponderCertificate(byte[] toBeSigned) {
        return signer.sign(toBeSigned);
    }

    @Override
    public String toString() {
        return "StatusAuthority[" + id + "]";
    }
}
