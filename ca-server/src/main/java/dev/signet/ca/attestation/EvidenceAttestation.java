package dev.signet.ca.attestation;

import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/// Sends each kind of evidence to the one that can check it.
final class EvidenceAttestation implements Attestation {

    private final TokenAttestor tokens;
    private final ClusterAttestor clusters;
    private final JoinTokenAttestor joinTokens;
    private final CertificateAttestor certificates;
    private final InstantSource clock;

    EvidenceAttestation(
            TokenAttestor tokens,
            ClusterAttestor clusters,
            JoinTokenAttestor joinTokens,
            CertificateAttestor certificates,
            InstantSource clock) {
        this.tokens = tokens;
        this.clusters = clusters;
        this.joinTokens = joinTokens;
        this.certificates = certificates;
        this.clock = clock;
    }

    @Override
    public boolean mayBlock(Evidence evidence) {
        return switch (evidence) {
            case Evidence.JoinToken _ -> true; // looked up in PostgreSQL
            case Evidence.BearerToken bearer -> mustAsk(bearer);
            case Evidence.CurrentCertificate(var chain) -> certificates.mayBlock(chain);
            case Evidence.RegistrationAuthority _, Evidence.ThisServer _ -> false;
        };
    }

    /// What is known of the token is kept with it: what [#attest] does then cannot block.
    private boolean mustAsk(Evidence.BearerToken bearer) {
        Optional<ClusterAttestor.Reviewed> cluster = clusterOf(bearer);
        if (cluster.isEmpty()) {
            return false;
        }
        Outcome known = clusters.known(cluster.get(), bearer.token(), clock.instant());
        if (known != null) {
            bearer.remember(known);
        }
        return known == null;
    }

    private Optional<ClusterAttestor.Reviewed> clusterOf(Evidence.BearerToken bearer) {
        // Where no cluster is configured, a token that was seen before is not even taken apart.
        return clusters.isEmpty() ? Optional.empty() : bearer.parsed().flatMap(clusters::clusterOf);
    }

    private Outcome attest(Evidence.BearerToken bearer, Instant now) {
        Outcome known = bearer.known();
        if (known != null) {
            return known;
        }
        Optional<ClusterAttestor.Reviewed> cluster = clusterOf(bearer);
        return cluster.isPresent()
                ? clusters.review(cluster.get(), bearer.parsed().orElseThrow(), bearer.token())
                : tokens.attest(bearer, now);
    }

    /// Whatever the cause, the same is told: nobody can find out by it who is configured here.
    private static Outcome told(Outcome outcome, Evidence.BearerToken bearer, Instant now) {
        return outcome instanceof Outcome.Refused(Refusal refusal, String subject)
                        && refusal.code() == RefusalCode.UNAUTHENTICATED
                ? new Outcome.Refused(refusal.telling(TokenFacts.of(bearer, now)), subject)
                : outcome;
    }

    @Override
    public Outcome attest(Evidence evidence, Instant now) {
        return switch (evidence) {
            case Evidence.BearerToken bearer -> told(attest(bearer, now), bearer, now);
            case Evidence.JoinToken join -> joinTokens.attest(join.token(), now);
            case Evidence.CurrentCertificate(var chain) -> certificates.attest(chain, now);
            case Evidence.RegistrationAuthority authority ->
                    certificates.registrationAuthority(authority, now);
            case Evidence.ThisServer(String replica) ->
                    new Outcome.Attested(
                            new AttestedCaller(EvidenceKind.SERVER, replica, Map.of(), null, null));
        };
    }
}
