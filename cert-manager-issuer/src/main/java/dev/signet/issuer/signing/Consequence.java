package dev.signet.issuer.signing;

import java.util.Map;

/// What follows from each code that asking the CA can end with. The table is the whole of it, and
/// docs/kubernetes/cert-manager.md shows the same; a code that is not in it counts as the kind of
/// error that it came by.
public enum Consequence {
    /// The request has failed: asking again brings the same answer.
    FAILS,
    /// This request waits, others go on: a limit of its own identity.
    THIS_WAITS,
    /// All requests of the issuer wait, within its retry window: the CA is away or overloaded.
    ALL_WAIT,
    /// All requests of the issuer wait until it is put right: somebody has to act, on either side.
    ISSUER_AT_FAULT;

    private static final Map<String, Consequence> BY_CODE =
            Map.ofEntries(
                    Map.entry("CSR_MALFORMED", FAILS),
                    Map.entry("CSR_SIGNATURE_INVALID", FAILS),
                    Map.entry("KEY_NOT_ACCEPTED", FAILS),
                    Map.entry("INVALID_ARGUMENT", FAILS),
                    Map.entry("REQUEST_ID_REUSED", FAILS),
                    Map.entry("POLICY_DENIED", FAILS),
                    Map.entry("POLICY_TOO_COSTLY", FAILS),
                    Map.entry("IDENTITY_NOT_GRANTED", FAILS),
                    Map.entry("ROLE_REQUIRED", FAILS),
                    Map.entry("LIFETIME_NOT_GRANTED", FAILS),
                    Map.entry("NAME_NOT_GRANTED", FAILS),
                    Map.entry("SUBJECT_NOT_GRANTED", FAILS),
                    Map.entry("USAGE_NOT_GRANTED", FAILS),
                    Map.entry("PROFILE_NOT_GRANTED", FAILS),
                    Map.entry("KEY_TYPE_NOT_GRANTED", FAILS),
                    Map.entry("IDENTITY_BLOCKED", FAILS),
                    Map.entry("OTHER_KEY", FAILS),
                    Map.entry("RATE_LIMITED", THIS_WAITS),
                    Map.entry("TRUST_BUNDLE_BEHIND", THIS_WAITS),
                    Map.entry("OVERLOADED", ALL_WAIT),
                    Map.entry("RESOURCE_EXHAUSTED", ALL_WAIT),
                    Map.entry("CLOCK_SKEW", ALL_WAIT),
                    Map.entry("LEDGER_UNAVAILABLE", ALL_WAIT),
                    Map.entry("ATTESTATION_UNAVAILABLE", ALL_WAIT),
                    Map.entry("SHUTTING_DOWN", ALL_WAIT),
                    Map.entry("DEADLINE_EXCEEDED", ALL_WAIT),
                    Map.entry("UNAVAILABLE", ALL_WAIT),
                    Map.entry("ANSWER_NOT_GRPC", ALL_WAIT),
                    Map.entry("PROXY_REFUSED", ALL_WAIT),
                    Map.entry("INTERNAL", ALL_WAIT),
                    Map.entry("UNKNOWN", ALL_WAIT),
                    Map.entry("CANCELLED", ALL_WAIT),
                    Map.entry("ABORTED", ALL_WAIT),
                    Map.entry("DATA_LOSS", ALL_WAIT),
                    Map.entry("SUSPENDED", ISSUER_AT_FAULT),
                    Map.entry("AUTHORITY_NOT_USABLE", ISSUER_AT_FAULT),
                    Map.entry("UNAUTHENTICATED", ISSUER_AT_FAULT),
                    Map.entry("NOT_PERMITTED", ISSUER_AT_FAULT),
                    Map.entry("UNIMPLEMENTED", ISSUER_AT_FAULT),
                    Map.entry("CLIENT_CERTIFICATE_REFUSED", ISSUER_AT_FAULT),
                    Map.entry("CA_CERTIFICATE_NOT_TRUSTED", ISSUER_AT_FAULT),
                    Map.entry("CHAIN_NOT_TRUSTED", ISSUER_AT_FAULT),
                    Map.entry("CERTIFICATE_EXPIRED", ISSUER_AT_FAULT),
                    Map.entry("CERTIFICATE_NOT_YET_VALID", ISSUER_AT_FAULT),
                    Map.entry("ANSWER_MALFORMED", ISSUER_AT_FAULT));

    /// The table.
    public static Map<String, Consequence> byCode() {
        return BY_CODE;
    }
}
