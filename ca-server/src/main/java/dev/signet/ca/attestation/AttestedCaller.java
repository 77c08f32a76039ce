package dev.signet.ca.attestation;

import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.identity.SpiffeIdPattern;
import dev.signet.ca.ledger.JoinTokenHash;
import dev.signet.ca.privilege.Principal;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/// A caller whose evidence was verified. Immutable; holds no secret.
///
/// @param kind how it proved itself
/// @param subject whom the evidence names, unique within the kind: `issuer|sub` for tokens,
///   `cluster|sub` where the cluster itself was asked, the token id for join tokens, the SPIFFE ID
///   for certificates, `SPIFFE ID|subject` for registration authorities
/// @param attributes what the verified octets say, keys in lower case with dots:
///   `kubernetes.namespace`, `kubernetes.service-account`, `kubernetes.pod-name`, ...; those that
///   begin with `reported.` are a registration authority's word (docs/attestation.md)
/// @param bound the identity that the evidence itself is bound to (join token, current
///   certificate); null where policy derives it
/// @param joinToken to be used up in the same commit as the certificate; null for other kinds
/// @param creator of the join token, with the roles held then; null for other kinds, and where it
///   is not on record
public record AttestedCaller(
        EvidenceKind kind,
        String subject,
        Map<String, String> attributes,
        @Nullable SpiffeIdPattern bound,
        @Nullable JoinTokenHash joinToken,
        @Nullable Principal creator) {

    public AttestedCaller {
        attributes = Map.copyOf(attributes);
    }

    /// By evidence that nobody of this CA created.
    public AttestedCaller(
            EvidenceKind kind,
            String subject,
            Map<String, String> attributes,
            @Nullable SpiffeIdPattern bound,
            @Nullable JoinTokenHash joinToken) {
        this(kind, subject, attributes, bound, joinToken, null);
    }
}
