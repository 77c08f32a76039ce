package dev.signet.ca.authority;

import dev.signet.ca.crypto.CryptoProvider;

import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;

import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/// Reads certificates and keys that somebody brings along: PEM or PKCS#12, bounded in size, number
/// and work. What it throws says what is wrong and nothing of the content.
final class MaterialReader {

    private static final int MOST_CERTIFICATES = 8;

    /// PKCS#12 of the JDK has the same bound; a passphrase that takes longer is meant to stop us.
    private static final int MOST_ITERATIONS = 5_000_000;

    private final CryptoProvider crypto;

    MaterialReader(CryptoProvider crypto) {
        this.crypto = crypto;
    }

    /// @param key null: there is none
    record Read(List<AuthorityCertificate> certificates, @Nullable PrivateKey key) {
        Read {
            certificates = List.copyOf(certificates);
        }

        @Override
        public String toString() {
            return "Read[" + certificates.size() + " certificates]";
        }
    }

    /// @throws NotAcceptedException when it is none, or too much
    Read certificates(byte[] pem) throws NotAcceptedException {
        Read read = pem(pem, new char[0]);
        if (read.key() != null) {
            throw new NotAcceptedException(
                    "there is a private key among the certificates: keep it where it is");
        }
        return read;
    }

    /// @throws NotAcceptedException when it is none, or too much
    Read material(AuthorityIntake.Material material) throws NotAcceptedException {
        if (material.pkcs12()) {
            return pkcs12(material);
        }
        if (material.alias() != null || material.keyPassphrase() != null) {
            throw new NotAcceptedException(
                    "PEM has no aliases, and one passphrase (expected: those with PKCS#12 only)");
        }
        return pem(material.content(), material.passphrase());
    }

    private Read pem(byte[] content, char[] passphrase) throws NotAcceptedException {
        bound(content);
        List<AuthorityCertificate> certificates = new ArrayList<>();
        PrivateKey key = null;
        try (PEMParser parser =
                new PEMParser(
                        new InputStreamReader(
                                new ByteArrayInputStream(content), StandardCharsets.US_ASCII))) {
            for (Object object = parser.readObject();
                    object != null;
                    object = parser.readObject()) {
                switch (object) {
                    case X509CertificateHolder holder ->
                            certificates.add(add(holder, certificates));
                    case PrivateKeyInfo info -> key = once(key, privateKey(info));
                    case PEMKeyPair pair -> key = once(key, privateKey(pair.getPrivateKeyInfo()));
                    case PKCS8EncryptedPrivateKeyInfo encrypted ->
                            key = once(key, privateKey(decrypted(encrypted, passphrase)));
                    default -> {
                        // EC PARAMETERS and the like; what is missing then is said below.
                    }
                }
            }
        } catch (IOException | RuntimeException _) {
            throw new NotAcceptedException(
                    "it is not PEM of certificates and at most one PKCS#8 key, or the passphrase is"
                            + " wrong");
        }
        return checked(certificates, key);
    }

    private AuthorityCertificate add(
            X509CertificateHolder holder, List<AuthorityCertificate> before)
            throws NotAcceptedException, IOException {
        if (before.size() >= MOST_CERTIFICATES) {
            throw new NotAcceptedException("there are more than 8 certificates");
        }
        byte[] der = holder.getEncoded();
        return new AuthorityCertificate(der, crypto.sha256(der));
    }

    private static PrivateKey once(@Nullable PrivateKey before, PrivateKey key)
            throws NotAcceptedException {
        if (before != null) {
            throw new NotAcceptedException("there are several private keys");
        }
        return key;
    }

