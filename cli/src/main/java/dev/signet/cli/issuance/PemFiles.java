package dev.signet.cli.issuance;

import dev.signet.cli.home.PrivateFiles;
import dev.signet.client.Pem;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Key and certificate as PEM, in two files or in one. Two files cannot be replaced at once: the
/// new pair is first written as a whole to `.KEY.next` beside the key, so that whoever comes after
/// an interruption puts both in their places.
record PemFiles(Path key, Path certificate, @Nullable Path bundle) implements CredentialFiles {

    static final String KEY = "key.pem";
    static final String CERTIFICATE = "cert.pem";
    static final String BUNDLE = "bundle.pem";

    static PemFiles in(Path directory) {
        return new PemFiles(
                directory.resolve(KEY), directory.resolve(CERTIFICATE), directory.resolve(BUNDLE));
    }

    @Override
    public Map<String, Path> all() {
        Map<String, Path> all = new LinkedHashMap<>();
        all.put("key", key);
        all.put("certificate", certificate);
        if (bundle != null) {
            all.put("bundle", bundle);
        }
        return all;
    }

    @Override
    public KeyStore.PrivateKeyEntry read() throws IOException {
        String chainText = text(certificate);
        return Pem.keyEntry(chainText, oneFile() ? chainText : text(key));
    }

    @Override
    public List<Path> write(
            PrivateKey privateKey,
            String keyPem,
            List<X509Certificate> chain,
            List<X509Certificate> trusted)
            throws IOException {
        List<Path> moved = new ArrayList<>();
        // What is trusted comes first: the new chain may need it, the old one is in it.
        writeBundle(bundle, trusted, moved);
        String pair = keyPem + Pem.encode(chain);
        if (oneFile()) {
            note(PrivateFiles.replaceSecret(key, bytes(pair)), key, moved);
            return moved;
        }
        PrivateFiles.writeSecret(next(), pair);
        place(keyPem, chain, moved);
        return moved;
    }

    private void place(String keyPem, List<X509Certificate> chain, List<Path> moved)
            throws IOException {
        note(PrivateFiles.replaceSecret(key, bytes(keyPem)), key, moved);
        note(PrivateFiles.replacePublic(certificate, bytes(Pem.encode(chain))), certificate, moved);
        Files.delete(next());
    }

    @Override
    public boolean complete() throws IOException {
        if (oneFile() || !Files.exists(next())) {
            return false;
        }
        String pair = text(next());
        KeyStore.PrivateKeyEntry entry;
        try {
            entry = Pem.keyEntry(pair, pair);
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    next() + " is left of a replacement and cannot be used; remove it", e);
        }
        if (isOlder((X509Certificate) entry.getCertificate())) {
            Files.delete(next());
            return false;
        }
        place(
                pair.substring(0, pair.indexOf("-----BEGIN CERTIFICATE-----")),
                Pem.certificates(pair),
                new ArrayList<>());
        return true;
    }

    /// Whether somebody has put a newer pair there meanwhile.
    private boolean isOlder(X509Certificate left) throws IOException {
        try {
            X509Certificate there = (X509Certificate) read().getCertificate();
            return there.getNotBefore().toInstant().isAfter(left.getNotBefore().toInstant());
        } catch (IllegalArgumentException | NoSuchFileException e) {
            return false; // the half that the interruption left
        }
    }

    private Path next() {
        return key.resolveSibling("." + key.getFileName() + ".next");
    }

    private boolean oneFile() {
        return key.equals(certificate);
    }

    static void writeBundle(@Nullable Path bundle, List<X509Certificate> trusted, List<Path> moved)
            throws IOException {
        if (bundle == null || (Files.exists(bundle) && holds(bundle, trusted))) {
            return;
        }
        note(PrivateFiles.replacePublic(bundle, bytes(Pem.encode(trusted))), bundle, moved);
    }

    private static boolean holds(Path bundle, List<X509Certificate> trusted) throws IOException {
        try {
            return Pem.certificates(text(bundle)).equals(trusted);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    static void note(boolean ownerKept, Path file, List<Path> moved) {
        if (!ownerKept) {
            moved.add(file);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String text(Path file) throws IOException {
        if (Files.size(file) > Pem.MAX_LENGTH) {
            throw new IllegalArgumentException(file + " is larger than 1 MiB");
        }
        // Comments may be in any encoding.
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }
}
