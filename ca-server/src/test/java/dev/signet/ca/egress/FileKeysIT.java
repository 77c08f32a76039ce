package dev.signet.ca.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.MountedFiles;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

class FileKeysIT {

    @TempDir private Path directory;

    @ParameterizedTest
    @CsvSource({"EC, SHA256withECDSA", "RSA, SHA256withRSA", "Ed25519, Ed25519"})
    void threeReplacementsOfASecretAreServedOneByOne(String key, String signature)
            throws Exception {
        TestPair first = TestPair.create(key, signature);
        MountedFiles secret = MountedFiles.in(directory, first.files());
        FileKeys keys = keys(secret);
        assertThat(served(keys)).isEqualTo(first.certificate());
        for (int i = 0; i < 3; i++) {
            TestPair next = TestPair.create(key, signature);
            secret.replace(next.files());
            assertThat(served(keys)).isEqualTo(next.certificate());
        }
        assertThat(keys.stale()).isZero();
    }

    @Test
    void aKeyThatIsReplacedBeforeItsCertificateIsNotServedWithTheOldOne() throws Exception {
        TestPair old = TestPair.create();
        MountedFiles secret = MountedFiles.in(directory, old.files());
        FileKeys keys = keys(secret);
        TestPair before = old;
        for (int i = 0; i < 3; i++) {
            TestPair next = TestPair.create();
            secret.replace(before.filesWithKeyOf(next));
            assertThat(served(keys)).isEqualTo(before.certificate());
            assertThat(keys.stale()).isPositive();
            secret.replace(next.files());
            assertThat(served(keys)).isEqualTo(next.certificate());
            assertThat(keys.stale()).isZero();
            before = next;
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no certificate",
                "no key",
                "half a certificate",
                "half a key",
                "empty files",
                "a key that is not Base64",
                "directories",
                "a key of another algorithm"
            })
    void filesThatAreNotUsableStopNothing(String what) throws Exception {
        TestPair old = TestPair.create();
        MountedFiles secret = MountedFiles.in(directory, old.files());
        FileKeys keys = keys(secret);
        TestPair next = TestPair.create();
        Map<String, byte[]> files = new HashMap<>(next.files());
        switch (what) {
            case "no certificate" -> files.remove("tls.crt");
            case "no key" -> files.remove("tls.key");
            case "half a certificate" -> files.put("tls.crt", half(next.chainPem()));
            case "half a key" -> files.put("tls.key", half(next.keyPem()));
            case "empty files" -> files.replaceAll((_, _) -> new byte[0]);
            case "a key that is not Base64" ->
                    files.put(
                            "tls.key",
                            "-----BEGIN PRIVATE KEY-----\nA\n-----END PRIVATE KEY-----\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            case "directories" -> files.clear();
            case "a key of another algorithm" ->
                    files.put("tls.key", TestPair.create("RSA", "SHA256withRSA").keyPem());
            default -> throw new AssertionError(what);
        }
        secret.replace(files);
        if (what.equals("directories")) {
            Files.createDirectory(directory.resolve("..data").resolve("tls.crt"));
            Files.createDirectory(directory.resolve("..data").resolve("tls.key"));
        }
        assertThat(served(keys)).isEqualTo(old.certificate());
        assertThat(keys.stale()).isPositive();
        secret.replace(next.files());
        assertThat(served(keys)).isEqualTo(next.certificate());
    }

    @Test
    void aHandshakeHasKeyAndCertificateOfOneReading() throws Exception {
        TestPair old = TestPair.create();
        MountedFiles secret = MountedFiles.in(directory, old.files());
        FileKeys keys = keys(secret);
        String begun = keys.chooseEngineServerAlias("EC", null, null);
        TestPair next = TestPair.create();
        secret.replace(next.files());
        String later = keys.chooseEngineServerAlias("EC", null, null);
        assertThat(keys.getCertificateChain(begun)).containsExactly(old.certificate());
        KeyPairProof.require(
                keys.getPrivateKey(begun), old.certificate().getPublicKey(), directory, directory);
        assertThat(keys.getCertificateChain(later)).containsExactly(next.certificate());
        KeyPairProof.require(
                keys.getPrivateKey(later), next.certificate().getPublicKey(), directory, directory);
        assertThat(keys.getCertificateChain("unknown")).isNull();
        assertThat(keys.chooseEngineServerAlias("RSA", null, null)).isNull();
    }

    @Test
    void aStartWaitsForTheOtherFileOfAPair() throws Exception {
        TestPair old = TestPair.create();
        TestPair next = TestPair.create();
        MountedFiles secret = MountedFiles.in(directory, old.filesWithKeyOf(next));
        CompletableFuture<FileKeys> start =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return keys(secret);
                            } catch (GeneralSecurityException e) {
                                throw new AssertionError(e);
                            }
                        },
                        Thread::startVirtualThread);
        secret.replace(next.files());
        assertThat(served(start.join())).isEqualTo(next.certificate());
    }

    @Test
    void aPairThatStaysMismatchedEndsTheStartAndNamesBothFiles() throws Exception {
        MountedFiles secret =
                MountedFiles.in(directory, TestPair.create().filesWithKeyOf(TestPair.create()));
        assertThatThrownBy(() -> keys(secret))
                .isInstanceOf(GeneralSecurityException.class)
                .hasMessageContaining("tls.key")
                .hasMessageContaining("tls.crt")
                .hasMessageContaining("pair");
    }

    @Test
    void E32_aKeyInAnotherFormIsNamedWithTheCommandThatConvertsIt() throws Exception {
        MountedFiles secret = MountedFiles.in(directory, TestPair.create().files());
        Path key = directory.resolve("sec1.key");
        Files.writeString(
                key, "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n");
        assertThatThrownBy(() ->
                        FileKeys.of(new TlsFiles(null, secret.file("tls.crt"), key), Duration.ZERO))
                .hasStackTraceContaining(key.toString())
                .hasStackTraceContaining("openssl pkey -in FILE -out NEW_FILE");
    }

    private static FileKeys keys(MountedFiles secret) throws GeneralSecurityException {
        return FileKeys.of(
                new TlsFiles(null, secret.file("tls.crt"), secret.file("tls.key")), Duration.ZERO);
    }

    private static byte[] half(byte[] pem) {
        return Arrays.copyOf(pem, pem.length / 2);
    }

    /// What a whole handshake shows: its signature was verified with it.
    private static X509Certificate served(FileKeys keys) throws Exception {
        SSLContext server = SSLContext.getInstance("TLS");
        server.init(new KeyManager[] {keys}, null, null);
        SSLContext client = SSLContext.getInstance("TLS");
        client.init(null, new TrustManager[] {new TakesAnybody()}, null);
        try (SSLServerSocket listener =
                (SSLServerSocket)
                        server.getServerSocketFactory()
                                .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> answer =
                    CompletableFuture.runAsync(
                            () -> {
                                try (SSLSocket accepted = (SSLSocket) listener.accept()) {
                                    accepted.startHandshake();
                                    accepted.getOutputStream().write(1);
                                } catch (java.io.IOException e) {
                                    throw new java.io.UncheckedIOException(e);
                                }
                            },
                            Thread::startVirtualThread);
            try (SSLSocket socket =
                    (SSLSocket)
                            client.getSocketFactory()
                                    .createSocket(
                                            InetAddress.getLoopbackAddress(),
                                            listener.getLocalPort())) {
                socket.startHandshake();
                assertThat(socket.getInputStream().read()).isEqualTo(1);
                answer.join();
                return (X509Certificate) socket.getSession().getPeerCertificates()[0];
            }
        }
    }

    private static final class TakesAnybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
