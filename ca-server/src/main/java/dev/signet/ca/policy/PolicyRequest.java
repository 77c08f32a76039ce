package dev.signet.ca.policy;

import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.identity.SpiffeIdPattern;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/// What policy decides on. Immutable.
///
/// @param evidenceKind how the caller proved itself
/// @param evidenceSubject whom the evidence names, see AttestedCaller
/// @param attributes attested attributes, see AttestedCaller
/// @param bound the identity that the evidence is bound to, where it is
/// @param requested what the caller asks for; never widens a grant
public record PolicyRequest(
        EvidenceKind evidenceKind,
        String evidenceSubject,
        Map<String, String> attributes,
        @Nullable SpiffeIdPattern bound,
        RequestedCertificate requested) {

    public PolicyRequest {
        attributes = Map.copyOf(attributes);
    }
}
