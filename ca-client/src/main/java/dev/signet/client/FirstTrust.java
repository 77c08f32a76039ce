package dev.signet.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/// How the CA is trusted before it has been talked to. After that the trust bundle that the CA
/// publishes takes over; first trust comes back into play only when there is neither a valid
/// certificate nor a cached one. Immutable, thread-safe.
public sealed interface FirstTrust
        permits FirstTrust.BundleFile, FirstTrust.Bundle, FirstTrust.PinnedRoot {

    /// Trusts the CA certificates of a PEM file, which is read again at each use: a file that the
    /// platform keeps fresh stays right.
    static FirstTrust bundleFile(Path file) {
        return new BundleFile(file);
    }

    /// Trusts these CA certificates, PEM text.
    ///
    /// @throws IllegalArgumentException when the text holds no certificate
    static FirstTrust bundle(String pem) {
        return new Bundle(Pem.certificates(pem));
    }

    /// Trusts the root certificate with this SHA-256 (of its DER encoding), 64 hexadecimal digits
    /// in any case, colons allowed: what `openssl x509 -noout -fingerprint -sha256` prints for the
    /// root.
    ///
    /// A server does not present its root. So a first connection, over which nothing secret goes,
    /// fetches the trust bundle from whoever answers; the certificate in it whose hash is the
    /// pinned one is taken, and everything else of that answer is dropped. A second connection must
    /// then present a chain to that root, for the host name that was dialled, before anything is
    /// believed or sent. A hash of an intermediate or of the server's certificate does not match.
    ///
    /// @throws IllegalArgumentException when the text is not a SHA-256
    static FirstTrust pinnedRoot(String sha256) {
        return new PinnedRoot(sha256);
    }

    /// See [#bundleFile].
    record BundleFile(Path file) implements FirstTrust {

        /// @throws UntrustedCaException when the file cannot be read or holds no certificate
        List<X509Certificate> read() {
            try {
                if (Files.size(file) > Pem.MAX_LENGTH) {
                    throw new IllegalArgumentException("file is larger than 1 MiB");
                }
                return Pem.certificates(Files.readString(file, StandardCharsets.US_ASCII));
            } catch (IOException | IllegalArgumentException e) {
                throw new UntrustedCaException(
                        "FIRST_TRUST_UNREADABLE",
                        "trust bundle file " + file + " cannot be used: " + e.getMessage(),
                        e);
            }
        }
    }

    /// See [#bundle].
    record Bundle(List<X509Certificate> authorities) implements FirstTrust {
        public Bundle {
            authorities = List.copyOf(authorities);
        }
    }

    /// See [#pinnedRoot].
    ///
    /// @param sha256 64 lower-case hexadecimal digits
    record PinnedRoot(String sha256) implements FirstTrust {
        public PinnedRoot {
            sha256 = sha256.replace(":", "").toLowerCase(Locale.ROOT);
            boolean hash = sha256.length() == 64;
            if (hash) {
                try {
                    HexFormat.of().parseHex(sha256);
                } catch (IllegalArgumentException e) {
                    hash = false;
                }
            }
            if (!hash) {
                throw new IllegalArgumentException(
                        "pin is not a SHA-256 (expected: 64 hexadecimal digits, colons allowed)");
            }
        }
    }
}
