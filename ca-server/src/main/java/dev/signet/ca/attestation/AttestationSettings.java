package dev.signet.ca.attestation;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// How evidence is checked; configured under `signet.attestation`. An instance that exists is
/// usable.
///
/// @param tokenIssuers whose tokens are verified by their keys; default none
/// @param clusters whose API servers are asked about tokens; default none. Names and issuer texts
///   are unique among issuers and clusters: a token is checked in one way only
/// @param clockSkew how far the clocks of token issuers may be off, 0 to 5 min; default 30 s
/// @param tokenCacheSize how many verified tokens are remembered, 0 to 1,000,000; default 20,000
///   (about 1 kB each)
public record AttestationSettings(
        List<TokenIssuer> tokenIssuers,
        List<KubernetesCluster> clusters,
        Duration clockSkew,
        Integer tokenCacheSize) {

    private static final int MAX_CACHE_SIZE = 1_000_000;

    public AttestationSettings {
        tokenIssuers = tokenIssuers == null ? List.of() : List.copyOf(tokenIssuers);
        clusters = clusters == null ? List.of() : List.copyOf(clusters);
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
            once(seen, "token issuer " + issuer.name(), issuer.name(), List.of(issuer.issuer()));
        }
        for (KubernetesCluster cluster : clusters) {
            once(seen, "cluster " + cluster.name(), cluster.name(), cluster.issuers());
        }
    }

    /// Both are first parts of evidence subjects: no name may be another one's issuer either.
    private static void once(Set<String> seen, String who, String name, List<String> issuers) {
        boolean first = seen.add(name);
        for (String issuer : issuers) {
            first &= seen.add(issuer);
        }
        if (!first) {
            throw new IllegalArgumentException(
                    who
                            + " has a name or an issuer that another one has, too (expected: each"
                            + " once)");
        }
    }

    /// No token issuer; join tokens and current certificates only.
    public static AttestationSettings defaults() {
        return new AttestationSettings(List.of(), List.of(), Duration.ofSeconds(30), 20_000);
    }
}
