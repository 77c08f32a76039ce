package dev.signet.ca.policy;

import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.SpiffeIdPattern;
import dev.signet.ca.identity.TrustDomain;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/// What holds whatever a rule says: no ID of another trust domain, none that is reserved, and for
/// evidence that is bound to an identity no other (R16). Immutable.
record IdentityBounds(TrustDomain trustDomain) {

    /// First path segment of the IDs of servers and operators. No document grants one.
    static final String RESERVED = "signet";

    static final String RESERVED_PREFIX = "/" + RESERVED + "/";

    /// @return null when nothing speaks against it; otherwise a clause for the operator
    @Nullable String objection(SpiffeId id, PolicyRequest request) {
        if (!id.trustDomain().equals(trustDomain)) {
            return "came to an ID of another trust domain";
        }
        if (isReserved(id.path())) {
            return "came to an ID that is reserved for servers and operators";
        }
        SpiffeIdPattern bound = request.bound();
        return switch (request.evidenceKind()) {
            case CURRENT_CERTIFICATE ->
                    bound == null || !bound.exact().equals(Optional.of(id))
                            ? "came to another ID than that of the current certificate"
                            : null;
            case JOIN_TOKEN ->
                    bound == null || !bound.matches(id)
                            ? "came to an ID that the join token is not bound to"
                            : null;
            case KUBERNETES, OIDC, REGISTRATION_AUTHORITY ->
                    bound != null && !bound.matches(id)
                            ? "came to an ID that the evidence is not bound to"
                            : null;
            case SERVER -> "is not for this server's own certificate";
        };
    }

    static boolean isReserved(String path) {
        return path.startsWith(RESERVED_PREFIX) || path.equals("/" + RESERVED);
    }
}
