package dev.signet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PemTest {

    @ParameterizedTest
    @CsvSource({
        "EC PRIVATE KEY,SEC1,openssl pkey -in FILE -out NEW_FILE",
        "RSA PRIVATE KEY,PKCS#1,openssl pkey -in FILE -out NEW_FILE",
        "ENCRYPTED PRIVATE KEY,PKCS#8 and encrypted,openssl pkey -in FILE -out NEW_FILE",
        "OPENSSH PRIVATE KEY,OpenSSH,ssh-keygen -p -m PKCS8",
    })
    void E32_aKeyInAnotherFormIsNamedWithTheCommandThatConvertsIt(
            String label, String form, String command) {
        assertThatThrownBy(() -> Pem.privateKey(block(label, "canary")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the private key is")
                .hasMessageContaining(form)
                .hasMessageContaining("BEGIN " + label)
                .hasMessageContaining(command)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("canary"));
    }

    @Test
    void E32_aKeyThatIsEncryptedTheOldWayIsCalledEncrypted() {
        String body = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\ncanary";
        assertThatThrownBy(() -> Pem.privateKey(block("EC PRIVATE KEY", body)))
                .hasMessageContaining("SEC1 and encrypted")
                .hasMessageContaining("asks for the passphrase");
    }

    @Test
    void ofParametersBesideAKeyNothingIsSaid() {
        java.security.PrivateKey key = TestCa.keys().getPrivate();
        assertThat(Pem.privateKey(block("EC PARAMETERS", "x") + Pem.encode(key))).isEqualTo(key);
        assertThatThrownBy(() -> Pem.privateKey("none"))
                .hasMessageContaining("found 0 private keys");
    }

    private static String block(String label, String body) {
        return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    }
}