    private static PrivateKeyInfo decrypted(
            PKCS8EncryptedPrivateKeyInfo encrypted, char[] passphrase) throws NotAcceptedException {
        boundWork(encrypted.getEncryptionAlgorithm());
        PBEKeySpec secret = new PBEKeySpec(passphrase);
        try {
            EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(encrypted.getEncoded());
            // Of PBES2, the parameters' text is the name of the whole scheme.
            String scheme = info.getAlgParameters().toString();
            Cipher cipher = Cipher.getInstance(scheme);
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    SecretKeyFactory.getInstance(scheme).generateSecret(secret),
                    info.getAlgParameters());
            return PrivateKeyInfo.getInstance(info.getKeySpec(cipher).getEncoded());
        } catch (GeneralSecurityException | IOException | RuntimeException _) {
            throw new NotAcceptedException(
                    "the passphrase of the private key is wrong or not ASCII, or it is not encrypted"
                            + " with AES (expected: as by 'openssl pkcs8 -topk8 -v2 aes256')");
        } finally {
            secret.clearPassword();
        }
    }

    private static void boundWork(AlgorithmIdentifier algorithm) throws NotAcceptedException {
        if (!PKCSObjectIdentifiers.id_PBES2.equals(algorithm.getAlgorithm())) {
            throw new NotAcceptedException(
                    "the private key is not encrypted with PBES2, for example by 'openssl pkcs8"
                            + " -topk8 -v2 aes256'");
        }
        var derivation =
                PBES2Parameters.getInstance(algorithm.getParameters()).getKeyDerivationFunc();
        if (!PKCSObjectIdentifiers.id_PBKDF2.equals(derivation.getAlgorithm())
                || PBKDF2Params.getInstance(derivation.getParameters())
                                .getIterationCount()
                                .bitLength()
                        > 31
                || PBKDF2Params.getInstance(derivation.getParameters())
                                .getIterationCount()
                                .intValueExact()
                        > MOST_ITERATIONS) {
            throw new NotAcceptedException(
                    "the passphrase is not stretched with PBKDF2 of at most "
                            + MOST_ITERATIONS
                            + " iterations");
        }
    }

    private PrivateKey privateKey(PrivateKeyInfo info) throws NotAcceptedException {
        String family = family(info.getPrivateKeyAlgorithm());
        try {
            return crypto.keyFactory(family)
                    .generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
        } catch (GeneralSecurityException | IOException | RuntimeException _) {
            throw new NotAcceptedException("the private key is not readable");
        }
    }

    private static String family(AlgorithmIdentifier algorithm) throws NotAcceptedException {
        return switch (algorithm.getAlgorithm().getId()) {
            case "1.2.840.10045.2.1" -> "EC";
            case "1.2.840.113549.1.1.1" -> "RSA";
            case "1.3.101.112" -> "Ed25519";
            default -> throw new NotAcceptedException("the private key is not EC, RSA or Ed25519");
        };
    }

    private Read pkcs12(AuthorityIntake.Material material) throws NotAcceptedException {
        bound(material.content());
        Pkcs12Reader.Content content = Pkcs12Reader.read(material);
        List<AuthorityCertificate> certificates = new ArrayList<>();
        try {
            for (Certificate certificate : content.certificates()) {
                certificates.add(
                        add(new X509CertificateHolder(certificate.getEncoded()), certificates));
            }
            return checked(
                    certificates,
                    privateKey(PrivateKeyInfo.getInstance(content.key().getEncoded())));
        } catch (GeneralSecurityException | IOException | RuntimeException _) {
            throw new NotAcceptedException("a certificate or the key in it is not readable");
        }
    }

    private static void bound(byte[] content) throws NotAcceptedException {
        if (content.length == 0 || content.length > AuthorityIntake.MOST_OCTETS) {
            throw new NotAcceptedException(
                    "it has "
                            + content.length
                            + " octets (expected: 1 to "
                            + AuthorityIntake.MOST_OCTETS
                            + ")");
        }
    }

    private static Read checked(List<AuthorityCertificate> certificates, @Nullable PrivateKey key)
            throws NotAcceptedException {
        if (certificates.isEmpty()) {
            throw new NotAcceptedException("there is no certificate in it");
        }
        for (AuthorityCertificate certificate : certificates) {
            requireReadable(certificate);
        }
        return new Read(certificates, key);
    }

    /// All that is asked of it later, so that what is broken is found here.
    private static void requireReadable(AuthorityCertificate certificate)
            throws NotAcceptedException {
        try {
            int read =
                    certificate.holder().getSubject().toString().length()
                            + certificate.holder().getIssuer().toString().length()
                            + certificate.subjectKeyIdentifier().length;
            BasicConstraints constraints =
                    BasicConstraints.fromExtensions(certificate.holder().getExtensions());
            if (read > 0 && constraints != null && constraints.isCA()) {
                return;
            }
        } catch (RuntimeException _) {
            throw new NotAcceptedException(
                    "certificate "
                            + certificate.id()
                            + " is not readable (expected: X.509 v3 of a CA with"
                            + " subjectKeyIdentifier)");
        }
        throw new NotAcceptedException(
                "certificate " + certificate.id() + " has no basicConstraints of a CA");
    }
}
