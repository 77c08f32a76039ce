package dev.signet.ca.authority;

import dev.signet.ca.authority.AuthorityLifeCycle.Change;
import dev.signet.ca.refusal.Refusal;

import org.jspecify.annotations.Nullable;

/// Authorities that do not come from here alone: issuing CAs that a root elsewhere signs, and ones
/// that were made elsewhere and are brought along with their key. What comes in is bounded before
/// it is parsed, checked and linted, and a key is proven against its certificate and wrapped at
/// once; names, serial numbers and key identifiers of others are taken as they are. What was taken
/// in is prepared: its root is trusted, and it signs after its activation only. Otherwise as
/// [AuthorityLifeCycle].
public interface AuthorityIntake {

    /// Octets of a chain or of key material at most.
    int MOST_OCTETS = 64 * 1024;

    /// Makes the key of an issuing CA and a certification request for it. Refused: CONFLICT when
    /// too many were made lately.
    Requesting request(String reason);

    /// Takes the signed certificate of a request. Refused: PRECONDITION_FAILED, CONFLICT,
    /// AUTHORITY_NOT_ACCEPTED with what is wrong and what was expected.
    ///
    /// @param certificates PEM, in any order: that of the issuing CA, those between, and the root
    ///   unless it is on record
    Change accept(byte[] certificates, long basis, String reason);

    /// Takes a CA in with its key: an intermediate as issuing CA, or a root, for which an issuing
    /// CA is made at once. The root may be on record already, without its key: then it gets it.
    /// Refused: CONFLICT, PRECONDITION_FAILED, AUTHORITY_NOT_ACCEPTED.
    Change takeIn(Material material, long basis, String reason);

    /// What came of asking for a request.
    sealed interface Requesting {

        /// @param id SHA-256 of the request, 64 hexadecimal digits
        /// @param pem PKCS#10
        record Made(String id, String pem) implements Requesting {}

        /// Nothing was made.
        record Refused(Refusal refusal) implements Requesting {}
    }

    /// Certificates and a private key. Not a record: it holds secrets, and prints none.
    final class Material {

        private final boolean pkcs12;
        private final byte[] content;
        private final char[] passphrase;
        private final @Nullable String alias;
        private final char @Nullable [] keyPassphrase;

        /// @param pkcs12 PKCS#12; else PEM with PKCS#8, in the clear or encrypted
        /// @param passphrase of the key; empty: there is none. The caller may clear it afterwards
        public Material(boolean pkcs12, byte[] content, char[] passphrase) {
            this(pkcs12, content, passphrase, null, null);
        }

        /// @param passphrase of the PEM key or the PKCS#12; empty: there is none
        /// @param alias of the one key to take from a PKCS#12; null: it has one only
        /// @param keyPassphrase of the key in a PKCS#12; null: that of the PKCS#12
        public Material(
                boolean pkcs12,
                byte[] content,
                char[] passphrase,
                @Nullable String alias,
                char @Nullable [] keyPassphrase) {
            this.alias = alias;
            this.keyPassphrase = keyPassphrase == null ? null : keyPassphrase.clone();
            this.pkcs12 = pkcs12;
            this.content = content.clone();
            this.passphrase = passphrase.clone();
        }

        boolean pkcs12() {
            return pkcs12;
        }

        byte[] content() {
            return content.clone();
        }

        char[] passphrase() {
            return passphrase.clone();
        }

        @Nullable String alias() {
            return alias;
        }

        char @Nullable [] keyPassphrase() {
            return keyPassphrase == null ? null : keyPassphrase.clone();
        }

        @Override
        public String toString() {
            return "Material[" + content.length + " octets]";
        }
    }
}
