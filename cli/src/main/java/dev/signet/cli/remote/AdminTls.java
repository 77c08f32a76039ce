package dev.signet.cli.remote;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;
import dev.signet.client.Pem;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// TLS of the admin API's client: trusts a bundle and nothing else, shows a client certificate
/// where that is the credential. Stateless.
final class AdminTls {

    private static final char[] NO_PASSWORD = {};
    private static final Duration PAIR_WAIT = Duration.ofSeconds(3);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private AdminTls() {}

    /// @throws CommandFailedException when a file cannot be used
    static SSLContext context(AdminTarget target) {
        try {
            KeyStore trusted = empty();
            int number = 0;
            for (X509Certificate authority : bundle(target.bundle())) {
                trusted.setCertificateEntry("ca" + number++, authority);
            }
            TrustManagerFactory trust =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys(target.credential()), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new CommandFailedException(
                    ExitCode.FAILED, "TLS", "TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    private static List<X509Certificate> bundle(Path file) {
        try {
            return Pem.certificates(text(file));
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandFailedException(
                    ExitCode.FAILED,
                    "NO_BUNDLE",
                    "no trust bundle at "
                            + file
                            + ": "
                            + why(e)
                            + "\nThe HTTP port of the server gives it as /trust-bundle.pem, to be"
                            + " fetched over a way that you trust",
                    e);
        }
    }

    private static KeyManager[] keys(AdminCredential credential)
            throws GeneralSecurityException, IOException {
        if (!(credential instanceof AdminCredential.Certificate(Path chain, Path key))) {
            return new KeyManager[0];
        }
        KeyStore own = empty();
        try {
            KeyStore.PrivateKeyEntry pair = pair(chain, key);
            own.setKeyEntry("own", pair.getPrivateKey(), NO_PASSWORD, pair.getCertificateChain());
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandFailedException(
                    ExitCode.NOT_PERMITTED,
                    "NO_CREDENTIAL",
                    credential.words()
                            + " cannot be used: "
                            + why(e)
                            + "\nLog in: signet login --help",
                    e);
        }
        KeyManagerFactory keys =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, NO_PASSWORD);
        return keys.getKeyManagers();
    }

    /// Of two files one may have been replaced a moment before the other.
    private static KeyStore.PrivateKeyEntry pair(Path chain, Path key) throws IOException {
        long begin = System.nanoTime();
        while (true) {
            String chainText = text(chain);
            try {
                return Pem.keyEntry(chainText, chain.equals(key) ? chainText : text(key));
            } catch (IllegalArgumentException e) {
                if (chain.equals(key) || System.nanoTime() - begin >= PAIR_WAIT.toNanos()) {
                    throw new IllegalArgumentException(
                            e.getMessage() + " (certificate " + chain + ", key " + key + ")", e);
                }
                pause(e);
            }
        }
    }

    private static void pause(IllegalArgumentException cause) {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw cause;
        }
    }

    private static String text(Path file) throws IOException {
        if (Files.size(file) > Pem.MAX_LENGTH) {
            throw new IllegalArgumentException("the file is larger than 1 MiB");
        }
        return Files.readString(file, StandardCharsets.US_ASCII);
    }

    private static String why(Exception failure) {
        return failure instanceof NoSuchFileException missing
                ? missing.getFile() + ": no such file"
                : String.valueOf(failure.getMessage());
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }
}
