package dev.signet.ca.authority;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.MacData;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PBMAC1Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Pfx;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Opens a PKCS#12 file whatever wrote it: openssl with and without a MAC or passphrase, keytool
/// with a passphrase of the key's own, PBMAC1. What cannot be opened is named. The work that a
/// passphrase costs is bounded. Pure.
///
/// @rfc 7292
final class Pkcs12Reader {

    /// The JDK's own bound.
    private static final BigInteger MAX_ITERATIONS = BigInteger.valueOf(5_000_000);

    /// What the JDK verifies (RFC 7292 B.4).
    private static final Set<ASN1ObjectIdentifier> KNOWN_MACS =
            Set.of(
                    OIWObjectIdentifiers.idSHA1,
                    NISTObjectIdentifiers.id_sha224,
                    NISTObjectIdentifiers.id_sha256,
                    NISTObjectIdentifiers.id_sha384,
                    NISTObjectIdentifiers.id_sha512,
                    NISTObjectIdentifiers.id_sha512_224,
                    NISTObjectIdentifiers.id_sha512_256);

    private static final int MAX_ALIAS = 64;
    private static final int MAX_ALIASES = 8;

    private Pkcs12Reader() {}

    /// What the file holds: one key with its chain, and certificates without a key.
    record Content(PrivateKey key, List<Certificate> certificates) {
        Content {
            certificates = List.copyOf(certificates);
        }

        @Override
        public String toString() {
            return "Content[" + certificates.size() + " certificates]";
        }
    }

    /// @throws NotAcceptedException with what is wrong and what to do
    static Content read(AuthorityIntake.Material material) throws NotAcceptedException {
        byte[] content = material.content();
        char[] passphrase = material.passphrase();
        KeyStore store = open(content, passphrase);
        try {
            List<String> keys = keys(store);
            if (keys.isEmpty() && passphrase.length > 0 && !isFallback(store)) {
                // The JDK skips keys that are not encrypted by themselves.
                store = load(content, passphrase, Holder.FALLBACK);
                keys = keys(store);
            }
            String alias = chosen(keys, material.alias());
            Certificate[] chain = store.getCertificateChain(alias);
            if (chain == null || chain.length == 0) {
                throw new NotAcceptedException(
                        "there is no certificate of its private key in the PKCS#12 (expected: the"
                                + " CA's certificate, and those above it unless they are on record)");
            }
            List<Certificate> certificates = new ArrayList<>(List.of(chain));
            for (String other : Collections.list(store.aliases())) {
                if (store.isCertificateEntry(other)
                        && !certificates.contains(store.getCertificate(other))) {
                    certificates.add(store.getCertificate(other));
                }
            }
            return new Content(key(store, alias, material), certificates);
        } catch (GeneralSecurityException | RuntimeException _) {
            throw new NotAcceptedException(
                    "the PKCS#12 is damaged, or holds what is not supported");
        }
    }

    private static boolean isFallback(KeyStore store) {
        return store.getProvider().getName().equals(Holder.FALLBACK.getName());
    }

    private static List<String> keys(KeyStore store) throws GeneralSecurityException {
        List<String> keys = new ArrayList<>();
        for (String alias : Collections.list(store.aliases())) {
            if (store.isKeyEntry(alias)) {
                keys.add(alias);
            }
        }
        return keys;
    }

    private static String chosen(List<String> keys, @Nullable String wanted)
            throws NotAcceptedException {
        if (keys.isEmpty()) {
            throw new NotAcceptedException("there is no private key in the PKCS#12");
        }
        if (wanted == null) {
            if (keys.size() > 1) {
                throw new NotAcceptedException(
                        "there are several private keys in the PKCS#12: "
                                + listed(keys)
                                + " (expected: one, or the alias of the one to take)");
            }
            return keys.getFirst();
        }
        return keys.stream()
                .filter(alias -> alias.equalsIgnoreCase(wanted))
                .findFirst()
                .orElseThrow(() ->
                        new NotAcceptedException(
                                "there is no private key with that alias in the PKCS#12 (expected:"
                                        + " one of "
                                        + listed(keys)
                                        + ")"));
    }

    private static String listed(List<String> aliases) {
        return aliases.stream()
                .sorted()
                .limit(MAX_ALIASES)
                .map(Pkcs12Reader::printable)
                .collect(Collectors.joining(", "));
    }

    private static String printable(String alias) {
        StringBuilder printable = new StringBuilder("'");
        alias.codePoints()
                .limit(MAX_ALIAS)
                .forEach(c ->
                        printable.appendCodePoint(
                                Character.isLetterOrDigit(c) || " .-_@:/".indexOf(c) >= 0
                                        ? c
                                        : '?'));
        return printable.append('\'').toString();
    }

