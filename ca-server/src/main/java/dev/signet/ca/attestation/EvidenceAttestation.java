package dev.signet.ca.attestation;

import dev.signet.ca.identity.EvidenceKind;

import java.time.Instant;
import java.util.Map;

/// Sends each kind of evidence to the one that can check it.
final class EvidenceAttestation implements Attestation {

    private final TokenAttestor tokens;
    private final JoinTokenAttestor joinTokens;
    private final CertificateAttestor certificates;

    EvidenceAttestation(
            TokenAttestor tokens, JoinTokenAttestor joinTokens, CertificateAttestor certificates) {
        this.tokens = tokens;
        this.joinTokens = joinTokens;
        this.certificates = certificates;
    }

    @Override
    public boolean mayBlock(Evidence evidence) {
        return switch (evidence) {
            case Evidence.JoinToken _ -> true; // looked up in PostgreSQL
            case Evidence.BearerToken _,
                    Evidence.CurrentCertificate _,
                    Evidence.RegistrationAuthority _,
                    Evidence.ThisServer _ ->
                    false;
        };
    }

    @Override
    public Outcome attest(Evidence evidence, Instant now) {
        return switch (evidence) {
            case Evidence.BearerToken bearer -> tokens.attest(bearer.token(), now);
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
