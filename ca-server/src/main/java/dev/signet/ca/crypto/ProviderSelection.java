package dev.signet.ca.crypto;

import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Chooses the providers of [CryptoProvider] once, at start (docs/adr/0007).
final class ProviderSelection {

    private static final Logger log = LoggerFactory.getLogger(ProviderSelection.class);

    private static final String CORRETTO_CLASS =
            "com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider";
    private static final byte[] SAMPLE = "signet self-test".getBytes(StandardCharsets.US_ASCII);
    private static final long MEASURE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private ProviderSelection() {}

    static CryptoProvider detect() {
        Provider corretto = loadCorretto();
        if (corretto != null && passesSelfTest(corretto, signingAlgorithms(corretto))) {
            return announced(withJdk(corretto), false);
        }
        return fallback();
    }

    /// The faster of BouncyCastle and the JDK.
    static CryptoProvider fallback() {
        Provider bouncyCastle = new BouncyCastleProvider();
        long best = -1;
        List<Provider> chosen = List.of();
        for (List<Provider> candidate : List.of(withJdk(bouncyCastle), withJdk(null))) {
            long rate = measureSignsPerSecond(candidate);
            if (rate > best) {
                best = rate;
                chosen = candidate;
            }
        }
        return announced(chosen, true);
    }

    private static CryptoProvider announced(List<Provider> providers, boolean fallback) {
        long rate = measureSignsPerSecond(providers);
        if (rate <= 0) {
            throw new IllegalStateException(
                    "no crypto provider of this JVM signs and verifies with P-256; use a JDK with"
                            + " the jdk.crypto.ec module");
        }
        CryptoProvider chosen = new CryptoProvider(providers, fallback, rate);
        if (fallback) {
            log.warn(
                    "Crypto provider is {}: {} P-256 signatures/s when cold. The Amazon Corretto"
                            + " provider is not usable on this platform; issuance will be several"
                            + " times slower than on linux-x86_64 or linux-aarch64 with glibc",
                    chosen.name(),
                    rate);
        } else if (rate < CryptoProvider.SLOW_SIGNS_PER_SECOND) {
            log.warn(
                    "Crypto provider is {}: only {} P-256 signatures/s, this machine is slow or"
                            + " busy",
                    chosen.name(),
                    rate);
        } else {
            log.info("Crypto provider is {}: {} P-256 signatures/s", chosen.name(), rate);
        }
        return chosen;
    }

    /// By name, because the provider's native part exists for few platforms and its jar may be left
    /// out on others.
    private static @Nullable Provider loadCorretto() {
        try {
            Class<?> type = Class.forName(CORRETTO_CLASS);
            Provider provider = (Provider) type.getField("INSTANCE").get(null);
            Object error = type.getMethod("getLoadingError").invoke(provider);
            if (error == null) {
                return provider;
            }
            log.warn(
                    "Amazon Corretto crypto provider did not load: {}.{}",
                    error.toString(),
                    NativeDirectory.problem());
        } catch (ClassNotFoundException _) {
            log.warn("Amazon Corretto crypto provider is not on the class path");
        } catch (ReflectiveOperationException | LinkageError e) {
            log.warn(
                    "Amazon Corretto crypto provider did not load.{}",
                    NativeDirectory.problem(),
                    e);
        }
        return null;
    }

    private static List<Provider> withJdk(@Nullable Provider preferred) {
        List<Provider> providers = new ArrayList<>();
        if (preferred != null) {
            providers.add(preferred);
        }
        for (String name : List.of("SunEC", "SunRsaSign", "SUN")) {
            Provider provider = Security.getProvider(name);
            if (provider != null) {
                providers.add(provider);
            }
        }
        return providers;
    }

    private static List<String> signingAlgorithms(Provider provider) {
        List<String> names = new ArrayList<>(List.of("SHA256withECDSA"));
        if (provider.getService("Signature", "Ed25519") != null) {
            names.add("Ed25519");
        }
        return names;
    }

    /// Signs and verifies, and makes sure that a changed message does not verify.
    static boolean passesSelfTest(Provider provider, List<String> algorithms) {
        try {
            for (String algorithm : algorithms) {
                KeyPair pair = keyPair(algorithm, provider);
                byte[] signature = sign(algorithm, provider, pair);
                if (!verifies(algorithm, provider, pair, signature, SAMPLE)
                        || verifies(algorithm, provider, pair, signature, signature)) {
                    log.warn("{} failed the self-test of {}", provider.getName(), algorithm);
                    return false;
                }
            }
            return true;
        } catch (GeneralSecurityException | RuntimeException | LinkageError e) {
            log.warn("{} failed its self-test", provider.getName(), e);
            return false;
        }
    }

    private static KeyPair keyPair(String algorithm, Provider provider)
            throws GeneralSecurityException {
        if (algorithm.equals("Ed25519")) {
            return KeyPairGenerator.getInstance("Ed25519", provider).generateKeyPair();
        }
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", provider);
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static byte[] sign(String algorithm, Provider provider, KeyPair pair)
            throws GeneralSecurityException {
        Signature signer = Signature.getInstance(algorithm, provider);
        signer.initSign(pair.getPrivate());
        signer.update(SAMPLE);
        return signer.sign();
    }

    private static boolean verifies(
            String algorithm, Provider provider, KeyPair pair, byte[] signature, byte[] message)
            throws GeneralSecurityException {
        Signature verifier = Signature.getInstance(algorithm, provider);
        verifier.initVerify(pair.getPublic());
        verifier.update(message);
        return verifier.verify(signature);
    }

    /// @return signatures a second, or 0 when the providers cannot sign and verify
    private static long measureSignsPerSecond(List<Provider> providers) {
        if (!passesSelfTest(providers.getFirst(), List.of("SHA256withECDSA"))) {
            return 0;
        }
        try {
            Provider provider = providers.getFirst();
            KeyPair pair = keyPair("SHA256withECDSA", provider);
            Signature signer = Signature.getInstance("SHA256withECDSA", provider);
            signer.initSign(pair.getPrivate());
            long begin = System.nanoTime();
            long count = 0;
            long elapsed;
            do {
                signer.update(SAMPLE);
                signer.sign();
                count++;
                elapsed = System.nanoTime() - begin;
            } while (elapsed < MEASURE_NANOS);
            return count * TimeUnit.SECONDS.toNanos(1) / elapsed;
        } catch (GeneralSecurityException e) {
            log.warn("{} does not sign", providers.getFirst().getName(), e);
            return 0;
        }
    }
}
