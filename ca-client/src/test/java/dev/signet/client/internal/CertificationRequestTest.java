package dev.signet.client.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.util.concurrent.TimeUnit;

class CertificationRequestTest {

    @TempDir Path directory;

    private static KeyPair keys(String kind) throws GeneralSecurityException {
        String[] parts = kind.split(" ", 2);
        KeyPairGenerator generator = KeyPairGenerator.getInstance(parts[0]);
        if (parts[0].equals("EC")) {
            generator.initialize(new ECGenParameterSpec(parts[1]));
        } else if (parts[0].equals("RSA")) {
            generator.initialize(Integer.parseInt(parts[1]));
        }
        return generator.generateKeyPair();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EC secp256r1",
                "EC secp384r1",
                "Ed25519",
                "RSA 2048",
                "RSA 3072",
                "RSA 4096"
            })
    void isACertificationRequestForEveryKindOfKey(String kind) throws Exception {
        KeyPair keys = keys(kind);
        byte[] der = CertificationRequest.encode(keys, new SecureRandom());

        PKCS10CertificationRequest read = new PKCS10CertificationRequest(der);
        assertThat(read.getEncoded()).isEqualTo(der);
        assertThat(read.getSubject().getRDNs()).isEmpty();
        assertThat(read.getAttributes()).isEmpty();
        assertThat(read.getSubjectPublicKeyInfo().getEncoded())
                .isEqualTo(keys.getPublic().getEncoded());
        assertThat(
                        read.isSignatureValid(
                                new JcaContentVerifierProviderBuilder().build(keys.getPublic())))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC secp256r1", "EC secp384r1", "Ed25519", "RSA 2048"})
    void isVerifiedByOpenssl(String kind) throws Exception {
        assumeTrue(isOpensslPresent(), "openssl is not installed");
        Path file = directory.resolve("csr.der");
        Files.write(file, CertificationRequest.encode(keys(kind), new SecureRandom()));
        Process openssl =
                new ProcessBuilder(
                                "openssl",
                                "req",
                                "-verify",
                                "-noout",
                                "-inform",
                                "DER",
                                "-in",
                                file.toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(openssl.getInputStream().readAllBytes());
        assertThat(openssl.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(openssl.exitValue()).as(said).isZero();
        assertThat(said).containsIgnoringCase("verify OK");
    }

    @Test
    void refusesACurveThatTheCaDoesNotTake() throws Exception {
        KeyPair keys = keys("EC secp521r1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CertificationRequest.encode(keys, new SecureRandom()))
                .withMessageContaining("521");
    }

    private static boolean isOpensslPresent() throws InterruptedException {
        try {
            Process version =
                    new ProcessBuilder("openssl", "version").redirectErrorStream(true).start();
            version.getInputStream().readAllBytes();
            return version.waitFor(20, TimeUnit.SECONDS) && version.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
