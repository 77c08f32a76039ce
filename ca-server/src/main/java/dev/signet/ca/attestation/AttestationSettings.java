package dev.signet.ca.attestation;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// How evidence is checked; configured under `signet.attestation`. An instance that exists is
/// usable.
///
/// @param tokenIssuers whose tokens are accepted; default none. Names and issuer texts are unique
/// @param clockSkew how far the clocks of token issuers may be off, 0 to 5 min; default 30 s
/// @param tokenCacheSize how many verified tokens are remembered, 0 to 1,000,000; default 20,000
///   (about 1 kB each)
public record AttestationSettings(
        List<TokenIssuer> tokenIssuers, Duration clockSkew, Integer tokenCacheSize) {

    private static final int MAX_CACHE_SIZE = 1_000_000;

    public AttestationSettings {
        tokenIssuers = tokenIssuers == null ? List.of() : List.copyOf(tokenIssuers);
        clockSkew = clockSkew == null ? Duration.ofSeconds(30) : clockSkew;
        if (clockSkew.isNegative() || clockSkew.compareTo(Duration.ofMinutes(5)) > 0) {
            throw new IllegalArgumentException(
                    "signet.attestation.clock-skew is " + clockSkew + " (expected: 0 to 5 min)");
        }
        tokenCacheSize = tokenCacheSize == null ? 20_000 : tokenCacheSize;
        if (tokenCacheSize < 0 || tokenCacheSize > MAX_CACHE_SIZE) {
            throw new IllegalArgumentException(
                    "signet.attestation.token-cache-size is "
                            + tokenCacheSize
                            + " (expected: 0 to 1000000)");
        }
        Set<String> seen = new HashSet<>();
        for (TokenIssuer issuer : tokenIssuers) {
            if (!seen.add("name " + issuer.name()) || !seen.add("issuer " + issuer.issuer())) {
                throw new IllegalArgumentException(
                        "token issuer "
                                + issuer.name()
                                + " has a name or an issuer that another one has, too (expected:"
                                + " each once)");
            }
        }
    }

    /// No token issuer; join tokens and current certificates only.
    public static AttestationSettings defaults() {
        return new AttestationSettings(List.of(), Duration.ofSeconds(30), 20_000);
    }
}
