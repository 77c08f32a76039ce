package dev.signet.ca.authority;

import dev.signet.ca.pkcs11.Pkcs11Settings;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;

/// Settings under `signet.authority`. Key types, lifetimes and path length count when an empty
/// database gets its first authorities; later changes of them do not alter those.
///
/// @param rootKeyType default P384
/// @param issuingKeyType default P256
/// @param rootLifetime default 3650 days; 1 hour to 100 years
/// @param issuingLifetime default 365 days; 1 minute up to the root's
/// @param issuingPathLength how many CA certificates may follow below the issuing CA; default 0:
///   none, so that profiles of intermediate CAs cannot be issued; at most 4
/// @param minimumRemainder an issuer with less time left than this does not sign any more; default
///   1 minute
/// @param refreshInterval how often the authorities on record are read again, beside each time that
///   a change of them is signalled; default 1 s, at least 100 ms
/// @param keyEncryptionKey what the CA's private keys are wrapped with; no default
/// @param furtherKeyEncryptionKeys others that open wrapped keys and wrap none, while the current
///   one is being replaced; at most 4
/// @param newKeys where keys of new authorities are made; default SOFTWARE
/// @param pkcs11 the token that keeps keys, if there is one
public record AuthoritySettings(
        KeyType rootKeyType,
        KeyType issuingKeyType,
        Duration rootLifetime,
        Duration issuingLifetime,
        Integer issuingPathLength,
        Duration minimumRemainder,
        Duration refreshInterval,
        KeyEncryptionKeySettings keyEncryptionKey,
        List<KeyEncryptionKeySettings> furtherKeyEncryptionKeys,
        KeyPlace newKeys,
        Pkcs11Settings pkcs11) {

    private static final int LONGEST_PATH = 4;
    private static final int MOST_FURTHER_KEYS = 4;
    private static final Duration LONGEST = Duration.ofDays(36_525);
    private static final Duration SHORTEST_ROOT = Duration.ofHours(1);
    private static final Duration SHORTEST_ISSUING = Duration.ofMinutes(1);
    private static final Duration SHORTEST_REFRESH = Duration.ofMillis(100);

    /// @throws IllegalArgumentException when a value is out of its bounds, or there is no
    ///   key-encryption key
    public AuthoritySettings(
            @Nullable KeyType rootKeyType,
            @Nullable KeyType issuingKeyType,
            @Nullable Duration rootLifetime,
            @Nullable Duration issuingLifetime,
            @Nullable Integer issuingPathLength,
            @Nullable Duration minimumRemainder,
            @Nullable Duration refreshInterval,
            @Nullable KeyEncryptionKeySettings keyEncryptionKey,
            @Nullable List<KeyEncryptionKeySettings> furtherKeyEncryptionKeys,
            @Nullable KeyPlace newKeys,
            @Nullable Pkcs11Settings pkcs11) {
        this.rootKeyType = rootKeyType == null ? KeyType.P384 : rootKeyType;
        this.issuingKeyType = issuingKeyType == null ? KeyType.P256 : issuingKeyType;
        this.rootLifetime = rootLifetime == null ? Duration.ofDays(3650) : rootLifetime;
        this.issuingLifetime = issuingLifetime == null ? Duration.ofDays(365) : issuingLifetime;
        this.issuingPathLength = issuingPathLength == null ? 0 : issuingPathLength;
        this.minimumRemainder = minimumRemainder == null ? Duration.ofMinutes(1) : minimumRemainder;
        this.refreshInterval = refreshInterval == null ? Duration.ofSeconds(1) : refreshInterval;
        if (keyEncryptionKey == null) {
            throw new IllegalArgumentException(
                    "signet.authority.key-encryption-key is missing (expected: one of its file,"
                            + " environment-variable, base64; 32 random octets, for example from"
                            + " 'openssl rand -base64 32')");
        }
        this.keyEncryptionKey = keyEncryptionKey;
        this.furtherKeyEncryptionKeys =
                furtherKeyEncryptionKeys == null
                        ? List.of()
                        : List.copyOf(furtherKeyEncryptionKeys);
        if (this.furtherKeyEncryptionKeys.size() > MOST_FURTHER_KEYS) {
            throw new IllegalArgumentException(
                    "signet.authority.further-key-encryption-keys has "
                            + this.furtherKeyEncryptionKeys.size()
                            + " entries (expected: at most "
                            + MOST_FURTHER_KEYS
                            + ")");
        }
        this.newKeys = newKeys == null ? KeyPlace.SOFTWARE : newKeys;
        this.pkcs11 =
                pkcs11 == null
                        ? new Pkcs11Settings(null, null, null, null, null, null, null)
                        : pkcs11;
        if (this.newKeys == KeyPlace.PKCS11) {
            if (!this.pkcs11.given()) {
                throw new IllegalArgumentException(
                        "signet.authority.new-keys is PKCS11 and there is no token (expected:"
                                + " signet.authority.pkcs11.library)");
            }
            if (this.rootKeyType == KeyType.ED25519 || this.issuingKeyType == KeyType.ED25519) {
                throw new IllegalArgumentException(
                        "signet.authority.new-keys is PKCS11 and a key type is ED25519 (expected:"
                                + " P256, P384, RSA3072 or RSA4096 for keys in a token)");
            }
        }
        within("root-lifetime", this.rootLifetime, SHORTEST_ROOT, LONGEST);
        within("issuing-lifetime", this.issuingLifetime, SHORTEST_ISSUING, this.rootLifetime);
        if (this.issuingPathLength < 0 || this.issuingPathLength > LONGEST_PATH) {
            throw new IllegalArgumentException(
                    "signet.authority.issuing-path-length is "
                            + this.issuingPathLength
                            + " (expected: 0 to "
                            + LONGEST_PATH
                            + ")");
        }
        within("minimum-remainder", this.minimumRemainder, Duration.ZERO, this.issuingLifetime);
        within("refresh-interval", this.refreshInterval, SHORTEST_REFRESH, Duration.ofHours(1));
    }

    private static void within(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    "signet.authority."
                            + name
                            + " is "
                            + value
                            + " (expected: "
                            + least
                            + " to "
                            + most
                            + ")");
        }
    }
}
