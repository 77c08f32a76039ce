package dev.signet.ca.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.authority.AuthorityIntake.Material;

import org.bouncycastle.asn1.DERBMPString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PBMAC1Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.teletrust.TeleTrusTObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.pkcs.PKCS12PfxPduBuilder;
import org.bouncycastle.pkcs.PKCS12SafeBag;
import org.bouncycastle.pkcs.PKCS12SafeBagBuilder;
import org.bouncycastle.pkcs.bc.BcPKCS12PBMac1CalculatorBuilder;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEOutputEncryptorBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// PKCS#12 as openssl, keytool's ancestors and RFC 9579 write it: each opens, or is named.
class Pkcs12ReaderIT {

    private static final char[] SECRET = "canary-passphrase-77aa".toCharArray();

    @TempDir Path files;

    @BeforeEach
    void ca() throws Exception {
        openssl(
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-keyout",
                "ca.key",
                "-out",
                "ca.pem",
                "-days",
                "9",
                "-subj",
                "/CN=Brought Along",
                "-addext",
                "basicConstraints=critical,CA:TRUE");
    }

    private void openssl(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command)
                        .directory(files.toFile())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("%s: %s", command, output).isZero();
    }

    private byte[] export(String... more) throws Exception {
        List<String> arguments =
                new ArrayList<>(List.of("pkcs12", "-export", "-inkey", "ca.key", "-out", "ca.p12"));
        arguments.addAll(List.of(more));
        openssl(arguments.toArray(String[]::new));
        return Files.readAllBytes(files.resolve("ca.p12"));
    }

    private static MaterialReader.Read read(byte[] content, char[] passphrase) throws Exception {
        return read(content, passphrase, null, null);
    }

    private static MaterialReader.Read read(
            byte[] content, char[] passphrase, String alias, char[] keyPassphrase)
            throws Exception {
        return new MaterialReader(TestCertificates.CRYPTO)
                .material(new Material(true, content, passphrase, alias, keyPassphrase));
    }

    private static void opens(MaterialReader.Read read) {
        assertThat(read.key()).isNotNull();
        assertThat(read.certificates()).hasSize(1);
    }

    private static void isNamed(byte[] content, char[] passphrase, String what) {
        assertThatThrownBy(() -> read(content, passphrase))
                .isInstanceOf(NotAcceptedException.class)
                .hasMessageContaining(what)
                .hasMessageNotContaining(new String(SECRET));
    }

    private PrivateKey key() throws Exception {
        String pem = Files.readString(files.resolve("ca.key"));
        byte[] der =
                java.util.Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
    }

    private X509Certificate certificate() throws Exception {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(Files.newInputStream(files.resolve("ca.pem")));
    }

    private static byte[] stored(KeyStore store, char[] passphrase) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        store.store(out, passphrase);
        return out.toByteArray();
    }

    private static KeyStore keyStore(String type) throws Exception {
        KeyStore store = KeyStore.getInstance(type);
        store.load(null, null);
        return store;
    }

    @Test
    void anEmptyPassphraseOpensWhatHasNone() throws Exception {
        opens(read(export("-in", "ca.pem", "-passout", "pass:"), new char[0]));
        isNamed(export("-in", "ca.pem", "-passout", "pass:"), SECRET, "passphrase");
    }

    @Test
    void aWrongPassphraseIsNamedAndADamagedFileIsNot() throws Exception {
        byte[] good = export("-in", "ca.pem", "-passout", "pass:" + new String(SECRET));
        opens(read(good, SECRET));
        isNamed(good, "wrong".toCharArray(), "the passphrase of the PKCS#12 is wrong");
        isNamed(java.util.Arrays.copyOf(good, good.length / 2), SECRET, "cut off");
        isNamed(new byte[] {1, 2, 3, 4}, SECRET, "not PKCS#12");
        isNamed(Files.readAllBytes(files.resolve("ca.pem")), SECRET, "it is PEM");
    }

    @Test
    void aFileWithoutMacAndOneWithAKeyInTheClearOpen() throws Exception {
        String pass = "pass:" + new String(SECRET);
        opens(read(export("-in", "ca.pem", "-passout", pass, "-nomac"), SECRET));
        opens(
                read(
                        export(
                                "-in",
                                "ca.pem",
                                "-passout",
                                pass,
                                "-keypbe",
                                "NONE",
                                "-certpbe",
                                "NONE"),
                        SECRET));
    }

    @Test
    void aKeyWithAPassphraseOfItsOwnNeedsThatOne() throws Exception {
        KeyStore store = keyStore("PKCS12");
        char[] own = "key-passphrase".toCharArray();
        store.setKeyEntry("ca", key(), own, new Certificate[] {certificate()});
        byte[] content = stored(store, SECRET);
        opens(read(content, SECRET, null, own));
        isNamed(content, SECRET, "another passphrase than the file");
        assertThatThrownBy(() -> read(content, SECRET, null, SECRET))
                .hasMessageContaining("the private key's own passphrase is wrong");
    }

    @Test
    void ofSeveralKeysTheAliasSaysWhichAndOtherwiseTheyAreListed() throws Exception {
        KeyStore store = keyStore("PKCS12");
        store.setKeyEntry("old", key(), SECRET, new Certificate[] {certificate()});
        store.setKeyEntry("new\u001b[31m", key(), SECRET, new Certificate[] {certificate()});
        byte[] content = stored(store, SECRET);
        opens(read(content, SECRET, "OLD", null));
        isNamed(content, SECRET, "several private keys in the PKCS#12: 'new??31m', 'old'");
        assertThatThrownBy(() -> read(content, SECRET, "older", null))
                .isInstanceOf(NotAcceptedException.class)
                .hasMessageContaining("one of 'new??31m', 'old'");
    }

    @Test
    void aKeyWithoutCertificateAndACertificateWithoutKeyAreNamed() throws Exception {
        isNamed(
                export("-nocerts", "-passout", "pass:" + new String(SECRET)),
                SECRET,
                "there is no certificate of its private key");
        openssl(
                "pkcs12",
                "-export",
                "-nokeys",
                "-in",
                "ca.pem",
                "-out",
                "certs.p12",
                "-passout",
                "pass:" + new String(SECRET));
        isNamed(
                Files.readAllBytes(files.resolve("certs.p12")),
                SECRET,
                "there is no private key in the PKCS#12");
    }

    @Test
    void aJavaKeystoreIsNamedWithTheCommandThatConvertsIt() throws Exception {
        KeyStore store = keyStore("JKS");
        store.setKeyEntry("ca", key(), SECRET, new Certificate[] {certificate()});
        isNamed(stored(store, SECRET), SECRET, "keytool -importkeystore");
    }

    @Test
    void pbmac1Opens() throws Exception {
        byte[] content = pbmac1(2048);
        opens(read(content, SECRET));
        isNamed(content, "wrong".toCharArray(), "the passphrase of the PKCS#12 is wrong");
        isNamed(content, new char[0], "PBMAC1 and no passphrase");
    }

    @Test
    void E32_aMacOfAnUnknownHashIsNamedWhateverThePassphrase() throws Exception {
        byte[] der = export("-in", "ca.pem", "-passout", "pass:" + new String(SECRET));
        var pfx = org.bouncycastle.asn1.pkcs.Pfx.getInstance(der);
        byte[] content =
                new org.bouncycastle.asn1.pkcs.Pfx(
                                pfx.getAuthSafe(),
                                new org.bouncycastle.asn1.pkcs.MacData(
                                        new org.bouncycastle.asn1.x509.DigestInfo(
                                                new AlgorithmIdentifier(
                                                        TeleTrusTObjectIdentifiers.ripemd160,
                                                        DERNull.INSTANCE),
                                                new byte[20]),
                                        new byte[8],
                                        2048))
                        .getEncoded();
        for (char[] passphrase : List.of(SECRET, "wrong".toCharArray(), new char[0])) {
            isNamed(content, passphrase, "MAC of the PKCS#12 is made with 1.3.36.3.2.1");
            isNamed(content, passphrase, "openssl pkcs12 -export");
        }
    }

    @Test
    void pbmac1ThatWouldTakeForeverIsRefusedBeforeItIsTried() throws Exception {
        byte[] content = pbmac1(5_000_001, false);
        isNamed(content, SECRET, "at most 5000000 iterations");
    }

    private byte[] pbmac1(int iterations) throws Exception {
        return pbmac1(iterations, true);
    }

    /// @param real false: only what is read before the work begins
    private byte[] pbmac1(int iterations, boolean real) throws Exception {
        BouncyCastleProvider provider = new BouncyCastleProvider();
        var encryptor =
                new JcePKCSPBEOutputEncryptorBuilder(NISTObjectIdentifiers.id_aes256_CBC)
                        .setProvider(provider)
                        .build(SECRET);
        DEROctetString id = new DEROctetString(new byte[] {1});
        PKCS12SafeBag key =
                new PKCS12SafeBagBuilder(PrivateKeyInfo.getInstance(key().getEncoded()), encryptor)
                        .addBagAttribute(PKCS12SafeBag.localKeyIdAttribute, id)
                        .addBagAttribute(
                                PKCS12SafeBag.friendlyNameAttribute, new DERBMPString("ca"))
                        .build();
        PKCS12SafeBag certificate =
                new PKCS12SafeBagBuilder(new JcaX509CertificateHolder(certificate()))
                        .addBagAttribute(PKCS12SafeBag.localKeyIdAttribute, id)
                        .build();
        AlgorithmIdentifier hmac =
                new AlgorithmIdentifier(PKCSObjectIdentifiers.id_hmacWithSHA256, DERNull.INSTANCE);
        PBMAC1Params mac =
                new PBMAC1Params(
                        new AlgorithmIdentifier(
                                PKCSObjectIdentifiers.id_PBKDF2,
                                new PBKDF2Params(new byte[16], real ? iterations : 2048, 32, hmac)),
                        hmac);
        byte[] der =
                new PKCS12PfxPduBuilder()
                        .addData(key)
                        .addData(certificate)
                        .build(new BcPKCS12PBMac1CalculatorBuilder(mac), SECRET)
                        .getEncoded();
        return real ? der : withIterations(der, iterations);
    }

    private static byte[] withIterations(byte[] der, int iterations) throws Exception {
        var pfx = org.bouncycastle.asn1.pkcs.Pfx.getInstance(der);
        AlgorithmIdentifier hmac =
                new AlgorithmIdentifier(PKCSObjectIdentifiers.id_hmacWithSHA256, DERNull.INSTANCE);
        AlgorithmIdentifier mac =
                new AlgorithmIdentifier(
                        PKCSObjectIdentifiers.id_PBMAC1,
                        new PBMAC1Params(
                                new AlgorithmIdentifier(
                                        PKCSObjectIdentifiers.id_PBKDF2,
                                        new PBKDF2Params(new byte[16], iterations, 32, hmac)),
                                hmac));
        return new org.bouncycastle.asn1.pkcs.Pfx(
                        pfx.getAuthSafe(),
                        new org.bouncycastle.asn1.pkcs.MacData(
                                new org.bouncycastle.asn1.x509.DigestInfo(mac, new byte[32]),
                                new byte[16],
                                1))
                .getEncoded();
    }
}
