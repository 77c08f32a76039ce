package dev.signet.cli.issuance;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;

/// Where a key, its certificate chain and the trust bundle are. Whoever replaces them holds the
/// lock of [#key()]. Not for threads at once.
sealed interface CredentialFiles permits PemFiles, KeystoreFiles {

    /// The file with the key.
    Path key();

    /// The file with the certificate; may be that of the key.
    Path certificate();

    /// The trust bundle, PEM; null: not kept here.
    @Nullable Path bundle();

    /// Everything that [#write] writes, by the name of its role.
    Map<String, Path> all();

    /// The pair that is held, proved to belong together.
    ///
    /// @throws IOException when a file cannot be read
    /// @throws IllegalArgumentException when there is no pair in the files; the message says why
    KeyStore.PrivateKeyEntry read() throws IOException;

    /// Replaces everything. What was there before stays as it was when this fails before the key
    /// was replaced; from then on [#complete] finishes it.
    ///
    /// @param trusted what the trust bundle has
    /// @return the files whose owner and group could not be kept
    List<Path> write(
            PrivateKey key,
            String keyPem,
            List<X509Certificate> chain,
            List<X509Certificate> trusted)
            throws IOException;

    /// Finishes a replacement that was interrupted.
    ///
    /// @return whether there was one
    boolean complete() throws IOException;
}
