package dev.signet.ca.policy;

import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.SpiffeIdPattern;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Map;

/// What policy decides on. Immutable.
///
/// @param evidenceKind how the caller proved itself
/// @param attributes attested attributes, see AttestedCaller
/// @param bound the identity that the evidence is bound to, where it is
/// @param wishedId what the caller asks for; never widens a grant
/// @param wishedLifetime what the caller asks for
public record PolicyRequest(
        EvidenceKind evidenceKind,
        Map<String, String> attributes,
        @Nullable SpiffeIdPattern bound,
        @Nullable SpiffeId wishedId,
        @Nullable Duration wishedLifetime) {

    public PolicyRequest {
        attributes = Map.copyOf(attributes);
    }
}
