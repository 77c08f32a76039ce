package dev.signet.ca.attestation;

import dev.signet.ca.ledger.JoinTokenHash;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;

/// The last token of a page: the next page begins behind it, whatever was made since. Its text
/// names the token by its hash, which is no secret.
///
/// @param createdAt to the microsecond, as PostgreSQL keeps it
record JoinTokenPage(Instant createdAt, JoinTokenHash hash) {

    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");
    private static final int HASH_LENGTH = 32;
    private static final int LENGTH = Long.BYTES + HASH_LENGTH;

    /// @throws IllegalArgumentException when the text is not one that [#text()] made
    static JoinTokenPage parse(String text) {
        byte[] octets;
        try {
            octets = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException _) {
            throw unknown();
        }
        if (octets.length != LENGTH) {
            throw unknown();
        }
        ByteBuffer buffer = ByteBuffer.wrap(octets);
        long micros = buffer.getLong();
        byte[] hash = new byte[HASH_LENGTH];
        buffer.get(hash);
        // What PostgreSQL can hold; anything else was never given out.
        if (micros < 0 || micros > ChronoUnit.MICROS.between(Instant.EPOCH, LATEST)) {
            throw unknown();
        }
        return new JoinTokenPage(
                Instant.EPOCH.plus(micros, ChronoUnit.MICROS), new JoinTokenHash(hash));
    }

    String text() {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(
                        ByteBuffer.allocate(LENGTH)
                                .putLong(ChronoUnit.MICROS.between(Instant.EPOCH, createdAt))
                                .put(hash.octets())
                                .array());
    }

    private static IllegalArgumentException unknown() {
        return new IllegalArgumentException(
                "page token is not one that a list returned; begin without one");
    }
}
