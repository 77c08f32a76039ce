package dev.signet.ca.wire;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The operator credential, of which only a hash is kept. Without a configured one nothing matches.
/// Immutable, thread-safe.
public final class OperatorCredential {

    private static final int MIN_LENGTH = 32;
    private static final int MAX_LENGTH = 512;

    private final byte @Nullable [] hash;

    private OperatorCredential(byte @Nullable [] hash) {
        this.hash = hash;
    }

    /// @throws IllegalArgumentException when the file cannot be read or holds no usable credential
    static OperatorCredential of(OperatorSettings settings) {
        Path file = settings.credentialFile();
        return new OperatorCredential(file == null ? null : sha256(read(file)));
    }

    /// In constant time: both sides are hashed, the hashes compared.
    public boolean matches(String presented) {
        return hash != null && MessageDigest.isEqual(hash, sha256(presented));
    }

    private static String read(Path file) {
        String text;
        try {
            if (Files.size(file) > 2 * MAX_LENGTH) {
                throw new IllegalArgumentException(
                        "signet.operator.credential-file: " + file + " is too large");
            }
            text = Files.readString(file).strip();
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "signet.operator.credential-file: " + file + " cannot be read", e);
        }
        if (text.length() < MIN_LENGTH
                || text.length() > MAX_LENGTH
                || !text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException(
                    "signet.operator.credential-file: "
                            + file
                            + " does not hold a credential (expected: one line of 32 to 512"
                            + " visible ASCII characters, for example from 'openssl rand -hex"
                            + " 32')");
        }
        return text;
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return hash == null ? "OperatorCredential[none]" : "OperatorCredential[set]";
    }
}
