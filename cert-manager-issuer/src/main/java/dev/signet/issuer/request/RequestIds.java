package dev.signet.issuer.request;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.UUID;

/// Request ids that follow from the resource: whoever asks for the same resource, whenever and from
/// wherever, asks by the same id and gets the same certificate. In the layout of UUID version 7,
/// the moment of approval in front and a hash of the resource's uid behind. Stateless.
///
/// @rfc 9562 5.7
public final class RequestIds {

    private RequestIds() {}

    /// @param kind of the resource
    /// @param uid given by the API server, never twice
    /// @param approved a moment that the resource itself records, the same each time
    public static String of(String kind, String uid, Instant approved) {
        ByteBuffer hash = ByteBuffer.wrap(sha256(kind + "\n" + uid));
        long high = (approved.toEpochMilli() << 16) | 0x7000L | (hash.getLong() & 0x0fffL);
        long low = (hash.getLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime has no SHA-256", e);
        }
    }
}
