package dev.signet.ca.certificate;

import org.jspecify.annotations.Nullable;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Which usages one certificate may have together, and with which kind of key. Pure.
///
/// @rfc 5280 4.2.1.3
/// @rfc 5280 4.2.1.12
/// @rfc 3161 2.3
/// @rfc 3279 2.3.1
/// @rfc 8813 3
/// @rfc 8410 5
public final class UsageRules {

    private static final Set<KeyUsage> OF_ED25519 =
            EnumSet.of(
                    KeyUsage.DIGITAL_SIGNATURE,
                    KeyUsage.CONTENT_COMMITMENT,
                    KeyUsage.KEY_CERT_SIGN,
                    KeyUsage.CRL_SIGN);

    private UsageRules() {}

    /// Any kind of key signs; only RSA enciphers keys and data; only P-256 and P-384 agree on keys,
    /// for enciphering alone or for deciphering alone where that is said.
    public static boolean accepts(Set<KeyUsage> keyUsages, PublicKeyType type) {
        return switch (type) {
            case P256, P384 ->
                    !keyUsages.contains(KeyUsage.KEY_ENCIPHERMENT)
                            && !keyUsages.contains(KeyUsage.DATA_ENCIPHERMENT)
                            && agreesSoundly(keyUsages);
            case ED25519 -> OF_ED25519.containsAll(keyUsages);
            case RSA ->
                    !keyUsages.contains(KeyUsage.KEY_AGREEMENT)
                            && !keyUsages.contains(KeyUsage.ENCIPHER_ONLY)
                            && !keyUsages.contains(KeyUsage.DECIPHER_ONLY);
        };
    }

    private static boolean agreesSoundly(Set<KeyUsage> keyUsages) {
        boolean enciphers = keyUsages.contains(KeyUsage.ENCIPHER_ONLY);
        boolean deciphers = keyUsages.contains(KeyUsage.DECIPHER_ONLY);
        return !(enciphers && deciphers)
                && (keyUsages.contains(KeyUsage.KEY_AGREEMENT) || !(enciphers || deciphers));
    }

    /// Whether the key usages allow what the purpose needs at least.
    public static boolean allow(Set<KeyUsage> keyUsages, ExtendedKeyUsage purpose) {
        return switch (purpose) {
            case SERVER_AUTH, MS_SGC, NS_SGC ->
                    keyUsages.contains(KeyUsage.DIGITAL_SIGNATURE)
                            || keyUsages.contains(KeyUsage.KEY_ENCIPHERMENT)
                            || keyUsages.contains(KeyUsage.KEY_AGREEMENT);
            case CLIENT_AUTH ->
                    keyUsages.contains(KeyUsage.DIGITAL_SIGNATURE)
                            || keyUsages.contains(KeyUsage.KEY_AGREEMENT);
            case CODE_SIGNING -> keyUsages.contains(KeyUsage.DIGITAL_SIGNATURE);
            case EMAIL_PROTECTION ->
                    keyUsages.contains(KeyUsage.DIGITAL_SIGNATURE)
                            || keyUsages.contains(KeyUsage.CONTENT_COMMITMENT)
                            || keyUsages.contains(KeyUsage.KEY_ENCIPHERMENT)
                            || keyUsages.contains(KeyUsage.KEY_AGREEMENT);
            case TIME_STAMPING ->
                    keyUsages.contains(KeyUsage.DIGITAL_SIGNATURE)
                            || keyUsages.contains(KeyUsage.CONTENT_COMMITMENT);
            case ANY, IPSEC_END_SYSTEM, IPSEC_TUNNEL, IPSEC_USER -> true;
        };
    }

    /// Why no certificate may have just these; one sentence without its full stop.
    ///
    /// @param authority whether it is an intermediate CA's
    /// @return null when one may
    public static @Nullable String objection(
            Set<KeyUsage> keyUsages, List<ExtendedKeyUsage> purposes, boolean authority) {
        if (keyUsages.isEmpty()) {
            return "There is no key usage (RFC 5280 4.2.1.3)";
        }
        if (authority != keyUsages.contains(KeyUsage.KEY_CERT_SIGN)) {
            return authority
                    ? "A CA needs the key usage keyCertSign (RFC 5280 4.2.1.9)"
                    : "Only a CA may have the key usage keyCertSign (RFC 5280 4.2.1.3)";
        }
        if (!authority && keyUsages.contains(KeyUsage.CRL_SIGN)) {
            return "Only a CA may have the key usage cRLSign (RFC 5280 4.2.1.3)";
        }
        for (int i = 0; i < purposes.size(); i++) {
            ExtendedKeyUsage purpose = purposes.get(i);
            if (purposes.indexOf(purpose) != i) {
                return "An extended key usage is there twice";
            }
            if (!allow(keyUsages, purpose)) {
                return "The key usages allow none of what "
                        + purpose
                        + " needs (RFC 5280 4.2.1.12)";
            }
        }
        if (purposes.size() > 1 && purposes.contains(ExtendedKeyUsage.TIME_STAMPING)) {
            return "Time stamping allows no other purpose beside it (RFC 3161 2.3)";
        }
        for (PublicKeyType type : PublicKeyType.values()) {
            if (accepts(keyUsages, type)) {
                return null;
            }
        }
        return "No kind of key may have these key usages together (RFC 3279 2.3.1, RFC 8813 3, RFC"
                + " 8410 5)";
    }
}
