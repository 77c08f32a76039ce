package dev.signet.client;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/// What a certificate is requested to be. The CA grants each part or refuses the whole request.
/// Immutable.
///
/// @param keyType of the key that is made
/// @param lifetime requested lifetime, whole seconds; null: what policy gives
/// @param spiffeId requested identity; null: the one that policy grants
/// @param names requested names beside the SPIFFE ID; names of other kinds are for registration
///   authorities only
/// @param profile requested certificate profile; null: the one that policy grants
public record IssueRequest(
        KeyType keyType,
        @Nullable Duration lifetime,
        @Nullable SpiffeId spiffeId,
        SubjectRequest.Names names,
        @Nullable String profile) {

    /// A P-256 key, and what policy gives.
    public static final IssueRequest DEFAULTS = new IssueRequest(KeyType.P256, null, null);

    /// @throws IllegalArgumentException when the lifetime is not positive whole seconds
    public IssueRequest {
        if (lifetime != null
                && (lifetime.isNegative()
                        || lifetime.isZero()
                        || !lifetime.equals(Duration.ofSeconds(lifetime.toSeconds())))) {
            throw new IllegalArgumentException(
                    "lifetime: " + lifetime + " (expected: whole seconds, at least one)");
        }
    }

    /// Without names, with the profile that policy grants.
    ///
    /// @throws IllegalArgumentException when the lifetime is not positive whole seconds
    public IssueRequest(KeyType keyType, @Nullable Duration lifetime, @Nullable SpiffeId spiffeId) {
        this(keyType, lifetime, spiffeId, SubjectRequest.Names.NONE, null);
    }

    /// The same with these names.
    public IssueRequest withNames(SubjectRequest.Names requested) {
        return new IssueRequest(keyType, lifetime, spiffeId, requested, profile);
    }

    /// The same with this profile.
    public IssueRequest withProfile(@Nullable String requested) {
        return new IssueRequest(keyType, lifetime, spiffeId, names, requested);
    }
}
