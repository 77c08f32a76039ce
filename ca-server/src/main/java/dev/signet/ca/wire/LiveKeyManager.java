package dev.signet.ca.wire;

import org.jspecify.annotations.Nullable;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/// The server's key and chain for the next handshake. A swap concerns handshakes that begin after
/// it; connections that are open go on. Thread-safe.
@SuppressWarnings("NullAway") // null is how a key manager says that it has nothing
final class LiveKeyManager extends X509ExtendedKeyManager {

    private static final String KEY_TYPE = "EC";

    private volatile @Nullable Material current;
    // A handshake asks first for an alias, then for what is behind it; a swap may come between.
    private volatile @Nullable Material previous;

    /// @param alias new with each material
    record Material(String alias, PrivateKey key, List<X509Certificate> chain) {
        @Override
        public String toString() {
            return "Material[" + alias + "]";
        }
    }

    synchronized void swap(Material material) {
        previous = current;
        current = material;
    }

    /// What was current is of no use any more.
    synchronized void clear() {
        previous = null;
        current = null;
    }

    private @Nullable Material named(String alias) {
        Material now = current;
        if (now != null && now.alias().equals(alias)) {
            return now;
        }
        Material before = previous;
        return before != null && before.alias().equals(alias) ? before : null;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        Material now = current;
        return now != null && KEY_TYPE.equals(keyType) ? now.alias() : null;
    }

    @Override
    public @Nullable String chooseServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return chooseEngineServerAlias(keyType, issuers, null);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        String alias = chooseEngineServerAlias(keyType, issuers, null);
        return alias == null ? null : new String[] {alias};
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        Material material = named(alias);
        return material == null ? null : material.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        Material material = named(alias);
        return material == null ? null : material.key();
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
