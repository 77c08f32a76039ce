package dev.signet.ca.egress;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/// The files that a TLS client or server is made of; a key is used only with the certificate that
/// it belongs to. Messages name the file, never what is in it (R20).
///
/// @param ca PEM certificates to verify the other side with; null: those of the JDK
/// @param certificate PEM chain to show to the other side, leaf first; null: none
/// @param key its PKCS#8 key, PEM (`PRIVATE KEY`); null together with the chain
public record TlsFiles(@Nullable Path ca, @Nullable Path certificate, @Nullable Path key)
        implements TlsSource {

    private static final int MAX_FILE = 1024 * 1024;
    private static final char[] NO_PASSWORD = new char[0];

    /// Verifies with the CAs of this file, null: with those of the JDK, and shows nothing.
    public static TlsFiles trusting(@Nullable Path ca) {
        return new TlsFiles(ca, null, null);
    }

    /// Tells one content of the files from the next.
    private record Version(
            @Nullable FileVersion ca,
            @Nullable FileVersion certificate,
            @Nullable FileVersion key) {}

    /// A symbolic link that leads to another file is another version, whatever that one's time.
    private record FileVersion(@Nullable Object file, FileTime modified, long size) {}

    @Override
    public Object version() {
        return new Version(version(ca), version(certificate), version(key));
    }

    private static @Nullable FileVersion version(@Nullable Path file) {
        if (file == null) {
            return null;
        }
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            return new FileVersion(now.fileKey(), now.lastModifiedTime(), now.size());
        } catch (IOException _) {
            return null; // reading it says what is wrong
        }
    }

    /// @return empty where the JDK's own defaults are meant
    /// @throws IOException when a file cannot be read; the message is ours
    /// @throws GeneralSecurityException when its content is not usable; the message is ours
    @Override
    public Optional<SSLContext> context() throws IOException, GeneralSecurityException {
        if (ca == null && certificate == null) {
            return Optional.empty();
        }
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keyManagers(), trustManagers(), null);
        return Optional.of(context);
    }

    private TrustManager @Nullable [] trustManagers() throws IOException, GeneralSecurityException {
        if (ca == null) {
            return null; // those of the JDK
        }
        KeyStore trusted = empty();
        int index = 0;
        for (Certificate each : certificates(ca)) {
            trusted.setCertificateEntry("ca-" + index++, each);
        }
        TrustManagerFactory managers =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        return managers.getTrustManagers();
    }

    KeyManager @Nullable [] keyManagers() throws IOException, GeneralSecurityException {
        if (certificate == null || key == null) {
            return null; // none
        }
        PrivateKey own = privateKey(key);
        Certificate[] chain = certificates(certificate).toArray(new Certificate[0]);
        KeyPairProof.require(own, chain[0].getPublicKey(), key, certificate);
        KeyStore store = empty();
        store.setKeyEntry("own", own, NO_PASSWORD, chain);
        KeyManagerFactory managers =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, NO_PASSWORD);
        return managers.getKeyManagers();
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Collection<? extends Certificate> certificates(Path file)
            throws IOException, GeneralSecurityException {
        try (InputStream input = Files.newInputStream(file)) {
            InputStream pem = new ByteArrayInputStream(input.readNBytes(MAX_FILE));
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(pem);
            if (certificates.isEmpty()) {
                throw new CertificateException("there is none");
            }
            return certificates;
        } catch (IOException e) {
            throw unreadable(file, e);
        } catch (CertificateException e) {
            throw new CertificateException(file + " is not PEM certificates", e);
        }
    }

    private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
        byte[] der;
        try (InputStream input = Files.newInputStream(file)) {
            String pem = new String(input.readNBytes(MAX_FILE), StandardCharsets.US_ASCII);
            String begin = "-----BEGIN PRIVATE KEY-----";
            int from = pem.indexOf(begin);
            int to = pem.indexOf("-----END PRIVATE KEY-----", Math.max(from, 0));
            if (from < 0 || to < 0) {
                throw new InvalidKeySpecException(
                        file
                                + " is not a PKCS#8 key in PEM without passphrase (expected: BEGIN"
                                + " PRIVATE KEY; convert a SEC1, PKCS#1 or encrypted key with"
                                + " 'openssl pkey -in FILE -out NEW_FILE')");
            }
            der = Base64.getMimeDecoder().decode(pem.substring(from + begin.length(), to));
        } catch (IllegalArgumentException _) {
            // Without its cause, which may quote the key (R20).
            throw new InvalidKeySpecException(file + " is not Base64 between its PEM lines");
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        try {
            for (String algorithm : List.of("EC", "RSA", "Ed25519")) {
                try {
                    return KeyFactory.getInstance(algorithm)
                            .generatePrivate(new PKCS8EncodedKeySpec(der));
                } catch (InvalidKeySpecException _) {
                    // a key of another kind
                }
            }
        } finally {
            Arrays.fill(der, (byte) 0);
        }
        throw new InvalidKeySpecException(file + " is no EC, RSA or Ed25519 key");
    }

    private static IOException unreadable(Path file, IOException e) {
        return new IOException(file + " cannot be read: " + e.getClass().getSimpleName(), e);
    }
}
