package dev.signet.ca.attestation;

import dev.signet.ca.recovery.PresentedCertificates;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/// Tells of each certificate by which a caller proved itself, so that one that is not on record is
/// noticed. Decides nothing.
final class ReportingAttestation implements Attestation {

    private final Attestation attestation;
    private final PresentedCertificates presented;

    ReportingAttestation(Attestation attestation, PresentedCertificates presented) {
        this.attestation = attestation;
        this.presented = presented;
    }

    @Override
    public boolean mayBlock(Evidence evidence) {
        return attestation.mayBlock(evidence);
    }

    @Override
    public Outcome attest(Evidence evidence, Instant now) {
        Outcome outcome = attestation.attest(evidence, now);
        if (outcome instanceof Outcome.Attested) {
            switch (evidence) {
                case Evidence.CurrentCertificate(var chain) -> report(chain);
                case Evidence.RegistrationAuthority authority -> report(authority.chain());
                case Evidence.BearerToken _, Evidence.JoinToken _, Evidence.ThisServer _ -> {}
            }
        }
        return outcome;
    }

    private void report(List<X509Certificate> chain) {
        X509Certificate leaf = chain.getFirst();
        for (X509Certificate issuer : chain.subList(1, chain.size())) {
            if (issuer.getSubjectX500Principal().equals(leaf.getIssuerX500Principal())) {
                presented.presented(leaf, issuer);
                return;
            }
        }
    }
}
