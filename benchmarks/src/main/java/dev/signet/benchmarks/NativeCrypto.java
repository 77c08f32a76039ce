package dev.signet.benchmarks;

import java.security.Provider;
import java.security.Security;

/// Puts the provider that the server computes with first in this process too: for preparing
/// requests and for the machine's limit.
final class NativeCrypto {

    private static final String PROVIDER =
            "com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider";

    private NativeCrypto() {}

    /// Without a native build the JDK's own provider stays first; the report names it.
    static void install() {
        try {
            Provider provider =
                    Class.forName(PROVIDER)
                            .asSubclass(Provider.class)
                            .getDeclaredConstructor()
                            .newInstance();
            // Registers no algorithm where its library does not load.
            if (provider.getService("KeyPairGenerator", "EC") != null) {
                Security.insertProviderAt(provider, 1);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("crypto provider is not on the class path", e);
        }
    }
}
