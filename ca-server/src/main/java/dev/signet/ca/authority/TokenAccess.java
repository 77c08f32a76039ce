package dev.signet.ca.authority;

import dev.signet.ca.pkcs11.Pkcs11Token;

import java.util.Optional;

/// This server's token, if it has one.
record TokenAccess(Optional<Pkcs11Token> token) implements AutoCloseable {

    static TokenAccess to(Pkcs11Token token) {
        return new TokenAccess(Optional.of(token));
    }

    static TokenAccess none() {
        return new TokenAccess(Optional.empty());
    }

    @Override
    public void close() {
        token.ifPresent(Pkcs11Token::close);
    }
}
