package dev.signet.ca.authority;

import java.security.PublicKey;

/// A key pair for an authority that is about to be made. Thread-safe; prints no key.
interface NewKey {

    KeyType type();

    PublicKey publicKey();

    /// Signs with it, for the certificate's own signature and those of the first certificates.
    Signer signer();

    /// What to store, so that every replica finds the key again.
    ///
    /// @param authorityId fingerprint of the certificate that was made for it
    KeyRecord record(String authorityId, AuthorityRole role);

    /// Says that its record was certainly not stored and never will be. Throws nothing.
    void discard();
}
