package dev.signet.cli.issuance;

import dev.signet.cli.home.PrivateFiles;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Key and certificate in a keystore, what is trusted in a truststore, both by one password. A
/// keystore is replaced at once, so that nothing is ever to be completed.
final class KeystoreFiles implements CredentialFiles {

    private static final String ALIAS = "signet";

    private final String type;
    private final Path keystore;
    private final Path truststore;
    private final @Nullable Path bundle;
    private final char[] password;

    private KeystoreFiles(
            String type, Path keystore, Path truststore, @Nullable Path bundle, char[] password) {
        this.type = type;
        this.keystore = keystore;
        this.truststore = truststore;
        this.bundle = bundle;
        this.password = password.clone();
    }

    static KeystoreFiles in(Path directory, FileFormat format, Path bundle, char[] password) {
        return new KeystoreFiles(
                format == FileFormat.JKS ? "JKS" : "PKCS12",
                keystore(directory, format),
                directory.resolve("truststore." + suffix(format)),
                bundle,
                password);
    }

    static Path keystore(Path directory, FileFormat format) {
        return directory.resolve("keystore." + suffix(format));
    }

    private static String suffix(FileFormat format) {
        return format.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Path key() {
        return keystore;
    }

    @Override
    public Path certificate() {
        return keystore;
    }

    @Override
    public @Nullable Path bundle() {
        return bundle;
    }

    @Override
    public Map<String, Path> all() {
        Map<String, Path> all = new LinkedHashMap<>();
        all.put("keystore", keystore);
        all.put("truststore", truststore);
        if (bundle != null) {
            all.put("bundle", bundle);
        }
        return all;
    }

    @Override
    public KeyStore.PrivateKeyEntry read() throws IOException {
        try {
            KeyStore store = KeyStore.getInstance(type);
            try (InputStream in = Files.newInputStream(keystore)) {
                store.load(in, password);
            }
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias)) {
                    return (KeyStore.PrivateKeyEntry)
                            store.getEntry(alias, new KeyStore.PasswordProtection(password));
                }
            }
            throw new IllegalArgumentException(keystore + " has no private key");
        } catch (UnrecoverableKeyException e) {
            throw new IllegalArgumentException("the password does not open " + keystore, e);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(keystore + " cannot be read: " + e.getMessage(), e);
        } catch (IOException e) {
            if (e.getCause() instanceof UnrecoverableKeyException) {
                throw new IllegalArgumentException("the password does not open " + keystore, e);
            }
            throw e;
        }
    }

    @Override
    public List<Path> write(
            PrivateKey key,
            String keyPem,
            List<X509Certificate> chain,
            List<X509Certificate> trusted)
            throws IOException {
        List<Path> moved = new ArrayList<>();
        PemFiles.writeBundle(bundle, trusted, moved);
        try {
            KeyStore trust = empty();
            for (int i = 0; i < trusted.size(); i++) {
                trust.setCertificateEntry(ALIAS + "-" + (i + 1), trusted.get(i));
            }
            PemFiles.note(
                    PrivateFiles.replacePublic(truststore, encoded(trust)), truststore, moved);
            KeyStore own = empty();
            own.setKeyEntry(ALIAS, key, password, chain.toArray(X509Certificate[]::new));
            PemFiles.note(PrivateFiles.replaceSecret(keystore, encoded(own)), keystore, moved);
        } catch (GeneralSecurityException e) {
            throw new IOException(keystore + " cannot be made: " + e.getMessage(), e);
        }
        return moved;
    }

    private KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(type);
        store.load(null, password);
        return store;
    }

    private byte[] encoded(KeyStore store) throws GeneralSecurityException, IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        store.store(bytes, password);
        return bytes.toByteArray();
    }

    @Override
    public boolean complete() {
        return false;
    }
}
