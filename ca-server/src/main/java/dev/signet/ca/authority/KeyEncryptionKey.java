package dev.signet.ca.authority;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.UnaryOperator;

import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// The key that the CA's private keys are wrapped with: AES-256-GCM, a fresh random nonce each
/// time, bound to the authority and its role. Thread-safe; never prints the key.
final class KeyEncryptionKey {

    private static final int KEY_LENGTH = 32;
    private static final int CHECK_LENGTH = 16;
    private static final byte VERSION = 1;
    private static final int NONCE_LENGTH = 12;
    private static final int TAG_BITS = 128;

    /// Longest base64 text of a key with white space around it; a longer file is not ours.
    private static final int MAX_FILE_LENGTH = 256;

    private final SecretKey key;
    private final byte[] check;
    private final SecureRandom random;

    /// @param octets 32; the caller may clear them afterwards
    KeyEncryptionKey(byte[] octets, SecureRandom random) {
        if (octets.length != KEY_LENGTH) {
            throw new IllegalArgumentException(
                    "key-encryption key has " + octets.length + " octets (expected: 32)");
        }
        this.key = new SecretKeySpec(octets, "AES");
        this.random = random;
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(octets, "HmacSHA256"));
            this.check =
                    Arrays.copyOf(
                            mac.doFinal(
                                    "signet key-encryption key check 1"
                                            .getBytes(StandardCharsets.US_ASCII)),
                            CHECK_LENGTH);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no HMAC-SHA256", e);
        }
    }

    /// @param environment looks up an environment variable; gives null for one that is not set
    /// @throws IllegalArgumentException when there is no key of 32 octets at the source, in words
    ///   that name the source and not its content
    static KeyEncryptionKey from(
            KeyEncryptionKeySettings settings,
            UnaryOperator<@Nullable String> environment,
            SecureRandom random) {
        byte[] octets = octets(settings, environment);
        try {
            return new KeyEncryptionKey(octets, random);
        } finally {
            Arrays.fill(octets, (byte) 0);
        }
    }

    private static byte[] octets(
            KeyEncryptionKeySettings settings, UnaryOperator<@Nullable String> environment) {
        Path file = settings.file();
        if (file != null) {
            byte[] content = read(file);
            return content.length == KEY_LENGTH ? content : decode(content, settings);
        }
        String text = settings.base64();
        if (settings.environmentVariable() != null) {
            text = environment.apply(settings.environmentVariable());
        }
        if (text == null) {
            throw unusable(settings, "is not set");
        }
        return decode(text.getBytes(StandardCharsets.ISO_8859_1), settings);
    }

    private static byte[] read(Path file) {
        try (InputStream input = Files.newInputStream(file)) {
            return input.readNBytes(MAX_FILE_LENGTH + 1);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "key-encryption key file " + file + " cannot be read: " + e, e);
        }
    }

    private static byte[] decode(byte[] base64, KeyEncryptionKeySettings settings) {
        byte[] octets;
        try {
            octets =
                    Base64.getDecoder()
                            .decode(new String(base64, StandardCharsets.ISO_8859_1).strip());
        } catch (IllegalArgumentException _) {
            throw unusable(settings, "is neither 32 octets nor base64");
        } finally {
            Arrays.fill(base64, (byte) 0);
        }
        if (octets.length != KEY_LENGTH) {
            throw unusable(settings, "has " + octets.length + " octets");
        }
        return octets;
    }

    private static IllegalArgumentException unusable(
            KeyEncryptionKeySettings settings, String problem) {
        return new IllegalArgumentException(
                "key-encryption key in "
                        + settings
                        + " "
                        + problem
                        + " (expected: 32 octets, for example from 'openssl rand -base64 32')");
    }

    /// Tells keys apart without telling anything of them: 16 octets.
    byte[] check() {
        return check.clone();
    }

    /// @param privateKey PKCS#8; the caller clears it
    byte[] wrap(byte[] privateKey, String authorityId, AuthorityRole role) {
        byte[] nonce = new byte[NONCE_LENGTH];
        random.nextBytes(nonce);
        try {
            byte[] sealed =
                    cipher(Cipher.ENCRYPT_MODE, nonce, authorityId, role).doFinal(privateKey);
            byte[] wrapped = new byte[1 + NONCE_LENGTH + sealed.length];
            wrapped[0] = VERSION;
            System.arraycopy(nonce, 0, wrapped, 1, NONCE_LENGTH);
            System.arraycopy(sealed, 0, wrapped, 1 + NONCE_LENGTH, sealed.length);
            return wrapped;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("key of authority " + authorityId + " not wrapped", e);
        }
    }

    /// @return PKCS#8; the caller clears it
    /// @throws IllegalStateException when these octets were not wrapped with this key for this
    ///   authority and role
    byte[] unwrap(byte[] wrapped, String authorityId, AuthorityRole role) {
        if (wrapped.length <= 1 + NONCE_LENGTH || wrapped[0] != VERSION) {
            throw damaged(authorityId, null);
        }
        byte[] nonce = Arrays.copyOfRange(wrapped, 1, 1 + NONCE_LENGTH);
        try {
            return cipher(Cipher.DECRYPT_MODE, nonce, authorityId, role)
                    .doFinal(wrapped, 1 + NONCE_LENGTH, wrapped.length - 1 - NONCE_LENGTH);
        } catch (AEADBadTagException e) {
            throw damaged(authorityId, e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    "key of authority " + authorityId + " not unwrapped", e);
        }
    }

    private static IllegalStateException damaged(
            String authorityId, @Nullable AEADBadTagException cause) {
        return new IllegalStateException(
                "wrapped key of authority "
                        + authorityId
                        + " was changed after it was stored, or belongs to another authority;"
                        + " restore table authority.private_key from a backup",
                cause);
    }

    private Cipher cipher(int mode, byte[] nonce, String authorityId, AuthorityRole role)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(
                ("signet authority key 1|" + authorityId + "|" + role.text())
                        .getBytes(StandardCharsets.US_ASCII));
        return cipher;
    }

    @Override
    public String toString() {
        return "KeyEncryptionKey";
    }
}
