package dev.signet.ca.authority;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;

/// Where the key-encryption key comes from: exactly one of a file, an environment variable, or the
/// value itself (from a mounted secret). 32 octets: raw in a file, or base64 in any of the three.
/// Immutable; prints no key.
public final class KeyEncryptionKeySettings {

    private final @Nullable Path file;
    private final @Nullable String environmentVariable;
    private final @Nullable String base64;

    /// @throws IllegalArgumentException unless exactly one of the three is given
    public KeyEncryptionKeySettings(
            @Nullable Path file, @Nullable String environmentVariable, @Nullable String base64) {
        int given =
                (file == null ? 0 : 1)
                        + (environmentVariable == null ? 0 : 1)
                        + (base64 == null ? 0 : 1);
        if (given != 1) {
            throw new IllegalArgumentException(
                    "signet.authority.key-encryption-key has "
                            + given
                            + " sources (expected: exactly one of file, environment-variable,"
                            + " base64)");
        }
        this.file = file;
        this.environmentVariable = environmentVariable;
        this.base64 = base64;
    }

    @Nullable Path file() {
        return file;
    }

    @Nullable String environmentVariable() {
        return environmentVariable;
    }

    @Nullable String base64() {
        return base64;
    }

    @Override
    public String toString() {
        if (file != null) {
            return "file " + file;
        }
        return environmentVariable != null
                ? "environment variable " + environmentVariable
                : "setting base64";
    }
}
