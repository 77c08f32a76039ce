package dev.signet.client.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.stream.Stream;

class EncryptedFileTest {

    private static final byte[] CONTENT = "canary-secret".getBytes(StandardCharsets.UTF_8);

    @TempDir Path directory;
    private Path path;
    private EncryptedFile file;

    @BeforeEach
    void create() {
        path = directory.resolve("cache");
        file = EncryptedFile.withKey(path, new byte[32], new SecureRandom());
    }

    @Test
    void givesBackWhatWasWritten() throws Exception {
        assertThat(file.read()).isNull();
        file.write(CONTENT);
        file.write(CONTENT);
        assertThat(file.read()).isEqualTo(CONTENT);
    }

    @Test
    void isReadableByItsOwnerOnlyAndLeavesNothingBeside() throws Exception {
        file.write(CONTENT);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(path);
        }
    }

    @Test
    void R20_showsNothingOfItsContent() throws Exception {
        file.write(CONTENT);
        assertThat(new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1))
                .doesNotContain("canary");
    }

    @Test
    void noticesEveryChangedOctet() throws Exception {
        file.write(CONTENT);
        byte[] good = Files.readAllBytes(path);
        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 1;
            Files.write(path, bad);
            assertThatThrownBy(file::read).as("octet " + i).isInstanceOf(Exception.class);
        }
    }

    @Test
    void isClosedToAnotherKeyAndAnotherPassphrase() throws Exception {
        file.write(CONTENT);
        byte[] other = new byte[32];
        other[31] = 1;
        assertThatThrownBy(() -> EncryptedFile.withKey(path, other, new SecureRandom()).read())
                .isInstanceOf(GeneralSecurityException.class);

        char[] passphrase = "correct horse battery".toCharArray();
        EncryptedFile.withPassphrase(path, passphrase, new SecureRandom()).write(CONTENT);
        assertThat(EncryptedFile.withPassphrase(path, passphrase, new SecureRandom()).read())
                .isEqualTo(CONTENT);
        assertThatThrownBy(() ->
                        EncryptedFile.withPassphrase(
                                        path, "incorrect horse".toCharArray(), new SecureRandom())
                                .read())
                .isInstanceOf(GeneralSecurityException.class);
    }
}
