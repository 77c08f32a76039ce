package dev.signet.ca.authority;

import org.jspecify.annotations.Nullable;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// The key-encryption keys that this replica has: the current one wraps and opens, the others only
/// open, while they are being replaced. Thread-safe; prints no key.
final class KeyEncryptionKeys {

    private final KeyEncryptionKey current;
    private final List<KeyEncryptionKey> further;

    KeyEncryptionKeys(KeyEncryptionKey current, List<KeyEncryptionKey> further) {
        this.current = current;
        this.further = List.copyOf(further);
    }

    /// @param environment looks up an environment variable; gives null for one that is not set
    /// @throws IllegalArgumentException when one of them is not at its source
    static KeyEncryptionKeys from(
            AuthoritySettings settings,
            UnaryOperator<@Nullable String> environment,
            SecureRandom random) {
        List<KeyEncryptionKey> further = new ArrayList<>();
        for (KeyEncryptionKeySettings source : settings.furtherKeyEncryptionKeys()) {
            further.add(KeyEncryptionKey.from(source, environment, random));
        }
        return new KeyEncryptionKeys(
                KeyEncryptionKey.from(settings.keyEncryptionKey(), environment, random), further);
    }

    KeyEncryptionKey current() {
        return current;
    }

    /// Checks of the others, in the order of the settings.
    List<byte[]> furtherChecks() {
        return further.stream().map(KeyEncryptionKey::check).toList();
    }

    /// The one of this check; empty: this replica does not have it.
    Optional<KeyEncryptionKey> of(byte[] check) {
        if (Arrays.equals(check, current.check())) {
            return Optional.of(current);
        }
        return further.stream().filter(key -> Arrays.equals(check, key.check())).findFirst();
    }

    @Override
    public String toString() {
        return "KeyEncryptionKeys";
    }
}
