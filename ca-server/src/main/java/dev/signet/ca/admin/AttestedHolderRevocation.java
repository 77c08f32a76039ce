package dev.signet.ca.admin;

import dev.signet.ca.attestation.Attestation;
import dev.signet.ca.attestation.AttestedCaller;
import dev.signet.ca.attestation.Evidence;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.revocation.RevocationReason;

import org.jspecify.annotations.Nullable;

import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;

/// Attests the holder as for a renewal, then acts in its name.
final class AttestedHolderRevocation implements HolderRevocation {

    private static final String NO_COMMENT = "by its holder";

    private final Attestation attestation;
    private final RevocationActs acts;
    private final InstantSource clock;

    AttestedHolderRevocation(Attestation attestation, RevocationActs acts, InstantSource clock) {
        this.attestation = attestation;
        this.acts = acts;
        this.clock = clock;
    }

    @Override
    public ActOutcome<RevocationActs.Revoked> revoke(
            List<X509Certificate> chain,
            @Nullable String address,
            RevocationReason reason,
            String comment) {
        return switch (attestation.attest(
                new Evidence.CurrentCertificate(chain), clock.instant())) {
            case Attestation.Outcome.Refused(Refusal refusal, _) ->
                    new ActOutcome.Refused<>(refusal);
            case Attestation.Outcome.Attested(AttestedCaller caller) ->
                    SerialNumber.fromOctets(chain.getFirst().getSerialNumber().toByteArray())
                            .map(serialNumber ->
                                    acts.revoke(
                                            new Actor("certificate", caller.subject(), address),
                                            serialNumber,
                                            reason,
                                            comment.isBlank() ? NO_COMMENT : comment,
                                            false))
                            .orElseGet(() ->
                                    new ActOutcome.Refused<>(
                                            Objections.notFound(
                                                    "The certificate is not on record.")));
        };
    }
}
