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
    /// @param uris URI SANs of all requested extensions, however many attributes hold them
    /// @param otherNames SANs of other types
    /// @param extensions the other requested extensions, in words
    /// @param attributes names of its attributes, repeated as they are
    /// @param proven whether its signature verifies with its own key
    /// @param refusal why the server refuses it as it is, before it looks at who asks; empty: it
    ///   does not
    record Request(
            String subject,
            List<String> uris,
            List<String> otherNames,
            List<String> extensions,
            List<String> attributes,
            String key,
            String signature,
            boolean proven,
            String refusal)
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
