package dev.signet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/// Files of a credential as the kubelet mounts them from a Secret: symbolic links through `..data`,
/// which is replaced as a whole.
class CertificateFilesIT {

    private final Instant now = Instant.now();
    private final TestCa ca = TestCa.create("example.org", now);

    @TempDir private Path directory;
    private int generation;

    @BeforeEach
    void link() throws IOException {
        for (String name : new String[] {"tls.crt", "tls.key", "token"}) {
            Files.createSymbolicLink(directory.resolve(name), Path.of("..data", name));
        }
    }

    @Test
    void aKeyIsUsedWithItsOwnCertificateWhicheverFileComesFirst() throws IOException {
        X509Svid before = svid();
        mount(before.chainPem(), before.privateKeyPem());
        CredentialSource.CertificateFiles files = files();
        assertThat(files.read().leaf()).isEqualTo(before.leaf());
        for (int i = 0; i < 3; i++) {
            X509Svid next = svid();
            mount(before.chainPem(), next.privateKeyPem());
            assertThat(files.read().leaf()).isEqualTo(before.leaf());
            assertThat(files.read().privateKey()).isEqualTo(before.privateKey());
            mount(next.chainPem(), next.privateKeyPem());
            assertThat(files.read().leaf()).isEqualTo(next.leaf());
            before = next;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"no certificate", "no key", "half a certificate", "half a key"})
    void filesThatAreNotUsableStopNothing(String what) throws IOException {
        X509Svid old = svid();
        X509Svid next = svid();
        mount(old.chainPem(), old.privateKeyPem());
        CredentialSource.CertificateFiles files = files();
        files.read();
        switch (what) {
            case "no certificate" -> mount(Map.of("tls.key", next.privateKeyPem()));
            case "no key" -> mount(Map.of("tls.crt", next.chainPem()));
            case "half a certificate" -> mount(half(next.chainPem()), next.privateKeyPem());
            case "half a key" -> mount(next.chainPem(), half(next.privateKeyPem()));
            default -> throw new AssertionError(what);
        }
        assertThat(files.read().leaf()).isEqualTo(old.leaf());
        mount(next.chainPem(), next.privateKeyPem());
        assertThat(files.read().leaf()).isEqualTo(next.leaf());
    }

    @Test
    void aPairThatNeverMatchedIsRefusedAndBothFilesAreNamed() throws IOException {
        mount(svid().chainPem(), svid().privateKeyPem());
        assertThatThrownBy(() -> files().read())
                .isInstanceOfSatisfying(
                        RequestRefusedException.class,
                        refused ->
                                assertThat(refused.code())
                                        .isEqualTo("CERTIFICATE_FILES_UNREADABLE"))
                .hasMessageContaining("tls.crt")
                .hasMessageContaining("tls.key")
                .hasMessageContaining("not the one of the certificate");
    }

    @Test
    void aTokenFileIsFollowed() throws IOException {
        CredentialSource.TokenFile file =
                new CredentialSource.TokenFile(directory.resolve("token"));
        for (int i = 0; i < 3; i++) {
            mount(Map.of("token", "token-" + i));
            assertThat(file.authorization()).isEqualTo("Bearer token-" + i);
        }
    }

    private X509Svid svid() {
        return ca.svid("/payments", now.minusSeconds(60), Duration.ofHours(1));
    }

    private CredentialSource.CertificateFiles files() {
        return (CredentialSource.CertificateFiles)
                CredentialSource.certificateFiles(
                        directory.resolve("tls.crt"), directory.resolve("tls.key"));
    }

    private void mount(String chain, String key) throws IOException {
        mount(Map.of("tls.crt", chain, "tls.key", key));
    }

    private void mount(Map<String, String> files) throws IOException {
        Path content = Files.createDirectory(directory.resolve("..content-" + ++generation));
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(
                    content.resolve(file.getKey()), file.getValue(), StandardCharsets.US_ASCII);
        }
        Path link =
                Files.createSymbolicLink(directory.resolve("..data_tmp"), content.getFileName());
        Files.move(link, directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    }

    private static String half(String pem) {
        return pem.substring(0, pem.length() / 2);
    }
}
