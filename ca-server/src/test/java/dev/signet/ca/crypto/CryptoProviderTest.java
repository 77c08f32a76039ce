package dev.signet.ca.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;

class CryptoProviderTest {

    private static final CryptoProvider FAST = CryptoProvider.detect();
    private static final CryptoProvider FALLBACK = ProviderSelection.fallback();

    @Test
    @EnabledOnOs(OS.LINUX)
    void takesTheNativeProviderWhereItLoads() {
        assertThat(FAST.isFallback()).isFalse();
        assertThat(FAST.name()).startsWith("AmazonCorretto");
        assertThat(FAST.signature("SHA256withECDSA").getProvider().getName())
                .isEqualTo("AmazonCorrettoCryptoProvider");
    }

    @Test
    void saysThatAFallbackIsOne() {
        assertThat(FALLBACK.isFallback()).isTrue();
        assertThat(FALLBACK.name()).doesNotContain("AmazonCorretto");
        assertThat(FALLBACK.signsPerSecond()).isPositive();
    }

    @ParameterizedTest
    @CsvSource({
        "EC,SHA256withECDSA",
        "EC,SHA384withECDSA",
        "EC,SHA512withECDSA",
        "Ed25519,Ed25519",
        "RSA,SHA256withRSA",
        "RSA,SHA384withRSA",
        "RSA,SHA512withRSA"
    })
    void eachProviderVerifiesWhatTheOtherSigned(String key, String algorithm) throws Exception {
        byte[] message = "message".getBytes(StandardCharsets.US_ASCII);
        for (CryptoProvider signing : new CryptoProvider[] {FAST, FALLBACK}) {
            KeyPairGenerator generator = signing.newKeyPairGenerator(key);
            if (key.equals("EC")) {
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            }
            KeyPair pair = generator.generateKeyPair();
            Signature signer = signing.signature(algorithm);
            signer.initSign(pair.getPrivate());
            signer.update(message);
            byte[] signature = signer.sign();
            for (CryptoProvider verifying : new CryptoProvider[] {FAST, FALLBACK}) {
                PublicKey read =
                        verifying
                                .keyFactory(key)
                                .generatePublic(
                                        new X509EncodedKeySpec(pair.getPublic().getEncoded()));
                Signature verifier = verifying.signature(algorithm);
                verifier.initVerify(read);
                verifier.update(message);
                assertThat(verifier.verify(signature)).isTrue();
            }
        }
    }

    @Test
    void digestsAsTheJdkDoes() throws Exception {
        byte[] message = "message".getBytes(StandardCharsets.US_ASCII);
        byte[] expected = MessageDigest.getInstance("SHA-256").digest(message);
        assertThat(FAST.sha256(message)).isEqualTo(expected);
        assertThat(FALLBACK.sha256(message)).isEqualTo(expected);
    }

    @Test
    void keepsOneObjectPerThreadUntilItIsDiscarded() {
        Signature mine = FAST.signature("SHA256withECDSA");
        assertThat(FAST.signature("SHA256withECDSA")).isSameAs(mine);
        FAST.discardSignature("SHA256withECDSA");
        assertThat(FAST.signature("SHA256withECDSA")).isNotSameAs(mine);
    }

    @Test
    void refusesAnAlgorithmThatNobodyHas() {
        assertThatThrownBy(() -> FAST.signature("ROT13withRSA"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ROT13withRSA");
    }
}
