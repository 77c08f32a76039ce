package dev.signet.ca.pkcs11;

import dev.signet.ca.crypto.CryptoProvider;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One logged-in session with the token, for one thread. After a [CryptokiException] it is of no
/// use.
final class TokenSession {

    private static final long EC_KEY_PAIR_GEN = 0x1040;
    private static final long RSA_KEY_PAIR_GEN = 0x0;

    /// F4.
    private static final byte[] EXPONENT = {1, 0, 1};

    private static final byte[] OID_P256 = HexFormat.of().parseHex("06082a8648ce3d030107");
    private static final byte[] OID_P384 = HexFormat.of().parseHex("06052b81040022");

    /// SubjectPublicKeyInfo up to the point, RFC 5480 2.
    private static final String SPKI_P256 = "3059301306072a8648ce3d020106082a8648ce3d030107034200";

    private static final String SPKI_P384 = "3076301006072a8648ce3d020106052b81040022036200";

    private final Cryptoki cryptoki;
    private final CryptoProvider crypto;
    private final long epoch;
    private final long slot;
    private final String label;
    private final long handle;
    private final Map<TokenKeyReference, Long> keys = new HashMap<>();

    private TokenSession(
            Cryptoki cryptoki,
            CryptoProvider crypto,
            long epoch,
            long slot,
            String label,
            long handle) {
        this.cryptoki = cryptoki;
        this.crypto = crypto;
        this.epoch = epoch;
        this.slot = slot;
        this.label = label;
        this.handle = handle;
    }

    /// @param epoch of the library's state, which the session does not outlive
    /// @throws TokenNotFoundException when the library sees no such token
    /// @throws TokenException when there is no PIN
    static TokenSession open(
            Cryptoki cryptoki,
            CryptoProvider crypto,
            Pkcs11Settings settings,
            TokenPin pin,
            long epoch) {
        cryptoki.initialize();
        long slot = slot(cryptoki, settings);
        String label = cryptoki.tokenInfo(slot).label();
        long handle = cryptoki.openSession(slot);
        TokenSession session = new TokenSession(cryptoki, crypto, epoch, slot, label, handle);
        try {
            pin.login(cryptoki, handle);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
        return session;
    }

    private static long slot(Cryptoki cryptoki, Pkcs11Settings settings) {
        Long wanted = settings.slot();
        List<Long> found = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        for (long slot : cryptoki.slots()) {
            String label = cryptoki.tokenInfo(slot).label();
            labels.add(label);
            if (wanted == null ? label.equals(settings.tokenLabel()) : slot == wanted) {
                found.add(slot);
            }
        }
        if (found.size() > 1) {
            throw new TokenNotFoundException(
                    "slots "
                            + found
                            + " have a token labelled "
                            + settings.tokenLabel()
                            + "; name one by signet.authority.pkcs11.slot");
        }
        if (found.isEmpty()) {
            throw new TokenNotFoundException(
                    settings.place() + " is not there; the library sees " + labels);
        }
        return found.getFirst();
    }

    /// The library, as far as it answers at all, does not see the token.
    static final class TokenNotFoundException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        TokenNotFoundException(String message) {
            super(message);
        }
    }

    long epoch() {
        return epoch;
    }

    String label() {
        return label;
    }

    /// Asks for nothing in particular.
    void check() {
        if (!cryptoki.tokenInfo(slot).label().equals(label)) {
            throw new TokenNotFoundException("another token was put into slot " + slot);
        }
        cryptoki.find(handle, List.of(Attribute.of(Attribute.CLASS, Attribute.PRIVATE_KEY)));
    }

    boolean has(TokenKeyReference reference) {
        return find(reference, Attribute.PRIVATE_KEY).isPresent();
    }

    private Optional<Long> find(TokenKeyReference reference, long objectClass) {
        if (!reference.token().equals(label)) {
            return Optional.empty();
        }
        long[] found =
                cryptoki.find(
                        handle,
                        List.of(
                                Attribute.of(Attribute.CLASS, objectClass),
                                new Attribute(Attribute.ID, reference.id())));
        return found.length == 1 ? Optional.of(found[0]) : Optional.empty();
    }

    /// @return empty when the token does not have the key
    Optional<byte[]> sign(TokenKeyReference reference, TokenSignature signature, byte[] data) {
        Long key = keys.get(reference);
        if (key == null) {
            Optional<Long> found = find(reference, Attribute.PRIVATE_KEY);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            key = found.get();
            keys.put(reference, key);
        }
        return Optional.of(
                cryptoki.sign(handle, key, signature.mechanism(), data, signature.longest()));
    }

