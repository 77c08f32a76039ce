package dev.signet.ca.pkcs11;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// The user PIN, read where it is when it is needed, and not kept. One that the token refused is
/// not tried a second time, because tokens lock themselves after a few wrong ones. Thread-safe.
final class TokenPin {

    /// Longer is no PIN of any token.
    private static final int MAX_LENGTH = 256;

    private final Pkcs11Settings settings;
    private final UnaryOperator<@Nullable String> environment;
    private final Function<byte[], byte[]> sha256;

    private byte @Nullable [] refused;

    /// @param environment looks up an environment variable; gives null for one that is not set
    TokenPin(
            Pkcs11Settings settings,
            UnaryOperator<@Nullable String> environment,
            Function<byte[], byte[]> sha256) {
        this.settings = settings;
        this.environment = environment;
        this.sha256 = sha256;
    }

    /// @throws TokenException when there is no PIN, or it was refused before
    /// @throws CryptokiException when the token refuses it, or fails
    synchronized void login(Cryptoki cryptoki, long session) {
        byte[] pin = read();
        try {
            byte[] digest = sha256.apply(pin);
            if (refused != null && MessageDigest.isEqual(refused, digest)) {
                throw new TokenException(
                        "the PIN in "
                                + source()
                                + " was refused and is not tried again, so that the token is not"
                                + " locked; put the right one there",
                        null);
            }
            try {
                cryptoki.login(session, pin);
                refused = null;
            } catch (CryptokiException e) {
                if (e.refusedPin()) {
                    refused = digest;
                }
                throw e;
            }
        } finally {
            Arrays.fill(pin, (byte) 0);
        }
    }

    private byte[] read() {
        Path file = settings.pinFile();
        if (file == null) {
            String value = environment.apply(String.valueOf(settings.pinEnvironmentVariable()));
            if (value == null || value.isEmpty()) {
                throw new TokenException("no PIN: " + source() + " is not set", null);
            }
            return value.getBytes(StandardCharsets.UTF_8);
        }
        byte[] content;
        try (InputStream input = Files.newInputStream(file)) {
            content = input.readNBytes(MAX_LENGTH + 1);
        } catch (IOException e) {
            throw new TokenException("no PIN: " + source() + " cannot be read: " + e, e);
        }
        int end = 0;
        while (end < content.length && content[end] != '\n' && content[end] != '\r') {
            end++;
        }
        byte[] pin = Arrays.copyOf(content, end);
        Arrays.fill(content, (byte) 0);
        if (end == 0 || end > MAX_LENGTH) {
            throw new TokenException(
                    "no PIN: the first line of "
                            + source()
                            + " is empty or longer than "
                            + MAX_LENGTH,
                    null);
        }
        return pin;
    }

    private String source() {
        return settings.pinFile() == null
                ? "environment variable " + settings.pinEnvironmentVariable()
                : "file " + settings.pinFile();
    }
}
