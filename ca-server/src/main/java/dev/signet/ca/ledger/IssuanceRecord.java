package dev.signet.ca.ledger;

import dev.signet.ca.certificate.SignedCertificate;
import dev.signet.ca.certificate.SigningRequest;
import dev.signet.ca.identity.EvidenceKind;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.UUID;

/// One issuance as the ledger keeps it, before its commit. Immutable.
///
/// @param certificate what was signed
/// @param signingRequest where its key came from; its digest tells a retry from another request
/// @param requestId UUID of version 7 that makes a retry safe; null where the caller gave none
/// @param joinToken the one-time token that this issuance uses up, in the same commit; null for
///   other evidence
/// @param evidenceKind how the caller proved itself
/// @param evidenceSubject whom the evidence named, at most 2048 characters
/// @param attributes attested attributes; no secrets
/// @param policyVersion version of the policy that allowed it
/// @param policyRule name of the rule that allowed it
/// @param notices what was not given as requested; usually empty
public record IssuanceRecord(
        SignedCertificate certificate,
        SigningRequest signingRequest,
        @Nullable UUID requestId,
        @Nullable JoinTokenHash joinToken,
        EvidenceKind evidenceKind,
        String evidenceSubject,
        Map<String, String> attributes,
        String policyVersion,
        String policyRule,
        List<Notice> notices) {

    public IssuanceRecord {
        attributes = Map.copyOf(attributes);
        notices = List.copyOf(notices);
    }

    /// Of which everything was given.
    public IssuanceRecord(
            SignedCertificate certificate,
            SigningRequest signingRequest,
            @Nullable UUID requestId,
            @Nullable JoinTokenHash joinToken,
            EvidenceKind evidenceKind,
            String evidenceSubject,
            Map<String, String> attributes,
            String policyVersion,
            String policyRule) {
        this(
                certificate,
                signingRequest,
                requestId,
                joinToken,
                evidenceKind,
                evidenceSubject,
                attributes,
                policyVersion,
                policyRule,
                List.of());
    }
}
