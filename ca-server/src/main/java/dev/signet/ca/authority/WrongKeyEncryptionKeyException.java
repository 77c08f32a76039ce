package dev.signet.ca.authority;

/// The configured key-encryption key is not the one that the CA's private keys in this database are
/// wrapped with. The server must not start: it could not sign, and must not make a second CA.
public final class WrongKeyEncryptionKeyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    WrongKeyEncryptionKeyException(String authorityId, KeyEncryptionKeySettings settings) {
        super(
                "the key-encryption key from "
                        + settings
                        + " does not open the private key of authority "
                        + authorityId
                        + " in this database; start the server with the key that the database was"
                        + " first set up with (signet.authority.key-encryption-key), or with"
                        + " another database");
    }
}
