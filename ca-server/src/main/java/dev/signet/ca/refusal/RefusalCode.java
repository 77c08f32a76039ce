package dev.signet.ca.refusal;

/// Why a request was refused. The name of a constant is its permanent code: it appears as
/// `ErrorInfo.reason` on the wire and in docs/errors.md, is never renamed and never used again for
/// another meaning.
public enum RefusalCode {
    /// No evidence, or evidence that does not prove anything here. Deliberately one code for every
    /// cause: an unauthenticated caller is told what its own evidence says, and nothing that this
    /// server knows. The cause is logged.
    UNAUTHENTICATED(Origin.CALLER),
    /// The caller is known, but may not call this method with this kind of evidence.
    NOT_PERMITTED(Origin.CALLER),
    /// The certification request is not one PKCS#10 request, or is too large.
    CSR_MALFORMED(Origin.CALLER),
    /// The certification request's own signature does not verify (RFC 2986 proof of possession).
    CSR_SIGNATURE_INVALID(Origin.CALLER),
    /// The public key is of a kind, size or value that is not accepted.
    KEY_NOT_ACCEPTED(Origin.CALLER),
    /// A request field is out of its documented bounds.
    INVALID_ARGUMENT(Origin.CALLER),
    /// The request id was used before with another certification request or by another caller.
    REQUEST_ID_REUSED(Origin.CALLER),
    /// The one-time token was already used.
    TOKEN_ALREADY_USED(Origin.CALLER),
    /// Policy grants nothing to this evidence.
    POLICY_DENIED(Origin.CALLER),
    /// The conditions of the policy cost more for this request than a decision may.
    POLICY_TOO_COSTLY(Origin.CALLER),
    /// The requested SPIFFE ID is not the one that the evidence entitles to.
    IDENTITY_NOT_GRANTED(Origin.CALLER),
    /// The identity carries roles of the admin API that whoever would cause its certificate does
    /// not hold.
    ROLE_REQUIRED(Origin.CALLER),
    /// The requested lifetime is shorter or longer than policy allows.
    LIFETIME_NOT_GRANTED(Origin.CALLER),
    /// A requested name beside the SPIFFE ID is not one that the evidence entitles to.
    NAME_NOT_GRANTED(Origin.CALLER),
    /// The requested subject is not one that the evidence entitles to, or one is missing.
    SUBJECT_NOT_GRANTED(Origin.CALLER),
    /// A requested usage of the key is not one that the evidence entitles to, or does not go with
    /// the others or with the key.
    USAGE_NOT_GRANTED(Origin.CALLER),
    /// The requested profile is not the one that the evidence entitles to.
    PROFILE_NOT_GRANTED(Origin.CALLER),
    /// The rule that decides does not accept keys of this type.
    KEY_TYPE_NOT_GRANTED(Origin.CALLER),
    /// This identity, this caller or the whole server was given as many certificates as its limit
    /// allows. Retry after the given time.
    RATE_LIMITED(Origin.CALLER),
    /// An operator has suspended issuance. The message says why.
    SUSPENDED(Origin.SERVER),
    /// An operator has blocked this identity: it gets no certificate until it is released.
    IDENTITY_BLOCKED(Origin.SERVER),
    /// No authority may sign now: none is active, or the active one is expired, not yet valid, or
    /// ends too soon to be of use.
    AUTHORITY_NOT_USABLE(Origin.SERVER),
    /// Too few of those who hold a certificate have said that they know the root of the issuing CA
    /// that is to be activated.
    ACTIVATION_NOT_ACKNOWLEDGED(Origin.CALLER),
    /// The act would leave no authority that signs.
    LAST_AUTHORITY(Origin.CALLER),
    /// The certificate, chain or key of a CA that was brought along is not one that this CA can
    /// use.
    AUTHORITY_NOT_ACCEPTED(Origin.CALLER),
    /// The clock of this server and that of the database are too far apart to date a certificate.
    CLOCK_SKEW(Origin.SERVER),
    /// The queue for recording is full. Retry after the given time.
    OVERLOADED(Origin.SERVER),
    /// Too many trust bundle watches are open.
    TOO_MANY_WATCHES(Origin.CALLER),
    /// The ledger cannot be reached, or did not say whether it committed. Retry with the same
    /// request id.
    LEDGER_UNAVAILABLE(Origin.SERVER),
    /// The evidence could not be checked because a source it depends on is away.
    ATTESTATION_UNAVAILABLE(Origin.SERVER),
    /// The server is stopping. Retry elsewhere.
    SHUTTING_DOWN(Origin.SERVER),
    /// The request took longer than the server allows.
    DEADLINE_EXCEEDED(Origin.SERVER),
    /// There is no such thing, or none that this caller may see.
    NOT_FOUND(Origin.CALLER),
    /// The resource does not know this method.
    METHOD_NOT_ALLOWED(Origin.CALLER),
    /// None of the media types that the caller accepts can be given.
    NOT_ACCEPTABLE(Origin.CALLER),
    /// The body is of a media type that the resource does not take.
    UNSUPPORTED_MEDIA_TYPE(Origin.CALLER),
    /// The body is larger than the resource takes.
    REQUEST_TOO_LARGE(Origin.CALLER),
    /// The write has to say what it is based on (If-Match) or which attempt it belongs to
    /// (Idempotency-Key).
    PRECONDITION_REQUIRED(Origin.CALLER),
    /// What the write is based on has changed meanwhile. Read it again.
    PRECONDITION_FAILED(Origin.CALLER),
    /// The idempotency key was used before with another request.
    IDEMPOTENCY_KEY_REUSED(Origin.CALLER),
    /// The act does not fit the present state: it was done before, or another one is pending.
    CONFLICT(Origin.CALLER),
    /// The policy document has errors; each is listed with line and column.
    POLICY_NOT_ACCEPTED(Origin.CALLER),
    /// Whoever proposed an act, or may be the same person, cannot approve it; nor can the operator
    /// credential.
    SECOND_PERSON_REQUIRED(Origin.CALLER),
    /// Too many failed logins from this address. Retry after the given time.
    LOGIN_THROTTLED(Origin.CALLER);

    /// Where the cause of a refusal lies.
    public enum Origin {
        /// The request, or what the caller may have.
        CALLER,
        /// This server, what it depends on, or its operator: the same request may be granted later,
        /// so it uses up none of its caller's allowance.
        SERVER
    }

    private final Origin origin;

    RefusalCode(Origin origin) {
        this.origin = origin;
    }

    /// The code that a record names, also where it was recorded by an earlier name.
    ///
    /// @throws IllegalArgumentException no code had this name, as in a record of a later release
    public static RefusalCode recorded(String name) {
        return name.equals("HALTED") ? SUSPENDED : valueOf(name);
    }

    public Origin origin() {
        return origin;
    }
}
