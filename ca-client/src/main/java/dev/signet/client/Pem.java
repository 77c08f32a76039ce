package dev.signet.client;

import dev.signet.client.internal.KeyPairProof;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;

/// Reads and writes the textual encodings of certificates and private keys: labels `CERTIFICATE`
/// and `PRIVATE KEY` (PKCS#8, not encrypted). Text between blocks is skipped. Stateless.
///
/// @rfc 7468 5
/// @rfc 7468 10
public final class Pem {

    /// Longest text that is read, in characters.
    public static final int MAX_LENGTH = 1 << 20;

    /// Most certificates that are read from one text.
    public static final int MAX_CERTIFICATES = 256;

    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String PRIVATE_KEY = "PRIVATE KEY";
    private static final String OPENSSL = "openssl pkey -in FILE -out NEW_FILE";
    // RFC 1421 4.6, as OpenSSL wrote it before PKCS#8; after the begin line and its end.
    private static final String LEGACY_ENCRYPTION = "\nProc-Type: 4,ENCRYPTED";
    private static final int BEGIN_LENGTH = "-----BEGIN -----".length();
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {(byte) '\n'});

    private Pem() {}

    /// The certificates of a text, in its order.
    ///
    /// @throws IllegalArgumentException when the text holds none, too many, or one that is broken
    public static List<X509Certificate> certificates(String text) {
        List<X509Certificate> certificates = new ArrayList<>();
        for (byte[] der : blocks(text, CERTIFICATE)) {
            certificates.add(certificate(der));
        }
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException(
                    "no certificate found (expected: at least one block -----BEGIN CERTIFICATE-----)");
        }
        return List.copyOf(certificates);
    }

    /// The one private key of a text: PKCS#8, EC, Ed25519 or RSA.
    ///
    /// @throws IllegalArgumentException when the text holds none, several, or one that is broken;
    ///   the message holds nothing of the key
    public static PrivateKey privateKey(String text) {
        List<byte[]> keys = blocks(text, PRIVATE_KEY);
        if (keys.isEmpty()) {
            requireNoOtherKey(text);
        }
        if (keys.size() != 1) {
            throw new IllegalArgumentException(
                    "found "
                            + keys.size()
                            + " private keys (expected: one block -----BEGIN PRIVATE KEY-----,"
                            + " PKCS#8 without passphrase)");
        }
        return privateKey(keys.get(0));
    }

    /// Names the forms that other programs write, with the command that converts them.
    private static void requireNoOtherKey(String text) {
        for (OtherKey other : OtherKey.values()) {
            int at = text.indexOf("-----BEGIN " + other.label + "-----");
            if (at >= 0) {
                boolean encrypted =
                        other == OtherKey.ENCRYPTED
                                || text.startsWith(
                                        LEGACY_ENCRYPTION,
                                        at + other.label.length() + BEGIN_LENGTH);
                throw new IllegalArgumentException(
                        "the private key is "
                                + other.form
                                + (encrypted ? " and encrypted" : "")
                                + " (BEGIN "
                                + other.label
                                + "; expected: BEGIN PRIVATE KEY, PKCS#8 without passphrase)."
                                + " Convert it"
                                + (encrypted ? ", it asks for the passphrase" : "")
                                + ": "
                                + other.command);
            }
        }
    }

    private enum OtherKey {
        ENCRYPTED("ENCRYPTED PRIVATE KEY", "PKCS#8", OPENSSL),
        SEC1("EC PRIVATE KEY", "SEC1", OPENSSL),
        PKCS1("RSA PRIVATE KEY", "PKCS#1", OPENSSL),
        OPENSSH(
                "OPENSSH PRIVATE KEY",
                "in OpenSSH's form",
                "ssh-keygen -p -m PKCS8 -N '' -f COPY_OF_FILE");

        private final String label;
        private final String form;
        private final String command;

        OtherKey(String label, String form, String command) {
            this.label = label;
            this.form = form;
            this.command = command;
        }
    }

    /// A private key with its certificate chain, leaf first, proved to belong together by a
    /// signature. Of two files one may have been replaced before the other: read both again then.
    ///
    /// @param chainText as for [#certificates]
    /// @param keyText as for [#privateKey]; may be the same text
    /// @throws IllegalArgumentException also when the key is not the one of the first certificate
    public static KeyStore.PrivateKeyEntry keyEntry(String chainText, String keyText) {
        List<X509Certificate> chain = certificates(chainText);
        PrivateKey key = privateKey(keyText);
        if (!KeyPairProof.belongs(key, chain.get(0).getPublicKey())) {
            throw new IllegalArgumentException(
                    "the private key is not the one of the certificate (expected: a pair; one of"
                            + " the two may be about to be replaced)");
        }
        return new KeyStore.PrivateKeyEntry(key, chain.toArray(new X509Certificate[0]));
    }

    /// Certificates as text, each block ended by a line feed.
    public static String encode(Collection<X509Certificate> certificates) {
        StringBuilder text = new StringBuilder();
        for (X509Certificate certificate : certificates) {
            try {
                text.append(block(CERTIFICATE, certificate.getEncoded()));
            } catch (CertificateException e) {
                throw new IllegalArgumentException("certificate cannot be encoded", e);
            }
        }
        return text.toString();
    }

    /// A private key as PKCS#8 text, as its provider encodes it: the JDK leaves the public key out
    /// of EC keys, which GnuTLS and ring refuse. [X509Svid#privateKeyPem()] has it. A secret: write
    /// it with mode 0600 and nowhere else.
    public static String encode(PrivateKey key) {
        byte[] der = key.getEncoded();
        if (der == null) {
            throw new IllegalArgumentException("private key does not leave its provider");
        }
        return block(PRIVATE_KEY, der);
    }

    static PrivateKey privateKey(byte[] pkcs8) {
        for (String algorithm : List.of("EC", "Ed25519", "RSA")) {
            PrivateKey key = privateKey(pkcs8, algorithm);
            if (key != null) {
                return key;
            }
        }
        throw new IllegalArgumentException("private key is neither EC, Ed25519 nor RSA in PKCS#8");
    }

    private static @Nullable PrivateKey privateKey(byte[] pkcs8, String algorithm) {
        try {
            return KeyFactory.getInstance(algorithm)
                    .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) {
            // Not a key of this algorithm; what the parser says may quote the key.
            return null;
        }
    }

    static X509Certificate certificate(byte[] der) {
        try {
            ByteArrayInputStream in = new ByteArrayInputStream(der);
            X509Certificate certificate =
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509").generateCertificate(in);
            if (in.available() > 0) {
                throw new IllegalArgumentException("certificate is followed by other data");
            }
            return certificate;
        } catch (CertificateException e) {
            throw new IllegalArgumentException("certificate cannot be read: " + e.getMessage(), e);
        }
    }

    private static List<byte[]> blocks(String text, String label) {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "PEM text has more than " + MAX_LENGTH + " characters");
        }
        String begin = "-----BEGIN " + label + "-----";
        String end = "-----END " + label + "-----";
        List<byte[]> blocks = new ArrayList<>();
        int at = text.indexOf(begin);
        while (at >= 0) {
            int stop = text.indexOf(end, at);
            if (stop < 0) {
                throw new IllegalArgumentException("PEM block " + label + " has no end line");
            }
            if (blocks.size() == MAX_CERTIFICATES) {
                throw new IllegalArgumentException(
                        "PEM text has more than " + MAX_CERTIFICATES + " blocks");
            }
            String body = text.substring(at + begin.length(), stop).replaceAll("\\s", "");
            try {
                blocks.add(Base64.getDecoder().decode(body));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("PEM block " + label + " is not Base64");
            }
            at = text.indexOf(begin, stop);
        }
        return blocks;
    }

    private static String block(String label, byte[] der) {
        return "-----BEGIN "
                + label
                + "-----\n"
                + new String(LINES.encode(der), StandardCharsets.US_ASCII)
                + "\n-----END "
                + label
                + "-----\n";
    }
}
