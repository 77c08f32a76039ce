package dev.signet.client;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// What a workload proves itself with when it has no valid certificate of this CA. Immutable,
/// thread-safe; none prints its secret.
public sealed interface CredentialSource
        permits CredentialSource.JoinToken,
                CredentialSource.TokenFile,
                CredentialSource.TokenSupplier,
                CredentialSource.CertificateFiles {

    /// A one-time join token. Good for the first certificate only: after an outage longer than the
    /// certificate's life the workload needs a new one.
    ///
    /// @throws IllegalArgumentException when the token is empty, longer than 128 characters or not
    ///   visible ASCII
    static CredentialSource joinToken(String token) {
        return new JoinToken(token);
    }

    /// A file that the platform keeps fresh, with one Kubernetes ServiceAccount or OIDC token of at
    /// most 8 KiB; read again at each use.
    static CredentialSource tokenFile(Path file) {
        return new TokenFile(file);
    }

    /// A token of at most 8 KiB that is got anew at each use, for what does not come as a file.
    ///
    /// @param supplier asked on the thread that renews: it must answer within a bounded time; what
    ///   it throws is a failed attempt (`TOKEN_UNAVAILABLE`), and further ones follow
    static CredentialSource tokens(Supplier<String> supplier) {
        return new TokenSupplier(supplier);
    }

    /// A certificate of this CA that the workload already holds, PEM, leaf first, and its private
    /// key, PEM PKCS#8. Both are read again at each use, and used only when the key belongs to the
    /// certificate; while one of the two is replaced, what was read before is used. The certificate
    /// is renewed at once, with the same identity.
    static CredentialSource certificateFiles(Path chain, Path privateKey) {
        return new CertificateFiles(chain, privateKey);
    }

    /// See [#joinToken].
    final class JoinToken implements CredentialSource {
        private static final int MAX_LENGTH = 128;
        private final String token;

        JoinToken(String token) {
            this.token = visible("join token", token, MAX_LENGTH);
        }

        String authorization() {
            return "Join " + token;
        }

        @Override
        public String toString() {
            return "join token";
        }
    }

    /// See [#tokenFile].
    record TokenFile(Path file) implements CredentialSource {
        static final int MAX_LENGTH = 8192;

        /// @throws RequestRefusedException when there is no token in the file
        String authorization() {
            try {
                if (Files.size(file) > MAX_LENGTH + 2) {
                    throw new IllegalArgumentException("file is larger than 8 KiB");
                }
                String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
                return "Bearer " + visible("token", text, MAX_LENGTH);
            } catch (IOException | IllegalArgumentException e) {
                throw new RequestRefusedException(
                        "TOKEN_FILE_UNREADABLE",
                        "token file "
                                + file
                                + " cannot be used: "
                                + e.getClass().getSimpleName()
                                + (e instanceof IllegalArgumentException
                                        ? ": " + e.getMessage()
                                        : ""),
                        Map.of(),
                        null);
            }
        }
    }

    /// See [#tokens].
    final class TokenSupplier implements CredentialSource {
        private final Supplier<String> supplier;

        TokenSupplier(Supplier<String> supplier) {
            this.supplier = supplier;
        }

        /// @throws CaUnavailableException when there is no token now
        String authorization() {
            try {
                return "Bearer " + visible("token", supplier.get(), TokenFile.MAX_LENGTH);
            } catch (RuntimeException e) {
                throw new CaUnavailableException(
                        "TOKEN_UNAVAILABLE", "no token could be got: " + e.getMessage(), null, e);
            }
        }

        @Override
        public String toString() {
            return "supplied token";
        }
    }

    /// See [#certificateFiles].
    final class CertificateFiles implements CredentialSource {

        private final Path chain;
        private final Path privateKey;
        private volatile @Nullable X509Svid last;

        CertificateFiles(Path chain, Path privateKey) {
            this.chain = chain;
            this.privateKey = privateKey;
        }

        /// What the files hold; while that is not usable, what they held before.
        ///
        /// @throws RequestRefusedException when the files hold no certificate with its key, and
        ///   have not before
        X509Svid read() {
            try {
                X509Svid now = pair();
                last = now;
                return now;
            } catch (IOException
                    | IllegalArgumentException
                    | java.security.cert.CertificateException e) {
                X509Svid before = last;
                if (before != null) {
                    System.getLogger(CredentialSource.class.getName())
                            .log(
                                    System.Logger.Level.WARNING,
                                    "certificate {0} with its key cannot be used; what was read"
                                            + " before is: {1}",
                                    chain,
                                    e.getMessage());
                    return before;
                }
                throw new RequestRefusedException(
                        "CERTIFICATE_FILES_UNREADABLE",
                        "certificate "
                                + chain
                                + " with key "
                                + privateKey
                                + " cannot be used: "
                                + e.getMessage(),
                        Map.of(),
                        e);
            }
        }

        private X509Svid pair() throws IOException, java.security.cert.CertificateException {
            String chainText = text(chain);
            // One file with both is read once: it may be replaced at any time.
            String keyText = chain.equals(privateKey) ? chainText : text(privateKey);
            KeyStore.PrivateKeyEntry entry = Pem.keyEntry(chainText, keyText);
            List<X509Certificate> certificates = new ArrayList<>();
            for (Certificate each : entry.getCertificateChain()) {
                certificates.add((X509Certificate) each);
            }
            SpiffeId id = SvidVerifier.spiffeId(certificates.get(0));
            return new X509Svid(id, entry.getPrivateKey(), certificates);
        }

        private static String text(Path file) throws IOException {
            if (Files.size(file) > Pem.MAX_LENGTH) {
                throw new IllegalArgumentException("file is larger than 1 MiB");
            }
            return Files.readString(file, StandardCharsets.US_ASCII);
        }

        @Override
        public String toString() {
            return "CertificateFiles[chain=" + chain + ", privateKey=" + privateKey + "]";
        }
    }

    private static String visible(String what, String text, int maxLength) {
        if (text.isEmpty() || text.length() > maxLength) {
            throw new IllegalArgumentException(
                    what
                            + " has "
                            + text.length()
                            + " characters (expected: 1 to "
                            + maxLength
                            + ")");
        }
        if (!text.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
            throw new IllegalArgumentException(what + " has a character that is not visible ASCII");
        }
        return text;
    }
}
