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
public record Wish(
        @Nullable SpiffeId spiffeId,
        @Nullable Duration lifetime,
        AlternativeNames names,
        @Nullable String profile,
        @Nullable CertificateWish certificate) {

    public static final Wish NOTHING = new Wish(null, null, AlternativeNames.NONE, null);

    /// A wish of those who may wish nothing of the certificate beside its names.
    public Wish(
            @Nullable SpiffeId spiffeId,
            @Nullable Duration lifetime,
            AlternativeNames names,
            @Nullable String profile) {
        this(spiffeId, lifetime, names, profile, null);
    }
}
