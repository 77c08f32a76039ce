package dev.signet.ca.refusal;

/// Why a request was refused. The name of a constant is its permanent code: it appears as
/// `ErrorInfo.reason` on the wire and in docs/errors.md, is never renamed and never used again for
/// another meaning.
public enum RefusalCode {
    /// No evidence, or evidence that does not prove anything here. Deliberately one code for every
    /// cause: an unauthenticated caller learns nothing. The cause is logged.
    UNAUTHENTICATED,
    /// The caller is known, but may not call this method with this kind of evidence.
    NOT_PERMITTED,
    /// The certification request is not one PKCS#10 request, or is too large.
    CSR_MALFORMED,
    /// The certification request's own signature does not verify (RFC 2986 proof of possession).
    CSR_SIGNATURE_INVALID,
    /// The public key is of a kind, size or value that is not accepted.
    KEY_NOT_ACCEPTED,
    /// A request field is out of its documented bounds.
    INVALID_ARGUMENT,
    /// The request id was used before with another certification request or by another caller.
    REQUEST_ID_REUSED,
    /// The one-time token was already used.
    TOKEN_ALREADY_USED,
    /// Policy grants nothing to this evidence.
    POLICY_DENIED,
    /// The wished SPIFFE ID is not the one that the evidence entitles to.
    IDENTITY_NOT_GRANTED,
    /// The wished lifetime is shorter or longer than policy allows.
    LIFETIME_NOT_GRANTED,
    /// No authority may sign now: none is active, or the active one is expired, not yet valid, or
    /// ends too soon to be of use.
    AUTHORITY_NOT_USABLE,
    /// The clock of this server and that of the database are too far apart to date a certificate.
    CLOCK_SKEW,
    /// The queue for recording is full. Retry after the given time.
    OVERLOADED,
    /// Too many trust bundle watches are open.
    TOO_MANY_WATCHES,
    /// The ledger cannot be reached, or did not say whether it committed. Retry with the same
    /// request id.
    LEDGER_UNAVAILABLE,
    /// The evidence could not be checked because a source it depends on is away.
    ATTESTATION_UNAVAILABLE,
    /// The server is stopping. Retry elsewhere.
    SHUTTING_DOWN,
    /// The request took longer than the server allows.
    DEADLINE_EXCEEDED
}
