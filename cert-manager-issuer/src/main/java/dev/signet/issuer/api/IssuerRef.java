package dev.signet.issuer.api;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/// Names one issuer, whether or not there is such a one.
///
/// @param namespace empty for a cluster issuer
public record IssuerRef(IssuerKind kind, String namespace, String name) {

    /// @throws IllegalArgumentException when the namespace does not suit the kind, or a part is
    ///   empty
    public IssuerRef {
        if (name.isEmpty() || namespace.isEmpty() != (kind == IssuerKind.CLUSTER_ISSUER)) {
            throw new IllegalArgumentException(kind + " in namespace '" + namespace + "'");
        }
    }

    public static IssuerRef cluster(String name) {
        return new IssuerRef(IssuerKind.CLUSTER_ISSUER, "", name);
    }

    public static IssuerRef namespaced(String namespace, String name) {
        return new IssuerRef(IssuerKind.ISSUER, namespace, name);
    }

    /// The issuer that a resource in a namespace names by group, kind and name.
    ///
    /// @return empty: it is not ours
    public static Optional<IssuerRef> of(
            @Nullable String group, @Nullable String kind, @Nullable String name, String from) {
        if (!IssuerKind.GROUP.equals(group) || name == null || name.isEmpty()) {
            return Optional.empty();
        }
        if (IssuerKind.ISSUER.kind().equals(kind)) {
            return from.isEmpty() ? Optional.empty() : Optional.of(namespaced(from, name));
        }
        if (IssuerKind.CLUSTER_ISSUER.kind().equals(kind)) {
            return Optional.of(cluster(name));
        }
        return Optional.empty();
    }

    /// The issuer that a signer name of Kubernetes' own API names:
    /// `signetclusterissuers.signet.dev/<name>` or `signetissuers.signet.dev/<namespace>.<name>`. A
    /// namespace has no dot.
    ///
    /// @return empty: it is not ours
    public static Optional<IssuerRef> ofSignerName(@Nullable String signerName) {
        if (signerName == null) {
            return Optional.empty();
        }
        int slash = signerName.indexOf('/');
        if (slash < 0) {
            return Optional.empty();
        }
        String domain = signerName.substring(0, slash);
        String path = signerName.substring(slash + 1);
        if (domain.equals(domain(IssuerKind.CLUSTER_ISSUER))) {
            return path.isEmpty() ? Optional.empty() : Optional.of(cluster(path));
        }
        int dot = path.indexOf('.');
        if (domain.equals(domain(IssuerKind.ISSUER)) && dot > 0 && dot < path.length() - 1) {
            return Optional.of(namespaced(path.substring(0, dot), path.substring(dot + 1)));
        }
        return Optional.empty();
    }

    private static String domain(IssuerKind kind) {
        return kind.plural() + "." + IssuerKind.GROUP;
    }

    /// The name of this issuer as a signer of Kubernetes' own API.
    public String signerName() {
        return domain(kind) + "/" + (namespace.isEmpty() ? name : namespace + "." + name);
    }

    @Override
    public String toString() {
        return kind.kind() + " " + (namespace.isEmpty() ? name : namespace + "/" + name);
    }
}
