package dev.signet.ca.attestation;

import java.time.Instant;

/// A join token just made, the only object that ever holds its secret (R20). Immutable.
public final class CreatedJoinToken {

    private final String secret;
    private final String tokenId;
    private final Instant expiresAt;

    CreatedJoinToken(String secret, String tokenId, Instant expiresAt) {
        this.secret = secret;
        this.tokenId = tokenId;
        this.expiresAt = expiresAt;
    }

    /// The token: ASCII, at most 128 characters. For the operator who asked, nobody else.
    public String secret() {
        return secret;
    }

    /// Names the token in logs and the ledger; no secret.
    public String tokenId() {
        return tokenId;
    }

    /// First instant at which the token is of no use.
    public Instant expiresAt() {
        return expiresAt;
    }

    @Override
    public String toString() {
        return "CreatedJoinToken[" + tokenId + "]";
    }
}
