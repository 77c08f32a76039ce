package dev.signet.ca.issuance;

import dev.signet.ca.attestation.AttestedCaller;
import dev.signet.ca.authority.Authorities;
import dev.signet.ca.authority.IssuingAuthority;
import dev.signet.ca.authority.SigningException;
import dev.signet.ca.certificate.CertificateContent;
import dev.signet.ca.certificate.CertificateStatus;
import dev.signet.ca.certificate.PublicKeyType;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.certificate.SignedCertificate;
import dev.signet.ca.certificate.SigningRequest;
import dev.signet.ca.certificate.StatusInformation;
import dev.signet.ca.certificate.SubjectKey;
import dev.signet.ca.certificate.UsageRules;
import dev.signet.ca.certificate.Validity;
import dev.signet.ca.ledger.IssuanceRecord;
import dev.signet.ca.ledger.SerialNumbers;
import dev.signet.ca.policy.Decision;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/// Steps 5 to 7 of the issuance flow: from an approved request to a signed certificate that nobody
/// has seen yet. Thread-safe.
final class CertificateAssembly {

    private static final Duration RETRY_WHEN_STATUS_IS_UNKNOWN = Duration.ofSeconds(1);
    private static final Duration RETRY_WHEN_KEY_IS_AWAY = Duration.ofSeconds(5);

    private final Function<byte[], SigningRequest.Reading> signingRequests;
    private final SerialNumbers serialNumbers;
    private final StatusInformation statusInformation;
    private final Authorities authorities;

    CertificateAssembly(
            Function<byte[], SigningRequest.Reading> signingRequests,
            SerialNumbers serialNumbers,
            StatusInformation statusInformation,
            Authorities authorities) {
        this.signingRequests = signingRequests;
        this.serialNumbers = serialNumbers;
        this.statusInformation = statusInformation;
        this.authorities = authorities;
    }

    /// A request that policy granted, with all that it is decided by.
    record Approved(
            IssuanceRequest request,
            Instant now,
            AttestedCaller caller,
            Decision.Granted grant,
            IssuingAuthority authority) {}

    sealed interface Outcome {
        record Signed(IssuanceRecord issuance) implements Outcome {}

        record Refused(Refusal refusal) implements Outcome {}

        /// Its caller has been answered meanwhile: nothing was recorded, nothing will be released.
        record TooLate() implements Outcome {}
    }

    /// @param answered whether the caller still waits
    /// @throws SigningException when there is no signature, and not because the key is only away
    Outcome assemble(Approved approved, BooleanSupplier answered) {
        // 5. Read the certification request: its key, and the proof that the caller has the private
        // one.
        return switch (signingRequests.apply(approved.request().certificationRequest())) {
            case SigningRequest.Reading.Rejected(Refusal refusal) -> new Outcome.Refused(refusal);
            case SigningRequest.Reading.Accepted(SigningRequest request) ->
                    objection(approved, request.key())
                            .<Outcome>map(Outcome.Refused::new)
                            .orElseGet(() -> build(approved, request, answered));
        };
    }

    /// What only the key shows.
    private Optional<Refusal> objection(Approved approved, SubjectKey key) {
        if (authorities.isKeyOfAuthority(key.sha256())) {
            return Optional.of(keyOfAuthority());
        }
        PublicKeyType type = key.type();
        Decision.Granted grant = approved.grant();
        if (!grant.keyTypes().contains(type)) {
            return Optional.of(keyTypeNotGranted(grant));
        }
        return UsageRules.accepts(grant.keyUsages(), type)
                ? Optional.empty()
                : Optional.of(usagesNotOfKey(type));
    }

    private Outcome build(
            Approved approved, SigningRequest signingRequest, BooleanSupplier answered) {
        // 6. Build: validity, a serial number that was never used, the whole content.
        Decision.Granted grant = approved.grant();
        IssuingAuthority authority = approved.authority();
        if (!authority.issuer().mayIssue(grant.profile())) {
            return new Outcome.Refused(leavesOnly(grant, authority));
        }
        if (!grant.subject().isEmpty() && authorities.isNameOfAuthority(grant.subject().der())) {
            return new Outcome.Refused(subjectOfAuthority());
        }
        Optional<Validity> validity =
                LeafValidity.of(
                        approved.now(),
                        grant.lifetime(),
                        grant.profile().backdate(),
                        authority.issuer().validity());
        if (validity.isEmpty()) {
            return new Outcome.Refused(endsTooSoon(authority));
        }
        SerialNumber serialNumber = serialNumbers.next(validity.get().notAfter());
        return switch (statusInformation.choose(
                authority.id(), serialNumber, grant.profile(), validity.get().lifetime())) {
            case StatusInformation.Choice.NotNow(String diagnosis) ->
                    new Outcome.Refused(statusUnknown(diagnosis));
            case StatusInformation.Choice.Says(CertificateStatus status) ->
                    sign(approved, signingRequest, answered, validity.get(), serialNumber, status);
        };
    }

