package dev.signet.ca.crypto;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Where the process's signature arithmetic is done: explicit JCA providers, in order of
/// preference, never whatever happens to be registered. An algorithm that the first provider lacks
/// comes from the next one that has it.
///
/// Thread-safe. The objects that [#signature(String)] and [#keyFactory(String)] give belong to the
/// calling thread until it asks for the same name again.
public final class CryptoProvider {

    /// Below this many P-256 signatures a second, measured cold, issuance is far from what the
    /// machine can do.
    static final long SLOW_SIGNS_PER_SECOND = 2_000;

    private final List<Provider> providers;
    private final boolean fallback;
    private final long signsPerSecond;
    private final SecureRandom secureRandom;

    private final ThreadLocal<Map<String, Signature>> signatures =
            ThreadLocal.withInitial(HashMap::new);
    private final ThreadLocal<Map<String, KeyFactory>> keyFactories =
            ThreadLocal.withInitial(HashMap::new);
    private final ThreadLocal<MessageDigest> sha256s =
            ThreadLocal.withInitial(() -> newMessageDigest("SHA-256"));

    /// @param providers most preferred first; together they know every algorithm used
    /// @param fallback whether the fast native provider is missing
    /// @param signsPerSecond P-256 signatures a second on one core, as measured at start
    CryptoProvider(List<Provider> providers, boolean fallback, long signsPerSecond) {
        this.providers = List.copyOf(providers);
        this.fallback = fallback;
        this.signsPerSecond = signsPerSecond;
        this.secureRandom = newSecureRandom();
    }

    /// The fastest provider that loads here and passes its self-test. Takes some tenths of a
    /// second: once a process.
    ///
    /// @throws IllegalStateException when no provider passes, not even the JDK's
    public static CryptoProvider detect() {
        return ProviderSelection.detect();
    }

    /// Name and version of the preferred provider.
    public String name() {
        return providers.getFirst().getName() + " " + providers.getFirst().getVersionStr();
    }

    /// Whether this is not the fast native provider.
    public boolean isFallback() {
        return fallback;
    }

    /// P-256 signatures a second on one core, measured in a few milliseconds of a cold process: an
    /// order of magnitude.
    public long signsPerSecond() {
        return signsPerSecond;
    }

    /// This thread's object for the algorithm; the caller initialises it. After an exception from
    /// it, call [#discardSignature(String)].
    ///
    /// @param jcaName for example `SHA256withECDSA`, `Ed25519`, `SHA256withECDSAinP1363Format`; a
    ///   name from the program, never from a request
    /// @throws IllegalArgumentException when no provider knows the name
    public Signature signature(String jcaName) {
        Map<String, Signature> mine = signatures.get();
        Signature signature = mine.get(jcaName);
        if (signature == null) {
            signature = newSignature(jcaName);
            mine.put(jcaName, signature);
        }
        return signature;
    }

    /// Drops this thread's object, whose state is unknown after a failure.
    public void discardSignature(String jcaName) {
        signatures.get().remove(jcaName);
    }

    /// A new object, for a caller that keeps it.
    ///
    /// @throws IllegalArgumentException when no provider knows the name
    public Signature newSignature(String jcaName) {
        return first(jcaName, provider -> Signature.getInstance(jcaName, provider));
    }

    /// This thread's object for the algorithm: `EC`, `Ed25519` or `RSA`.
    ///
    /// @throws IllegalArgumentException when no provider knows the name
    public KeyFactory keyFactory(String jcaName) {
        Map<String, KeyFactory> mine = keyFactories.get();
        KeyFactory factory = mine.get(jcaName);
        if (factory == null) {
            factory = first(jcaName, provider -> KeyFactory.getInstance(jcaName, provider));
            mine.put(jcaName, factory);
        }
        return factory;
    }

    /// @throws IllegalArgumentException when no provider knows the name
    public KeyPairGenerator newKeyPairGenerator(String jcaName) {
        return first(jcaName, provider -> KeyPairGenerator.getInstance(jcaName, provider));
    }

    /// @throws IllegalArgumentException when no provider knows the name
    public MessageDigest newMessageDigest(String jcaName) {
        return first(jcaName, provider -> MessageDigest.getInstance(jcaName, provider));
    }

    /// SHA-256 of the octets.
    public byte[] sha256(byte[] octets) {
        return sha256s.get().digest(octets);
    }

    /// A CSPRNG. Thread-safe.
    public SecureRandom secureRandom() {
        return secureRandom;
    }

    private SecureRandom newSecureRandom() {
        for (Provider provider : providers) {
            if (provider.getService("SecureRandom", "LibCryptoRng") != null) {
                return first(
                        "LibCryptoRng", named -> SecureRandom.getInstance("LibCryptoRng", named));
            }
        }
        return new SecureRandom();
    }

    private <T> T first(String jcaName, Lookup<T> lookup) {
        for (Provider provider : providers) {
            try {
                return lookup.in(provider);
            } catch (NoSuchAlgorithmException _) {
                // The next provider may have it.
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(provider.getName() + " failed: " + jcaName, e);
            }
        }
        throw new IllegalArgumentException("no crypto provider here has " + jcaName);
    }

    @FunctionalInterface
    private interface Lookup<T> {
        T in(Provider provider) throws GeneralSecurityException;
    }

    @Override
    public String toString() {
        return "CryptoProvider[" + name() + "]";
    }
}
