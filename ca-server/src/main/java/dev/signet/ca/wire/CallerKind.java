package dev.signet.ca.wire;

/// What a caller shows, before it is checked; the columns of [AccessTable].
enum CallerKind {
    /// Neither `authorization` nor a client certificate.
    ANONYMOUS(false),
    /// A client certificate that the TLS handshake verified, and no `authorization`.
    CLIENT_CERTIFICATE(true),
    /// `authorization: Bearer`.
    BEARER_TOKEN(false),
    /// `authorization: Join`.
    JOIN_TOKEN(false),
    /// `authorization: Operator` with the configured credential.
    OPERATOR(true),
    /// `authorization` that is none of these, more than one of them, or a wrong credential.
    UNREADABLE(false);

    private final boolean proven;

    CallerKind(boolean proven) {
        this.proven = proven;
    }

    /// Whether the edge itself has checked the evidence: then the caller may learn that it is not
    /// permitted.
    boolean proven() {
        return proven;
    }
}
