package dev.signet.ca.identity;

/// How a caller proved itself. The text form is what the ledger, policy and metrics carry.
public enum EvidenceKind {
    /// A Kubernetes ServiceAccount token.
    KUBERNETES("kubernetes"),
    /// Any other OIDC token.
    OIDC("oidc"),
    /// A one-time join token.
    JOIN_TOKEN("join-token"),
    /// The certificate that is renewed, over mutual TLS.
    CURRENT_CERTIFICATE("current-certificate"),
    /// A client over mutual TLS that policy trusts to ask for others, and what it says of them.
    REGISTRATION_AUTHORITY("registration-authority"),
    /// This server asking for its own certificate.
    SERVER("server");

    private final String text;

    EvidenceKind(String text) {
        this.text = text;
    }

    /// Permanent text form, lower case with hyphens.
    public String text() {
        return text;
    }
}
