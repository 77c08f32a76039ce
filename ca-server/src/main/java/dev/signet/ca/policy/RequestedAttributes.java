package dev.signet.ca.policy;

import dev.signet.ca.certificate.EncodedName;
import dev.signet.ca.certificate.KeyUsage;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Set;

/// What a registration authority requests that the certificate says beside its names. Immutable.
///
/// @param subject null: the rule's
/// @param keyUsages empty: the rule's
/// @param extendedKeyUsages object identifiers in dotted decimal, in the order to write, none
///   twice; empty: the rule's
/// @param certificateAuthority whether it is to be an intermediate CA's
public record RequestedAttributes(
        @Nullable EncodedName subject,
        Set<KeyUsage> keyUsages,
        List<String> extendedKeyUsages,
        boolean certificateAuthority) {

    public static final RequestedAttributes NOTHING =
            new RequestedAttributes(null, Set.of(), List.of(), false);

    public RequestedAttributes {
        keyUsages = Set.copyOf(keyUsages);
        extendedKeyUsages = List.copyOf(extendedKeyUsages);
    }
}
