package dev.signet.client;

import org.jspecify.annotations.Nullable;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Locale;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/// Shows the current certificate, whatever names of issuers the peer asks for; none when it has
/// expired. Thread-safe.
final class SvidKeyManager extends X509ExtendedKeyManager {

    private final LiveIdentity identity;

    SvidKeyManager(LiveIdentity identity) {
        this.identity = identity;
    }

    private @Nullable String choose(String... keyTypes) {
        X509Svid svid = identity.usable();
        if (svid == null) {
            return null;
        }
        String algorithm = family(svid.privateKey().getAlgorithm());
        for (String keyType : keyTypes) {
            if (family(keyType).equals(algorithm)) {
                return LiveIdentity.alias(svid);
            }
        }
        return null;
    }

    /// JSSE says EC, EdDSA, RSA, RSASSA-PSS; OpenSSL based engines EC_EC, EC_RSA, DHE_RSA.
    private static String family(String keyType) {
        String upper = keyType.toUpperCase(Locale.ROOT);
        if (upper.startsWith("ED")) {
            return "ED";
        }
        return upper.startsWith("EC") ? "EC" : "RSA";
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return choose(keyTypes);
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return choose(keyTypes);
    }

    @Override
    public @Nullable String chooseServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return choose(keyType);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return choose(keyType);
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        String alias = choose(keyType);
        return alias == null ? null : new String[] {alias};
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return getClientAliases(keyType, issuers);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(@Nullable String alias) {
        X509Svid svid = identity.byAlias(alias);
        return svid == null ? null : svid.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(@Nullable String alias) {
        X509Svid svid = identity.byAlias(alias);
        return svid == null ? null : svid.privateKey();
    }
}