    private static PrivateKey key(KeyStore store, String alias, AuthorityIntake.Material material)
            throws NotAcceptedException, GeneralSecurityException {
        char[] own = material.keyPassphrase();
        try {
            Key key = store.getKey(alias, own == null ? material.passphrase() : own);
            if (key instanceof PrivateKey found) {
                return found;
            }
        } catch (UnrecoverableKeyException _) {
            throw new NotAcceptedException(
                    own == null
                            ? "the private key in the PKCS#12 has another passphrase than the file"
                                    + " (expected: the key's own one as well)"
                            : "the private key's own passphrase is wrong");
        }
        throw new NotAcceptedException("there is no private key in the PKCS#12");
    }

    private static KeyStore open(byte[] content, char[] passphrase) throws NotAcceptedException {
        requirePkcs12(content);
        AlgorithmIdentifier mac = mac(content);
        if (mac == null || KNOWN_MACS.contains(mac.getAlgorithm())) {
            return load(content, passphrase, null);
        }
        if (!PKCSObjectIdentifiers.id_PBMAC1.equals(mac.getAlgorithm())) {
            throw new NotAcceptedException(
                    "the MAC of the PKCS#12 is made with "
                            + mac.getAlgorithm().getId()
                            + ", which is not known here, so that neither the file nor its"
                            + " passphrase can be checked (expected: SHA-1 or SHA-2; write it again"
                            + " with 'openssl pkcs12 -in FILE -out ca.pem' and 'openssl pkcs12"
                            + " -export -in ca.pem -out ca.p12')");
        }
        // RFC 9579, which the JDK does not read yet.
        boundWork(mac);
        if (passphrase.length == 0) {
            throw new NotAcceptedException(
                    "a PKCS#12 with PBMAC1 and no passphrase cannot be opened (expected: one with a"
                            + " passphrase)");
        }
        return load(content, passphrase, Holder.FALLBACK);
    }

    private static void requirePkcs12(byte[] content) throws NotAcceptedException {
        int magic = content.length < 4 ? 0 : ByteBuffer.wrap(content).getInt();
        switch (magic) {
            case 0xfeedfeed, 0xcececece ->
                    throw new NotAcceptedException(
                            "it is a Java keystore of type JKS or JCEKS (expected: PKCS#12; convert"
                                    + " it with 'keytool -importkeystore -srckeystore FILE"
                                    + " -destkeystore ca.p12 -deststoretype PKCS12')");
            case 0x2d2d2d2d ->
                    throw new NotAcceptedException(
                            "it is PEM (expected: PKCS#12; send PEM as PEM)");
            default -> {
                // Judged by those who read it.
            }
        }
    }

    /// Null: the file has none.
    private static @Nullable AlgorithmIdentifier mac(byte[] content) throws NotAcceptedException {
        try {
            MacData mac = Pfx.getInstance(content).getMacData();
            return mac == null ? null : mac.getMac().getAlgorithmId();
        } catch (RuntimeException _) {
            throw new NotAcceptedException("it is not PKCS#12, or it is cut off");
        }
    }

    private static void boundWork(AlgorithmIdentifier mac) throws NotAcceptedException {
        try {
            AlgorithmIdentifier derivation =
                    PBMAC1Params.getInstance(mac.getParameters()).getKeyDerivationFunc();
            if (PKCSObjectIdentifiers.id_PBKDF2.equals(derivation.getAlgorithm())
                    && PBKDF2Params.getInstance(derivation.getParameters())
                                    .getIterationCount()
                                    .compareTo(MAX_ITERATIONS)
                            <= 0) {
                return;
            }
        } catch (RuntimeException _) {
            // Said below.
        }
        throw new NotAcceptedException(
                "the PBMAC1 of the PKCS#12 is not by PBKDF2 of at most "
                        + MAX_ITERATIONS
                        + " iterations");
    }

    private static KeyStore load(byte[] content, char[] passphrase, @Nullable Provider provider)
            throws NotAcceptedException {
        try {
            KeyStore store =
                    provider == null
                            ? KeyStore.getInstance("PKCS12")
                            : KeyStore.getInstance("PKCS12", provider);
            store.load(new ByteArrayInputStream(content), passphrase);
            return store;
        } catch (IOException e) {
            throw new NotAcceptedException(
                    e.getCause() instanceof UnrecoverableKeyException
                            ? "the passphrase of the PKCS#12 is wrong"
                            : "the PKCS#12 is damaged, or protected in a way that is not supported"
                                    + " (expected: as by 'openssl pkcs12 -export')");
        } catch (GeneralSecurityException | RuntimeException _) {
            throw new NotAcceptedException(
                    "the PKCS#12 is damaged, or holds what is not supported");
        }
    }

    /// Made when it is first needed.
    private static final class Holder {
        static final BouncyCastleProvider FALLBACK = new BouncyCastleProvider();
    }
}
