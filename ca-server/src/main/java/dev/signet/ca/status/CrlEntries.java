package dev.signet.ca.status;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.revocation.RevocationReason;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The entries of one CRL, as DER, in the order in which they came: at most 55 octets each and no
/// object beside them. Not thread-safe.
///
/// @rfc 5280 5.1.2.6
/// @rfc 5280 5.3.1
final class CrlEntries {

    private static final int CHUNK = 1 << 16;
    private static final int MAX_ENTRY = 64;

    private final List<byte[]> full = new ArrayList<>();
    private byte[] chunk = new byte[1024];
    private int used;
    private int fullLength;
    private int count;

    int count() {
        return count;
    }

    /// Octets of all entries.
    int length() {
        return fullLength + used;
    }

    void add(SerialNumber serialNumber, Instant revokedAt, RevocationReason reason) {
        makeRoom(MAX_ENTRY);
        byte[] time = DerOctets.time(revokedAt);
        boolean withReason = reason != RevocationReason.UNSPECIFIED;
        put(0x30);
        put(2 + SerialNumber.LENGTH + time.length + (withReason ? 14 : 0));
        put(0x02);
        put(SerialNumber.LENGTH);
        put(serialNumber.octets(), 0, SerialNumber.LENGTH);
        put(time, 0, time.length);
        if (withReason) {
            // crlEntryExtensions with one Extension: reasonCode, 2.5.29.21, ENUMERATED.
            put(0x30);
            put(0x0c);
            put(0x30);
            put(0x0a);
            put(0x06);
            put(0x03);
            put(0x55);
            put(0x1d);
            put(0x15);
            put(0x04);
            put(0x03);
            put(0x0a);
            put(0x01);
            put(reason.code());
        }
        count++;
    }

    /// An entry of another CRL, as it is there.
    void addEncoded(byte[] from, int offset, int length) {
        makeRoom(length);
        put(from, offset, length);
        count++;
    }

    /// Writes all entries.
    ///
    /// @return where they end
    int writeTo(byte[] target, int offset) {
        int at = offset;
        for (byte[] part : full) {
            System.arraycopy(part, 0, target, at, part.length);
            at += part.length;
        }
        System.arraycopy(chunk, 0, target, at, used);
        return at + used;
    }

    private void makeRoom(int length) {
        if (used + length <= chunk.length) {
            return;
        }
        if (full.isEmpty() && chunk.length < CHUNK) {
            chunk = Arrays.copyOf(chunk, Math.max(2 * chunk.length, used + length));
            return;
        }
        full.add(Arrays.copyOf(chunk, used));
        fullLength = Math.addExact(fullLength, used);
        chunk = new byte[Math.max(CHUNK, length)];
        used = 0;
    }

    private void put(int octet) {
        chunk[used++] = (byte) octet;
    }

    private void put(byte[] octets, int offset, int length) {
        System.arraycopy(octets, offset, chunk, used, length);
        used += length;
    }
}
