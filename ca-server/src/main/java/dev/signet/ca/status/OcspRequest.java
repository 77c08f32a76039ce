package dev.signet.ca.status;

import org.jspecify.annotations.Nullable;

import java.math.BigInteger;
import java.util.List;

/// What an OCSP client asks. Immutable; the arrays must not be changed.
///
/// @param certificates 1 to 16
/// @param nonce 16 to 128 octets to say again in the answer; null: none, or one too short to heed
@SuppressWarnings("ArrayRecordComponent") // never compared
record OcspRequest(List<CertificateId> certificates, byte @Nullable [] nonce) {

    OcspRequest {
        certificates = List.copyOf(certificates);
    }

    /// One certificate, by its issuer's name and key.
    ///
    /// @param encoded DER CertID, to be said again in the answer
    /// @param hash of the two below
    record CertificateId(
            byte[] encoded, Hash hash, byte[] nameHash, byte[] keyHash, BigInteger serialNumber) {}

    /// Hashes that issuers are named by.
    enum Hash {
        SHA1("SHA-1"),
        SHA256("SHA-256");

        private final String jcaName;

        Hash(String jcaName) {
            this.jcaName = jcaName;
        }

        String jcaName() {
            return jcaName;
        }
    }
}
