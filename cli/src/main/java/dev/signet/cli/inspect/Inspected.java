package dev.signet.cli.inspect;

import java.time.Instant;
import java.util.List;

/// One thing in a file, in words.
public sealed interface Inspected {

    /// An X.509 certificate (RFC 5280).
    ///
    /// @param role what it can be used for, by its own extensions
    /// @param uris URI SANs; a SPIFFE certificate has exactly one
    /// @param otherNames SANs of other types, such as `DNS:localhost`
    /// @param subjectKeyId hexadecimal; empty: none
    /// @param authorityKeyId hexadecimal; empty: none
    /// @param sha256 of the DER encoding, hexadecimal
    record Certificate(
            Role role,
            String subject,
            String issuer,
            List<String> uris,
            List<String> otherNames,
            String serial,
            Instant notBefore,
            Instant notAfter,
            String key,
            String signature,
            List<String> keyUsage,
            List<String> extendedKeyUsage,
            String subjectKeyId,
            String authorityKeyId,
            String sha256)
            implements Inspected {}

    /// A PKCS#10 certification request (RFC 2986).
    ///
    /// @param proven whether its signature verifies with its own key
    record Request(
            String subject,
            List<String> uris,
            List<String> otherNames,
            String key,
            String signature,
            boolean proven)
            implements Inspected {}

    /// A block whose content is nobody's business, such as a private key.
    ///
    /// @param label of the PEM block
    record Hidden(String label) implements Inspected {}

    /// What a certificate's extensions make of it.
    enum Role {
        ROOT("root CA"),
        INTERMEDIATE("intermediate CA"),
        LEAF("leaf");

        private final String words;

        Role(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }
    }
}
