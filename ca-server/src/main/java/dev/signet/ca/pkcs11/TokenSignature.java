package dev.signet.ca.pkcs11;

/// What a token is asked to compute.
public enum TokenSignature {
    /// CKM_ECDSA over a digest; gives r and s of the same length, one after the other.
    ECDSA_OF_DIGEST(0x1041, 2 * 66),

    /// CKM_SHA256_RSA_PKCS over the whole data.
    SHA256_RSA_PKCS(0x40, 1024);

    private final long mechanism;
    private final int longest;

    TokenSignature(long mechanism, int longest) {
        this.mechanism = mechanism;
        this.longest = longest;
    }

    long mechanism() {
        return mechanism;
    }

    /// Octets.
    int longest() {
        return longest;
    }
}
