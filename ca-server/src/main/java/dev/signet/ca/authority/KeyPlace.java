package dev.signet.ca.authority;

/// Where keys of new authorities are made.
public enum KeyPlace {
    /// In this process; kept wrapped in the database.
    SOFTWARE,

    /// In the token of `signet.authority.pkcs11`; they never leave it.
    PKCS11
}
