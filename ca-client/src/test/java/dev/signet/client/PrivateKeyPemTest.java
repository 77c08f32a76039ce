package dev.signet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.spec.ECPrivateKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/// The private key as other software reads it.
class PrivateKeyPemTest {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    @TempDir Path directory;
    private final TestCa ca = TestCa.create("example.org", NOW);

    private X509Svid svid(PrivateKey key, KeyPair keys) {
        return new X509Svid(
                SpiffeId.parse("spiffe://example.org/orders"),
                key,
                ca.leaf("/orders").validity(NOW, Duration.ofHours(1)).chain(keys.getPublic()));
    }

    private static void hasPublicKey(byte[] pkcs8, KeyPair keys) throws IOException {
        SubjectPublicKeyInfo expected =
                SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded());
        PrivateKeyInfo info = PrivateKeyInfo.getInstance(pkcs8);
        assertThat(info.getPrivateKeyAlgorithm()).isEqualTo(expected.getAlgorithm());
        ECPrivateKey key = ECPrivateKey.getInstance(info.parsePrivateKey());
        assertThat(key.getPublicKey()).isNotNull();
        assertThat(key.getPublicKey().getOctets())
                .isEqualTo(expected.getPublicKeyData().getOctets());
    }

    @ParameterizedTest
    @EnumSource(names = {"P256", "P384"})
    void anEcKeyHoldsItsPublicKeyInEveryFormThatItLeavesIn(KeyType type) throws Exception {
        KeyPair keys = type.generate(new SecureRandom());
        X509Svid svid = svid(keys.getPrivate(), keys);
        hasPublicKey(svid.privateKey().getEncoded(), keys);
        hasPublicKey(Pem.privateKey(svid.privateKeyPem()).getEncoded(), keys);
        assertThat(((java.security.interfaces.ECPrivateKey) svid.privateKey()).getS())
                .isEqualTo(((java.security.interfaces.ECPrivateKey) keys.getPrivate()).getS());
    }

    @Test
    void aShortScalarIsWrittenInFullLength() throws Exception {
        KeyPair keys = KeyType.P256.generate(new SecureRandom());
        PrivateKey small =
                KeyFactory.getInstance("EC")
                        .generatePrivate(
                                new ECPrivateKeySpec(
                                        BigInteger.valueOf(5),
                                        ((java.security.interfaces.ECPrivateKey) keys.getPrivate())
                                                .getParams()));
        PrivateKeyInfo info =
                PrivateKeyInfo.getInstance(svid(small, keys).privateKey().getEncoded());
        byte[] scalar = new byte[32];
        scalar[31] = 5;
        byte[] der = info.getPrivateKey().getOctets();
        assertThat(Arrays.copyOfRange(der, 5, 39)).startsWith(0x04, 0x20).endsWith(scalar);
    }

    @ParameterizedTest
    @EnumSource(names = {"P256", "P384", "ED25519", "RSA_2048"})
    void gnutlsAndOpensslReadIt(KeyType type) throws Exception {
        KeyPair keys = type.generate(new SecureRandom());
        Path file =
                Files.writeString(
                        directory.resolve("key.pem"),
                        svid(keys.getPrivate(), keys).privateKeyPem());
        assertThat(run("openssl", "pkey", "-noout", "-check", "-in", file.toString())).isZero();
        assertThat(run("certtool", "--key-info", "--infile", file.toString())).isZero();
    }

    /// Skips where the program is absent.
    private int run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("output").toFile())
                    .start()
                    .waitFor();
        } catch (IOException e) {
            assumeTrue(false, "SKIPPED: no " + command[0] + " on the PATH");
            return -1;
        }
    }
}
