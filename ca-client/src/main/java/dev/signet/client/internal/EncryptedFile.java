package dev.signet.client.internal;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Set;

import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/// One file of AES-256-GCM: format mark with version and salt as additional authenticated data,
/// then a fresh nonce and the ciphertext. Replaced atomically, mode 0600 where the file system
/// knows modes. Not thread-safe: one owner.
public final class EncryptedFile {

    /// Largest file that is read, in octets.
    public static final int MAX_LENGTH = 1 << 20;

    private static final byte[] MARK = "SIGNET-CACHE-1\n".getBytes(StandardCharsets.US_ASCII);
    private static final int SALT_LENGTH = 16;
    private static final int NONCE_LENGTH = 12;
    private static final int HEADER_LENGTH = MARK.length + SALT_LENGTH + NONCE_LENGTH;
    private static final int TAG_BITS = 128;
    // OWASP's floor for PBKDF2 with HMAC-SHA-256.
    private static final int ITERATIONS = 600_000;

    private final Path file;
    private final @Nullable SecretKey key;
    private final char @Nullable [] passphrase;
    private final SecureRandom random;

    private byte[] derivedFrom = new byte[0];
    private @Nullable SecretKey derived;

    private EncryptedFile(
            Path file, @Nullable SecretKey key, char @Nullable [] passphrase, SecureRandom random) {
        this.file = file;
        this.key = key;
        this.passphrase = passphrase;
        this.random = random;
    }

    /// @param key 32 octets, copied
    public static EncryptedFile withKey(Path file, byte[] key, SecureRandom random) {
        return new EncryptedFile(file, new SecretKeySpec(key, "AES"), null, random);
    }

    /// @param passphrase copied; stretched by PBKDF2 with HMAC-SHA-256
    public static EncryptedFile withPassphrase(Path file, char[] passphrase, SecureRandom random) {
        return new EncryptedFile(file, null, passphrase.clone(), random);
    }

    public Path file() {
        return file;
    }

    /// The content, or null when there is no file.
    ///
    /// @throws IOException when it cannot be read
    /// @throws GeneralSecurityException when it is not ours, damaged, or of another key
    public byte @Nullable [] read() throws IOException, GeneralSecurityException {
        if (!Files.exists(file)) {
            return null;
        }
        long length = Files.size(file);
        if (length > MAX_LENGTH || length < HEADER_LENGTH) {
            throw new IOException(
                    "file has " + length + " octets (expected: a cache of this version)");
        }
        byte[] bytes = Files.readAllBytes(file);
        if (!Arrays.equals(bytes, 0, MARK.length, MARK, 0, MARK.length)) {
            throw new IOException("file is not a cache of this version");
        }
        int saltEnd = MARK.length + SALT_LENGTH;
        byte[] salt = Arrays.copyOfRange(bytes, MARK.length, saltEnd);
        byte[] nonce = Arrays.copyOfRange(bytes, saltEnd, HEADER_LENGTH);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.DECRYPT_MODE, keyFor(salt), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(bytes, 0, saltEnd);
        return cipher.doFinal(bytes, HEADER_LENGTH, bytes.length - HEADER_LENGTH);
    }

    /// Replaces the file: whoever reads it sees the old content or the new one.
    public void write(byte[] content) throws IOException, GeneralSecurityException {
        byte[] salt = derivedFrom.length == SALT_LENGTH ? derivedFrom : random(SALT_LENGTH);
        byte[] nonce = random(NONCE_LENGTH);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, keyFor(salt), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(MARK);
        cipher.updateAAD(salt);
        byte[] sealed = cipher.doFinal(content);
        byte[] bytes =
                ByteBuffer.allocate(HEADER_LENGTH + sealed.length)
                        .put(MARK)
                        .put(salt)
                        .put(nonce)
                        .put(sealed)
                        .array();
        replace(bytes);
    }

    private void replace(byte[] bytes) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IOException(file + " is not a file in a directory");
        }
        Path temporary =
                directory.resolve(
                        "." + file.getFileName() + "." + Long.toHexString(random.nextLong()));
        try {
            try (FileChannel channel =
                            FileChannel.open(
                                    temporary,
                                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                                    ownerOnly(directory));
                    OutputStream out = Channels.newOutputStream(channel)) {
                out.write(bytes);
                channel.force(true);
            }
            Files.move(
                    temporary,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static FileAttribute<?>[] ownerOnly(Path directory) throws IOException {
        if (!Files.getFileStore(directory).supportsFileAttributeView("posix")) {
            return new FileAttribute<?>[0];
        }
        return new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        };
    }

    private SecretKey keyFor(byte[] salt) throws GeneralSecurityException {
        if (key != null) {
            return key;
        }
        if (derived == null || !Arrays.equals(derivedFrom, salt)) {
            PBEKeySpec spec = new PBEKeySpec(passphrase, salt, ITERATIONS, 256);
            try {
                byte[] bytes =
                        SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                                .generateSecret(spec)
                                .getEncoded();
                derived = new SecretKeySpec(bytes, "AES");
                derivedFrom = salt;
            } finally {
                spec.clearPassword();
            }
        }
        return derived;
    }

    private byte[] random(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
