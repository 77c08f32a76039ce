package dev.signet.ca.certificate;

/// A public key that was accepted for a certificate: its kind, size and value were checked.
/// Immutable; arrays are not copied and must not be changed.
public final class SubjectKey {

    private final PublicKeyType type;
    private final byte[] subjectPublicKeyInfo;
    private final byte[] sha256;

    SubjectKey(PublicKeyType type, byte[] subjectPublicKeyInfo, byte[] sha256) {
        this.type = type;
        this.subjectPublicKeyInfo = subjectPublicKeyInfo;
        this.sha256 = sha256;
    }

    public PublicKeyType type() {
        return type;
    }

    /// DER SubjectPublicKeyInfo (RFC 5280 4.1.2.7), re-encoded canonically.
    public byte[] subjectPublicKeyInfo() {
        return subjectPublicKeyInfo;
    }

    /// SHA-256 of [#subjectPublicKeyInfo()]: the key's fingerprint, 32 octets.
    public byte[] sha256() {
        return sha256;
    }
}
