package dev.signet.issuer.api;

/// The two kinds of issuer: one for its own namespace, one for all.
public enum IssuerKind {
    ISSUER("SignetIssuer", "signetissuers"),
    CLUSTER_ISSUER("SignetClusterIssuer", "signetclusterissuers");

    /// Group of both.
    public static final String GROUP = "signet.dev";

    private final String kind;
    private final String plural;

    IssuerKind(String kind, String plural) {
        this.kind = kind;
        this.plural = plural;
    }

    /// As in `kind:`.
    public String kind() {
        return kind;
    }

    /// As in the name of its resource definition.
    public String plural() {
        return plural;
    }
}
