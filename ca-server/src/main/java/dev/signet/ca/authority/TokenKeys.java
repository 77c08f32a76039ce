package dev.signet.ca.authority;

import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.pkcs11.Pkcs11Token;
import dev.signet.ca.pkcs11.TokenException;
import dev.signet.ca.pkcs11.TokenKey;
import dev.signet.ca.pkcs11.TokenKeyReference;
import dev.signet.ca.pkcs11.TokenKeySpec;

import java.security.PublicKey;

/// Keys in a token. Thread-safe.
final class TokenKeys {

    private final Pkcs11Token token;
    private final CryptoProvider crypto;
    private final TrustDomain trustDomain;

    TokenKeys(Pkcs11Token token, CryptoProvider crypto, TrustDomain trustDomain) {
        this.token = token;
        this.crypto = crypto;
        this.trustDomain = trustDomain;
    }

    /// @throws SigningException when the token made none
    NewKey generate(KeyType type) {
        TokenKeySpec spec =
                switch (type) {
                    case P256 -> TokenKeySpec.EC_P256;
                    case P384 -> TokenKeySpec.EC_P384;
                    case RSA3072 -> TokenKeySpec.RSA_3072;
                    case RSA4096 -> TokenKeySpec.RSA_4096;
                    case ED25519 ->
                            throw new IllegalArgumentException(
                                    "keys of type ED25519 cannot be made in a token (expected: one"
                                            + " of P256, P384, RSA3072, RSA4096)");
                };
        try {
            TokenKey key = token.generate(spec, "signet " + trustDomain.name());
            return new KeyInToken(type, key, signer(type, key.reference()));
        } catch (TokenException e) {
            throw SigningException.keyAway(String.valueOf(e.getMessage()), e);
        }
    }

    Signer signer(KeyType type, TokenKeyReference reference) {
        return new TokenSigner(type.algorithm(), token, reference, crypto);
    }

    private final class KeyInToken implements NewKey {

        private final KeyType type;
        private final TokenKey key;
        private final Signer signer;

        KeyInToken(KeyType type, TokenKey key, Signer signer) {
            this.type = type;
            this.key = key;
            this.signer = signer;
        }

        @Override
        public KeyType type() {
            return type;
        }

        @Override
        public PublicKey publicKey() {
            return key.publicKey();
        }

        @Override
        public Signer signer() {
            return signer;
        }

        @Override
        public KeyRecord record(String authorityId, AuthorityRole role) {
            return new KeyRecord.InToken(key.reference());
        }

        @Override
        public void discard() {
            try {
                token.destroy(key.reference());
            } catch (TokenException _) {
                // It stays in the token, of no use to anybody.
            }
        }

        @Override
        public String toString() {
            return "KeyInToken[" + key.reference() + "]";
        }
    }
}
