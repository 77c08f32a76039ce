package dev.signet.ca.policy;

import dev.signet.ca.certificate.AlternativeNames;
import dev.signet.ca.identity.SpiffeId;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/// What a caller asks for in the fields of its request. Never comes from a certification request
/// (R10), never widens a grant: each part is granted or the whole request is refused. Immutable.
///
/// @param spiffeId null: the one that policy grants
/// @param lifetime null: policy's default; whole seconds
/// @param names further SANs; each is judged by itself (R3)
/// @param profile null: the rule's
/// @param certificate what else it is to say; null: what the rule and its profile say
public record RequestedCertificate(
        @Nullable SpiffeId spiffeId,
        @Nullable Duration lifetime,
        AlternativeNames names,
        @Nullable String profile,
        @Nullable RequestedAttributes certificate) {

    public static final RequestedCertificate NOTHING =
            new RequestedCertificate(null, null, AlternativeNames.NONE, null);

    /// A request of those who may request nothing of the certificate beside its names.
    public RequestedCertificate(
            @Nullable SpiffeId spiffeId,
            @Nullable Duration lifetime,
            AlternativeNames names,
            @Nullable String profile) {
        this(spiffeId, lifetime, names, profile, null);
    }
}
