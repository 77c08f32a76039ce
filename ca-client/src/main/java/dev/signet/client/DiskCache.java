package dev.signet.client;

import dev.signet.client.internal.EncryptedFile;

import java.nio.file.Path;
import java.security.SecureRandom;

/// Where an identity is kept over a restart of its workload, so that it can start while the CA is
/// away: one file, AES-256-GCM, mode 0600, replaced atomically. The caller keeps the key elsewhere
/// than the file. A file that is damaged or of another key counts as absent. One cache, one running
/// workload.
public final class DiskCache {

    private static final int KEY_LENGTH = 32;
    private static final int LEAST_PASSPHRASE_LENGTH = 12;

    private final EncryptedFile file;

    private DiskCache(EncryptedFile file) {
        this.file = file;
    }

    /// @param key 32 octets from a good random source; copied
    /// @throws IllegalArgumentException when the key has another length
    public static DiskCache withKey(Path file, byte[] key) {
        if (key.length != KEY_LENGTH) {
            throw new IllegalArgumentException(
                    "cache key has " + key.length + " octets (expected: 32)");
        }
        return new DiskCache(EncryptedFile.withKey(file, key, new SecureRandom()));
    }

    /// @param passphrase at least 12 characters; copied, and stretched by PBKDF2 with HMAC-SHA-256,
    ///   which takes a part of a second once per start
    /// @throws IllegalArgumentException when the passphrase is shorter
    public static DiskCache withPassphrase(Path file, char[] passphrase) {
        if (passphrase.length < LEAST_PASSPHRASE_LENGTH) {
            throw new IllegalArgumentException(
                    "cache passphrase has "
                            + passphrase.length
                            + " characters (expected: at least 12)");
        }
        return new DiskCache(EncryptedFile.withPassphrase(file, passphrase, new SecureRandom()));
    }

    EncryptedFile file() {
        return file;
    }

    @Override
    public String toString() {
        return "cache " + file.file();
    }
}
