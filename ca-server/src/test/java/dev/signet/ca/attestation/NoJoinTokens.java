package dev.signet.ca.attestation;

import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.SpiffeIdPattern;
import dev.signet.ca.ledger.JoinTokenHash;
import dev.signet.ca.privilege.Principal;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A store of join tokens in which there are none.
final class NoJoinTokens implements JoinTokens {
    @Override
    public List<CreatedJoinToken> createMany(
            SpiffeIdPattern pattern, Duration timeToLive, Principal creator, int count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Terms> find(JoinTokenHash hash) {
        return Optional.empty();
    }

    @Override
    public Optional<JoinTokenRecord> find(String tokenId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<JoinTokenRecord> usedFor(SpiffeId id) {
        return List.of();
    }

    @Override
    public Page list(State state, int limit, String pageToken) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Revocation revoke(String tokenId, String revokedBy, String reason) {
        throw new UnsupportedOperationException();
    }
}