    private Outcome sign(
            Approved approved,
            SigningRequest signingRequest,
            BooleanSupplier answered,
            Validity validity,
            SerialNumber serialNumber,
            CertificateStatus status) {
        Decision.Granted grant = approved.grant();
        IssuingAuthority authority = approved.authority();
        CertificateContent content =
                new CertificateContent(
                        serialNumber,
                        authority.issuer(),
                        validity,
                        grant.spiffeId(),
                        grant.names(),
                        grant.subject(),
                        signingRequest.key(),
                        grant.profile(),
                        grant.keyUsages(),
                        grant.extendedKeyUsages(),
                        status);
        // 7. Sign exactly that content, and lint the result.
        SignedCertificate signed;
        try {
            signed = authority.prepare(content).sign();
        } catch (SigningException e) {
            if (e.isKeyAway()) {
                return new Outcome.Refused(keyAway(e));
            }
            throw e;
        }
        if (answered.getAsBoolean()) {
            return new Outcome.TooLate();
        }
        AttestedCaller caller = approved.caller();
        return new Outcome.Signed(
                new IssuanceRecord(
                        signed,
                        signingRequest,
                        approved.request().requestId(),
                        caller.joinToken(),
                        caller.kind(),
                        caller.subject(),
                        caller.attributes(),
                        grant.policyVersion(),
                        grant.rule(),
                        Notices.of(approved, signingRequest, validity)));
    }

    private static Refusal keyTypeNotGranted(Decision.Granted grant) {
        return Refusal.withDiagnosis(
                RefusalCode.KEY_TYPE_NOT_GRANTED,
                "Policy does not accept keys of this type here (expected: one of "
                        + grant.keyTypes().stream().sorted().toList()
                        + ").",
                "rule " + grant.rule() + " does not accept this key type");
    }

    private static Refusal usagesNotOfKey(PublicKeyType type) {
        return Refusal.of(
                RefusalCode.USAGE_NOT_GRANTED,
                type
                        + " keys cannot have the requested key usages (RFC 3279 2.3.1, RFC 8813 3, RFC"
                        + " 8410 5).");
    }

    /// A CA's would count as self-issued, and against no path length (RFC 5280 6.1.4 (l)); a leaf's
    /// would pass for the CA where names are compared.
    private static Refusal subjectOfAuthority() {
        return Refusal.of(
                RefusalCode.SUBJECT_NOT_GRANTED,
                "The subject is that of an authority of this CA. Request another one.");
    }

    private static Refusal keyOfAuthority() {
        return Refusal.of(
                RefusalCode.KEY_NOT_ACCEPTED,
                "The public key is that of an authority of this CA. Make a key of your own.");
    }

    private static Refusal statusUnknown(String diagnosis) {
        return Refusal.withDiagnosis(
                        RefusalCode.AUTHORITY_NOT_USABLE,
                        "The CA cannot say now where revocations of this certificate will be"
                                + " published. Retry after the given time.",
                        diagnosis)
                .retryAfter(RETRY_WHEN_STATUS_IS_UNKNOWN);
    }

    private static Refusal leavesOnly(Decision.Granted grant, IssuingAuthority authority) {
        return Refusal.withDiagnosis(
                RefusalCode.PROFILE_NOT_GRANTED,
                "The CA's issuing authority cannot issue to other CAs. Tell its operator:"
                        + " signet.authority.issuing-path-length.",
                "rule "
                        + grant.rule()
                        + " grants profile "
                        + grant.profile().name()
                        + ", and the path length of authority "
                        + authority.id()
                        + " is "
                        + authority.issuer().pathLength());
    }

    private static Refusal keyAway(SigningException e) {
        return Refusal.withDiagnosis(
                        RefusalCode.AUTHORITY_NOT_USABLE,
                        "The key of the CA's issuing authority cannot be used now. Try again"
                                + " later.",
                        String.valueOf(e.getMessage()))
                .retryAfter(RETRY_WHEN_KEY_IS_AWAY);
    }

    private static Refusal endsTooSoon(IssuingAuthority authority) {
        return Refusal.withDiagnosis(
                RefusalCode.AUTHORITY_NOT_USABLE,
                "The CA's issuing authority ends too soon to issue a useful certificate. Tell its"
                        + " operator.",
                "authority "
                        + authority.id()
                        + " ends at "
                        + authority.issuer().validity().notAfter());
    }
}
