package dev.signet.issuer.signing;

import dev.signet.client.SubjectRequest.Attributes;
import dev.signet.issuer.request.CertificationRequest;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// One resource's request, ready to be asked for.
///
/// @param resource whose request it is
/// @param approved a moment that the resource records, from which its id and its time run
/// @param attributes what is said of it to policy
/// @param lifetime requested; at least 1 s
public record SigningRequest(
        ResourceIdentity resource,
        Instant approved,
        Map<String, String> attributes,
        CertificationRequest certification,
        Optional<Attributes> requested,
        Optional<String> spiffeId,
        Duration lifetime) {

    public SigningRequest {
        attributes = Map.copyOf(attributes);
    }

    /// Names one resource for ever.
    ///
    /// @param kind as in `kind:`
    /// @param namespace empty for what has none
    public record ResourceIdentity(String kind, String namespace, String name, String uid) {

        /// For whom the certificate is, in the CA's ledger.
        ///
        /// @param cluster name of the cluster
        public String subject(String cluster) {
            return cluster
                    + "/"
                    + kind
                    + "/"
                    + (namespace.isEmpty() ? "" : namespace + "/")
                    + name
                    + "/"
                    + uid;
        }
    }
}
