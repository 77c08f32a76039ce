package dev.signet.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
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
    /// key, PEM PKCS#8. Both are read again at each use. The certificate is renewed at once, with
    /// the same identity.
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
    record CertificateFiles(Path chain, Path privateKey) implements CredentialSource {

        /// @throws RequestRefusedException when the files hold no certificate and key
        X509Svid read() {
            try {
                if (Files.size(chain) > Pem.MAX_LENGTH || Files.size(privateKey) > Pem.MAX_LENGTH) {
                    throw new IllegalArgumentException("file is larger than 1 MiB");
                }
                List<X509Certificate> certificates =
                        Pem.certificates(Files.readString(chain, StandardCharsets.US_ASCII));
                PrivateKey key =
                        Pem.privateKey(Files.readString(privateKey, StandardCharsets.US_ASCII));
                SpiffeId id = SvidVerifier.spiffeId(certificates.get(0));
                return new X509Svid(id, key, certificates);
            } catch (IOException
                    | IllegalArgumentException
                    | java.security.cert.CertificateException e) {
                throw new RequestRefusedException(
                        "CERTIFICATE_FILES_UNREADABLE",
                        "certificate " + chain + " with its key cannot be used: " + e.getMessage(),
                        Map.of(),
                        e);
            }
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
