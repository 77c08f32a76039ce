package dev.signet.ca.pkcs11;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;

/// Which key in which token: `pkcs11:token=LABEL;id=%01%02;type=private`. Immutable.
///
/// @rfc 7512 2.3
public final class TokenKeyReference {

    private static final String SCHEME = "pkcs11:";

    /// RFC 3986 2.3.
    private static final String UNRESERVED =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    private static final int MAX_LENGTH = 512;
    private static final int MAX_ID = 64;

    private final String token;
    private final byte[] id;

    /// @param token label
    /// @param id CKA_ID, 1 to 64 octets
    public TokenKeyReference(String token, byte[] id) {
        if (token.isEmpty() || id.length == 0 || id.length > MAX_ID) {
            throw new IllegalArgumentException(
                    "key in token '" + token + "' with an id of " + id.length + " octets");
        }
        this.token = token;
        this.id = id.clone();
    }

    /// Reads what [#toString()] wrote.
    ///
    /// @throws IllegalArgumentException when it is of another form
    public static TokenKeyReference parse(String uri) {
        if (uri.length() > MAX_LENGTH || !uri.startsWith(SCHEME)) {
            throw malformed(uri);
        }
        String token = null;
        byte[] id = null;
        for (String attribute : uri.substring(SCHEME.length()).split(";", -1)) {
            int equals = attribute.indexOf('=');
            if (equals < 0) {
                throw malformed(uri);
            }
            byte[] value = decode(attribute.substring(equals + 1), uri);
            switch (attribute.substring(0, equals)) {
                case "token" -> token = new String(value, StandardCharsets.UTF_8);
                case "id" -> id = value;
                case "type" -> {
                    if (!Arrays.equals(value, "private".getBytes(StandardCharsets.US_ASCII))) {
                        throw malformed(uri);
                    }
                }
                default -> throw malformed(uri);
            }
        }
        if (token == null || id == null) {
            throw malformed(uri);
        }
        return new TokenKeyReference(token, id);
    }

    private static IllegalArgumentException malformed(String uri) {
        return new IllegalArgumentException(
                "'"
                        + uri.substring(0, Math.min(uri.length(), 80))
                        + "' is no key reference (expected: pkcs11:token=LABEL;id=%01%02;type=private)");
    }

    private static byte[] decode(String text, String uri) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > 0x7e || c < 0x21) {
                throw malformed(uri);
            } else if (c != '%') {
                octets.write(c);
            } else if (i + 2 < text.length()
                    && HexFormat.isHexDigit(text.charAt(i + 1))
                    && HexFormat.isHexDigit(text.charAt(i + 2))) {
                octets.write(HexFormat.fromHexDigits(text, i + 1, i + 3));
                i += 2;
            } else {
                throw malformed(uri);
            }
        }
        return octets.toByteArray();
    }

    /// The token's label.
    public String token() {
        return token;
    }

    byte[] id() {
        return id.clone();
    }

    /// CKA_ID, lower-case hexadecimal.
    public String idHex() {
        return HexFormat.of().formatHex(id);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenKeyReference that
                && token.equals(that.token)
                && Arrays.equals(id, that.id);
    }

    @Override
    public int hashCode() {
        return 31 * token.hashCode() + Arrays.hashCode(id);
    }

    /// The RFC 7512 form.
    @Override
    public String toString() {
        StringBuilder uri = new StringBuilder(SCHEME).append("token=");
        for (byte octet : token.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (octet & 0xff);
            if (UNRESERVED.indexOf(c) >= 0) {
                uri.append(c);
            } else {
                uri.append(String.format(Locale.ROOT, "%%%02X", (int) c));
            }
        }
        uri.append(";id=");
        for (byte octet : id) {
            uri.append(String.format(Locale.ROOT, "%%%02x", octet & 0xff));
        }
        return uri.append(";type=private").toString();
    }
}
