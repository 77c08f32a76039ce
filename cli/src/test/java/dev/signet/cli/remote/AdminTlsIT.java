package dev.signet.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.TestPki;
import dev.signet.client.Pem;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import javax.net.ssl.SSLContext;

class AdminTlsIT {

    private static final TestPki PKI = new TestPki();

    @TempDir private Path directory;

    @Test
    void aKeyThatIsReplacedBeforeItsCertificateIsWaitedFor() throws Exception {
        Path old = identity("old");
        Path next = identity("next");
        writeCertificate(old);
        writeKey(next);
        CompletableFuture<SSLContext> command =
                CompletableFuture.supplyAsync(
                        () -> AdminTls.context(target()), Thread::startVirtualThread);
        writeCertificate(next);
        assertThat(command.join()).isNotNull();
    }

    @Test
    void aPairThatDoesNotBelongTogetherIsNamed() throws Exception {
        writeCertificate(identity("old"));
        writeKey(identity("next"));
        assertThatThrownBy(() -> AdminTls.context(target()))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining("chain.pem")
                .hasMessageContaining("key.pem")
                .hasMessageContaining("not the one of the certificate");
    }

    private AdminTarget target() {
        return new AdminTarget(
                URI.create("https://localhost:1"),
                directory.resolve("bundle.pem"),
                new AdminCredential.Certificate(
                        directory.resolve("chain.pem"), directory.resolve("key.pem")));
    }

    private Path identity(String name) throws Exception {
        PKI.bundle(directory.resolve("bundle.pem"));
        return PKI.client(
                directory.resolve(name + ".pem"),
                "spiffe://test.signet/people/" + name,
                Duration.ofMinutes(1),
                Duration.ofHours(1));
    }

    private void writeCertificate(Path identity) throws IOException {
        replace("chain.pem", Pem.encode(Pem.certificates(text(identity))));
    }

    private void writeKey(Path identity) throws IOException {
        replace("key.pem", Pem.encode(Pem.privateKey(text(identity))));
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.US_ASCII);
    }

    private void replace(String name, String text) throws IOException {
        Path next = Files.writeString(directory.resolve("." + name), text);
        Files.move(next, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }
}
