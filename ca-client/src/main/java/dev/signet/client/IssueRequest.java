package dev.signet.client;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/// What a certificate is wished to be. Immutable.
///
/// @param keyType of the key that is made
/// @param lifetime wished lifetime, whole seconds; null: what policy gives
/// @param spiffeId wished identity; null: the one that policy grants
public record IssueRequest(
        KeyType keyType, @Nullable Duration lifetime, @Nullable SpiffeId spiffeId) {

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
}
