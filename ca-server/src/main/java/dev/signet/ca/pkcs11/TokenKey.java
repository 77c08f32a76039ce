package dev.signet.ca.pkcs11;

import java.security.PublicKey;

/// A key pair in a token.
///
/// @param reference where it is, for as long as the token keeps it
public record TokenKey(TokenKeyReference reference, PublicKey publicKey) {}
