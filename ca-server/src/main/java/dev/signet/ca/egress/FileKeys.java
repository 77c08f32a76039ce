package dev.signet.ca.egress;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/// A server's key and chain from files, read again when they have changed. Files that are half
/// written stop nothing: the old ones go on. Thread-safe.
@SuppressWarnings("NullAway") // null is how a key manager says that it has nothing
public final class FileKeys extends X509ExtendedKeyManager {

    private static final Logger log = LoggerFactory.getLogger(FileKeys.class);

    private final TlsFiles files;
    private final long pauseNanos;
    private volatile Read current;
    private volatile long looked;

    private record Read(TlsFiles.Version version, X509ExtendedKeyManager keys) {}

    private FileKeys(TlsFiles files, Duration pause) throws GeneralSecurityException, IOException {
        this.files = files;
        this.pauseNanos = pause.toNanos();
        this.current = read(files);
        this.looked = System.nanoTime();
    }

    /// @param files with certificate and key
    /// @param pause between two looks at the files
    /// @throws GeneralSecurityException when they are not usable, or cannot be read
    public static FileKeys of(TlsFiles files, Duration pause) throws GeneralSecurityException {
        try {
            return new FileKeys(files, pause);
        } catch (IOException e) {
            throw new GeneralSecurityException(e.getMessage(), e);
        }
    }

    private static Read read(TlsFiles files) throws GeneralSecurityException, IOException {
        TlsFiles.Version version = files.version();
        KeyManager[] managers = files.keyManagers();
        if (managers != null
                && managers.length > 0
                && managers[0] instanceof X509ExtendedKeyManager keys) {
            return new Read(version, keys);
        }
        throw new GeneralSecurityException("there is no certificate with a key");
    }

    private X509ExtendedKeyManager keys() {
        long now = System.nanoTime();
        if (now - looked >= pauseNanos) {
            looked = now;
            if (!files.version().equals(current.version())) {
                try {
                    current = read(files);
                    log.info("{} was read again", files.certificate());
                } catch (GeneralSecurityException | IOException e) {
                    log.warn("{} was not read again: {}", files.certificate(), e.getMessage());
                }
            }
        }
        return current.keys();
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return keys().chooseEngineServerAlias(keyType, issuers, engine);
    }

    @Override
    public @Nullable String chooseServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return keys().chooseServerAlias(keyType, issuers, socket);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return keys().getServerAliases(keyType, issuers);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return keys().getCertificateChain(alias);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return keys().getPrivateKey(alias);
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
