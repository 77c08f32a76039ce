package dev.signet.ca.authority;

import dev.signet.ca.pkcs11.TokenKeyReference;

/// What is stored of an authority's private key: a way to it, never the key in the clear.
sealed interface KeyRecord {

    /// The key itself, wrapped with a key-encryption key.
    ///
    /// @param keyCheck 16 octets that tell which key-encryption key opens it
    /// @param octets see [KeyEncryptionKey]
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Wrapped(byte[] keyCheck, byte[] octets) implements KeyRecord {

        @Override
        public String toString() {
            return "Wrapped";
        }
    }

    /// Where the key is that never leaves its token.
    record InToken(TokenKeyReference reference) implements KeyRecord {}
}
