package dev.signet.ca.ledger;

import dev.signet.ca.certificate.SerialNumber;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;

/// The last record of a page: the next page begins behind it, whatever was issued since.
///
/// @param issuedAt to the microsecond, as PostgreSQL keeps it
record PageToken(Instant issuedAt, SerialNumber serialNumber) {

    private static final int LENGTH = Long.BYTES + SerialNumber.LENGTH;

    /// @throws IllegalArgumentException when the text is not one that [#text()] made
    static PageToken parse(String text) {
        byte[] octets = Base64.getUrlDecoder().decode(text);
        if (octets.length != LENGTH) {
            throw new IllegalArgumentException(
                    "page token is not one that a search returned; begin without one");
        }
        ByteBuffer buffer = ByteBuffer.wrap(octets);
        Instant issuedAt = Instant.EPOCH.plus(buffer.getLong(), ChronoUnit.MICROS);
        byte[] serial = new byte[SerialNumber.LENGTH];
        buffer.get(serial);
        return new PageToken(
                issuedAt,
                SerialNumber.fromOctets(serial)
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "page token is not one that a search returned;"
                                                + " begin without one")));
    }

    String text() {
        byte[] octets =
                ByteBuffer.allocate(LENGTH)
                        .putLong(ChronoUnit.MICROS.between(Instant.EPOCH, issuedAt))
                        .put(serialNumber.octets())
                        .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
    }
}
