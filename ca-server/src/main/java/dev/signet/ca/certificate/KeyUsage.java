package dev.signet.ca.certificate;

/// Bits of keyUsage that a profile may set (RFC 5280 4.2.1.3).
public enum KeyUsage {
    DIGITAL_SIGNATURE(0),
    CONTENT_COMMITMENT(1),
    KEY_ENCIPHERMENT(2),
    DATA_ENCIPHERMENT(3),
    KEY_AGREEMENT(4),
    KEY_CERT_SIGN(5),
    CRL_SIGN(6),
    ENCIPHER_ONLY(7),
    DECIPHER_ONLY(8);

    private final int bit;

    KeyUsage(int bit) {
        this.bit = bit;
    }

    /// Number of the bit, 0 the first of the BIT STRING.
    public int bit() {
        return bit;
    }
}
