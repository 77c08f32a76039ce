package dev.signet.ca.attestation;

import dev.signet.ca.crypto.CryptoProvider;

import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executors;

/// The configured token issuers, each with a thread of its own that reads its keys: a slow issuer
/// keeps no other waiting. Thread-safe.
final class TokenIssuers implements AutoCloseable {

    /// Of one request; discovery takes two.
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(7);

    private final Map<String, TokenAttestor.Issuer> byIssuer = new LinkedHashMap<>();

    TokenIssuers(AttestationSettings settings, CryptoProvider crypto, InstantSource clock) {
        for (TokenIssuer issuer : settings.tokenIssuers()) {
            IssuerKeys keys =
                    new IssuerKeys(
                            issuer,
                            source(issuer),
                            crypto,
                            clock,
                            Executors.newSingleThreadScheduledExecutor(
                                    Thread.ofVirtual()
                                            .name("token-issuer-" + issuer.name())
                                            .factory()));
            byIssuer.put(
                    issuer.issuer(),
                    new TokenAttestor.Issuer(
                            issuer, new TokenClaims(issuer, settings.clockSkew()), keys));
        }
    }

    private static KeySource source(TokenIssuer issuer) {
        if (issuer.jwksFile() != null) {
            return new FileKeySource(issuer.jwksFile());
        }
        if (issuer.jwksUrl() != null) {
            return new HttpsKeySource(
                    issuer.jwksUrl(), issuer.jwksCaFile(), issuer.jwksTokenFile(), READ_TIMEOUT);
        }
        return new DiscoveredKeySource(
                issuer.issuer(),
                issuer.jwksHosts(),
                issuer.jwksCaFile(),
                issuer.jwksTokenFile(),
                READ_TIMEOUT);
    }

    /// Begins to read keys, in the background.
    void start() {
        byIssuer.values().forEach(issuer -> issuer.keys().start());
    }

    /// By the text of their tokens' iss claim.
    Map<String, TokenAttestor.Issuer> byIssuer() {
        return Map.copyOf(byIssuer);
    }

    @Override
    public void close() {
        byIssuer.values().forEach(issuer -> issuer.keys().close());
    }
}