    /// Makes a key that cannot leave the token, and looks whether the token says so, too.
    TokenKey generate(TokenKeySpec spec, byte[] id, String name) {
        List<Attribute> publicTemplate = new ArrayList<>(common(id, name));
        publicTemplate.add(Attribute.of(Attribute.VERIFY, true));
        long mechanism =
                switch (spec) {
                    case EC_P256 -> {
                        publicTemplate.add(new Attribute(Attribute.EC_PARAMS, OID_P256));
                        yield EC_KEY_PAIR_GEN;
                    }
                    case EC_P384 -> {
                        publicTemplate.add(new Attribute(Attribute.EC_PARAMS, OID_P384));
                        yield EC_KEY_PAIR_GEN;
                    }
                    case RSA_3072 -> rsa(publicTemplate, 3072);
                    case RSA_4096 -> rsa(publicTemplate, 4096);
                };
        List<Attribute> privateTemplate = new ArrayList<>(common(id, name));
        privateTemplate.add(Attribute.of(Attribute.PRIVATE, true));
        privateTemplate.add(Attribute.of(Attribute.SENSITIVE, true));
        privateTemplate.add(Attribute.of(Attribute.EXTRACTABLE, false));
        privateTemplate.add(Attribute.of(Attribute.SIGN, true));
        long[] pair = cryptoki.generateKeyPair(handle, mechanism, publicTemplate, privateTemplate);
        if (!isTrue(pair[1], Attribute.ALWAYS_SENSITIVE)
                || !isTrue(pair[1], Attribute.NEVER_EXTRACTABLE)) {
            cryptoki.destroyObject(handle, pair[1]);
            cryptoki.destroyObject(handle, pair[0]);
            throw new TokenException(
                    "token " + label + " made a key that could be taken out of it; it was removed",
                    null);
        }
        TokenKeyReference reference = new TokenKeyReference(label, id);
        return new TokenKey(reference, publicKey(pair[0], spec));
    }

    private static List<Attribute> common(byte[] id, String name) {
        return List.of(
                Attribute.of(Attribute.TOKEN, true),
                new Attribute(Attribute.ID, id),
                new Attribute(Attribute.LABEL, name.getBytes(StandardCharsets.UTF_8)));
    }

    private static long rsa(List<Attribute> publicTemplate, long bits) {
        publicTemplate.add(Attribute.of(Attribute.MODULUS_BITS, bits));
        publicTemplate.add(new Attribute(Attribute.PUBLIC_EXPONENT, EXPONENT));
        return RSA_KEY_PAIR_GEN;
    }

    private boolean isTrue(long object, long type) {
        byte[] value = cryptoki.attribute(handle, object, type);
        return value.length == 1 && value[0] == 1;
    }

    private PublicKey publicKey(long object, TokenKeySpec spec) {
        try {
            return switch (spec) {
                case EC_P256 -> point(object, SPKI_P256, 65);
                case EC_P384 -> point(object, SPKI_P384, 97);
                case RSA_3072, RSA_4096 ->
                        crypto.keyFactory("RSA")
                                .generatePublic(
                                        new RSAPublicKeySpec(
                                                unsigned(object, Attribute.MODULUS),
                                                unsigned(object, Attribute.PUBLIC_EXPONENT)));
            };
        } catch (GeneralSecurityException e) {
            throw new TokenException("token " + label + " made a public key of no known form", e);
        }
    }

    /// CKA_EC_POINT is an OCTET STRING around the point; some old libraries leave that away.
    private PublicKey point(long object, String header, int length)
            throws GeneralSecurityException {
        byte[] value = cryptoki.attribute(handle, object, Attribute.EC_POINT);
        int offset = value.length - length;
        if (offset != 0 && offset != 2) {
            throw new GeneralSecurityException("CKA_EC_POINT has " + value.length + " octets");
        }
        byte[] start = HexFormat.of().parseHex(header);
        byte[] info = new byte[start.length + length];
        System.arraycopy(start, 0, info, 0, start.length);
        System.arraycopy(value, offset, info, start.length, length);
        return crypto.keyFactory("EC").generatePublic(new X509EncodedKeySpec(info));
    }

    private BigInteger unsigned(long object, long type) {
        return new BigInteger(1, cryptoki.attribute(handle, object, type));
    }

    void destroy(TokenKeyReference reference) {
        keys.remove(reference);
        find(reference, Attribute.PRIVATE_KEY)
                .ifPresent(object -> cryptoki.destroyObject(handle, object));
        find(reference, Attribute.PUBLIC_KEY)
                .ifPresent(object -> cryptoki.destroyObject(handle, object));
    }

    /// Never throws what the library says.
    void close() {
        try {
            cryptoki.closeSession(handle);
        } catch (CryptokiException _) {
            // It is gone already.
        }
    }
}
