package dev.signet.ca.egress;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/// A server's key and chain from files, read again when they have changed. Only a key that belongs
/// to its certificate is used; until there is one, the old ones go on. A handshake gets key and
/// chain of one reading: the alias names it. Thread-safe.
@SuppressWarnings("NullAway") // null is how a key manager says that it has nothing
public final class FileKeys extends X509ExtendedKeyManager {

    /// A handshake that began before the files were replaced ends with what it began with.
    private static final int KEPT = 3;

    /// How long a start waits for the other file of a pair that is being replaced.
    private static final Duration START_WAIT = Duration.ofSeconds(3);

    private static final Duration START_PAUSE = Duration.ofMillis(100);

    private final FileSnapshot<Reading> files;
    private volatile List<Reading> readings = List.of();
    private long count;

    private record Reading(String prefix, X509ExtendedKeyManager keys) {

        @Nullable String alias(@Nullable String own) {
            return own == null ? null : prefix + own;
        }

        String own(String alias) {
            return alias.substring(prefix.length());
        }
    }

    private FileKeys(TlsFiles files, Duration pause) {
        this.files =
                new FileSnapshot<>(
                        String.valueOf(files.certificate()),
                        files::version,
                        () -> read(files),
                        pause,
                        System::nanoTime);
    }

    /// @param files with certificate and key
    /// @param pause between two looks at the files
    /// @throws GeneralSecurityException when they are not usable, do not belong together, or cannot
    ///   be read, for some seconds
    public static FileKeys of(TlsFiles files, Duration pause) throws GeneralSecurityException {
        FileKeys keys = new FileKeys(files, pause);
        long begin = System.nanoTime();
        while (true) {
            try {
                keys.files.current();
                return keys;
            } catch (IOException | GeneralSecurityException e) {
                if (System.nanoTime() - begin >= START_WAIT.toNanos()) {
                    throw e instanceof GeneralSecurityException unusable
                            ? unusable
                            : new GeneralSecurityException(e.getMessage(), e);
                }
                sleep();
            }
        }
    }

    /// How long the files have held something that is not usable, so that older ones are in use.
    public Duration stale() {
        return files.stale();
    }

    private static void sleep() throws GeneralSecurityException {
        try {
            Thread.sleep(START_PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GeneralSecurityException("interrupted while waiting for files", e);
        }
    }

    /// One thread at a time.
    private Reading read(TlsFiles files) throws GeneralSecurityException, IOException {
        KeyManager[] managers = files.keyManagers();
        if (managers != null
                && managers.length > 0
                && managers[0] instanceof X509ExtendedKeyManager keys) {
            Reading reading = new Reading(++count + ":", keys);
            List<Reading> kept = new ArrayList<>(readings);
            kept.addFirst(reading);
            readings = List.copyOf(kept.subList(0, Math.min(kept.size(), KEPT)));
            return reading;
        }
        throw new GeneralSecurityException("there is no certificate with a key");
    }

    private Reading newest() {
        try {
            return files.current();
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("they were good when this was made", e);
        }
    }

    private @Nullable Reading of(@Nullable String alias) {
        if (alias != null) {
            for (Reading reading : readings) {
                if (alias.startsWith(reading.prefix)) {
                    return reading;
                }
            }
        }
        return null;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        Reading reading = newest();
        return reading.alias(reading.keys.chooseEngineServerAlias(keyType, issuers, engine));
    }

    @Override
    public @Nullable String chooseServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        Reading reading = newest();
        return reading.alias(reading.keys.chooseServerAlias(keyType, issuers, socket));
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        Reading reading = newest();
        String[] own = reading.keys.getServerAliases(keyType, issuers);
        return own == null ? null : Arrays.stream(own).map(reading::alias).toArray(String[]::new);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        Reading reading = of(alias);
        return reading == null ? null : reading.keys.getCertificateChain(reading.own(alias));
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        Reading reading = of(alias);
        return reading == null ? null : reading.keys.getPrivateKey(reading.own(alias));
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
