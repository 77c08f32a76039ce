package dev.signet.ca.attestation;

import dev.signet.ca.egress.StrictJson;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/// A JWT in compact form, taken apart once: what is verified and what is read are the same octets
/// (R8). Nothing of it is to be believed before its signature verified.
///
/// @rfc 7515 7.1
final class CompactToken {

    /// Longest token that is looked at, in characters.
    static final int MAX_LENGTH = 8 * 1024;

    private static final Base64.Decoder BASE64 = Base64.getUrlDecoder();
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private final Map<String, Object> header;
    private final Map<String, Object> claims;
    private final byte[] signingInput;
    private final byte[] signature;

    private CompactToken(
            Map<String, Object> header,
            Map<String, Object> claims,
            byte[] signingInput,
            byte[] signature) {
        this.header = header;
        this.claims = claims;
        this.signingInput = signingInput;
        this.signature = signature;
    }

    /// @return empty when the text is not three parts of canonical base64url, the first two of them
    ///   JSON objects, the third not empty
    static Optional<CompactToken> parse(String text) {
        int first = text.indexOf('.');
        int second = text.indexOf('.', first + 1);
        if (text.length() > MAX_LENGTH
                || first < 0
                || second < 0
                || text.indexOf('.', second + 1) >= 0) {
            return Optional.empty();
        }
        Optional<byte[]> signature = decode(text.substring(second + 1));
        Optional<Map<String, Object>> header =
                decode(text.substring(0, first)).flatMap(StrictJson::object);
        Optional<Map<String, Object>> claims =
                decode(text.substring(first + 1, second)).flatMap(StrictJson::object);
        if (signature.isEmpty() || header.isEmpty() || claims.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new CompactToken(
                        header.get(),
                        claims.get(),
                        text.substring(0, second).getBytes(StandardCharsets.US_ASCII),
                        signature.get()));
    }

    /// Strict: no padding, no other alphabet, no unused bits that are set, at least one octet.
    private static Optional<byte[]> decode(String part) {
        try {
            byte[] octets = BASE64.decode(part);
            return octets.length > 0 && ENCODER.encodeToString(octets).equals(part)
                    ? Optional.of(octets)
                    : Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    Map<String, Object> header() {
        return header;
    }

    Map<String, Object> claims() {
        return claims;
    }

    byte[] signingInput() {
        return signingInput;
    }

    byte[] signature() {
        return signature;
    }

    @Override
    public String toString() {
        return "CompactToken[redacted]";
    }
}
