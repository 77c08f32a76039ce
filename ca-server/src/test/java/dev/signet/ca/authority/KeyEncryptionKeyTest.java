package dev.signet.ca.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

class KeyEncryptionKeyTest {

    private static final String ID = "ab".repeat(32);
    private static final byte[] SECRET = "a private key of some length".getBytes();

    private static byte[] octets(int octet) {
        byte[] octets = new byte[32];
        Arrays.fill(octets, (byte) octet);
        return octets;
    }

    private static KeyEncryptionKey key(int octet) {
        return new KeyEncryptionKey(octets(octet), new SecureRandom());
    }

    @Test
    void opensWhatItWrapped() {
        byte[] wrapped = key(1).wrap(SECRET, ID, AuthorityRole.ISSUING);
        assertThat(key(1).unwrap(wrapped, ID, AuthorityRole.ISSUING)).isEqualTo(SECRET);
        assertThat(key(1).wrap(SECRET, ID, AuthorityRole.ISSUING)).isNotEqualTo(wrapped);
    }

    @Test
    void opensNothingForAnotherAuthorityRoleOrKeyAndNothingThatWasChanged() {
        byte[] wrapped = key(1).wrap(SECRET, ID, AuthorityRole.ISSUING);
        assertThatThrownBy(() -> key(1).unwrap(wrapped, "cd".repeat(32), AuthorityRole.ISSUING))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> key(1).unwrap(wrapped, ID, AuthorityRole.ROOT))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> key(2).unwrap(wrapped, ID, AuthorityRole.ISSUING))
                .isInstanceOf(IllegalStateException.class);
        for (int i = 0; i < wrapped.length; i++) {
            byte[] changed = wrapped.clone();
            changed[i] ^= 1;
            assertThatThrownBy(() -> key(1).unwrap(changed, ID, AuthorityRole.ISSUING))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void itsCheckTellsKeysApart() {
        assertThat(key(1).check()).isEqualTo(key(1).check()).isNotEqualTo(key(2).check());
        assertThat(key(1).check()).hasSize(16);
    }

    @Test
    void comesFromAFileAsOctetsOrBase64(@TempDir Path directory) throws Exception {
        Path raw = Files.write(directory.resolve("raw"), octets(3));
        Path text =
                Files.writeString(
                        directory.resolve("text"),
                        Base64.getEncoder().encodeToString(octets(3)) + "\n");
        for (Path file : new Path[] {raw, text}) {
            assertThat(from(new KeyEncryptionKeySettings(file, null, null), null).check())
                    .isEqualTo(key(3).check());
        }
    }

    @Test
    void comesFromTheEnvironmentOrASetting() {
        String base64 = Base64.getEncoder().encodeToString(octets(3));
        assertThat(from(new KeyEncryptionKeySettings(null, "KEY", null), base64).check())
                .isEqualTo(key(3).check());
        assertThat(from(new KeyEncryptionKeySettings(null, null, base64), null).check())
                .isEqualTo(key(3).check());
    }

    @Test
    void R20_aKeyThatIsNoneIsRefusedWithoutShowingIt(@TempDir Path directory) {
        assertThatThrownBy(() ->
                        from(
                                new KeyEncryptionKeySettings(
                                        directory.resolve("absent"), null, null),
                                null))
                .hasMessageContaining("absent")
                .hasMessageContaining("cannot be read");
        assertThatThrownBy(() -> from(new KeyEncryptionKeySettings(null, "KEY", null), null))
                .hasMessageContaining("environment variable KEY is not set");
        assertThatThrownBy(() -> from(new KeyEncryptionKeySettings(null, null, "c2VjcmV0"), null))
                .hasMessageContaining("has 6 octets")
                .hasMessageNotContaining("c2VjcmV0");
        assertThatThrownBy(
                        () -> from(new KeyEncryptionKeySettings(null, null, "not base64 !"), null))
                .hasMessageNotContaining("not base64 !");
    }

    @Test
    void R20_printsNoKey() {
        String base64 = Base64.getEncoder().encodeToString(octets(3));
        KeyEncryptionKeySettings settings = new KeyEncryptionKeySettings(null, null, base64);
        AuthoritySettings all =
                new AuthoritySettings(
                        null, null, null, null, null, null, null, settings, null, null, null);
        assertThat(settings.toString() + all + key(3)).doesNotContain(base64.substring(0, 8));
    }

    @Test
    void needsExactlyOneSource() {
        assertThatThrownBy(() -> new KeyEncryptionKeySettings(null, null, null))
                .hasMessageContaining("0 sources");
        assertThatThrownBy(() -> new KeyEncryptionKeySettings(Path.of("f"), "KEY", null))
                .hasMessageContaining("2 sources");
        assertThatThrownBy(() ->
                        new AuthoritySettings(
                                null, null, null, null, null, null, null, null, null, null, null))
                .hasMessageContaining("key-encryption-key is missing");
    }

    private static KeyEncryptionKey from(KeyEncryptionKeySettings settings, String environment) {
        return KeyEncryptionKey.from(settings, _ -> environment, new SecureRandom());
    }
}
