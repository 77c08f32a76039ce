package dev.signet.ca.certificate;

import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/// A certificate's serial number: 20 octets, positive (RFC 5280 4.1.2.2). The first four octets are
/// the expiry period, `0x40000000` plus the hour since the Unix epoch in which notAfter lies, so
/// that the number alone says which ledger partition holds its record; the other 16 are random.
/// Immutable.
///
/// @rfc 5280 4.1.2.2
public final class SerialNumber {

    /// Length in octets; also the length of the DER content, as the first octet is 0x40 to 0x7f.
    public static final int LENGTH = 20;

    /// Random octets after the expiry period: 128 bits from a CSPRNG (R1).
    public static final int RANDOM_LENGTH = 16;

    private static final int PERIOD_BASE = 0x4000_0000;
    private static final long SECONDS_PER_HOUR = 3600;

    private final byte[] octets;

    private SerialNumber(byte[] octets) {
        this.octets = octets;
    }

    /// @param random exactly 16 octets from a CSPRNG
    public static SerialNumber of(Instant notAfter, byte[] random) {
        if (random.length != RANDOM_LENGTH) {
            throw new IllegalArgumentException(
                    "random part has " + random.length + " octets (expected: 16)");
        }
        long hour = Math.floorDiv(notAfter.getEpochSecond(), SECONDS_PER_HOUR);
        if (hour < 0 || hour >= PERIOD_BASE) {
            throw new IllegalArgumentException("notAfter is outside the range of expiry periods");
        }
        int period = PERIOD_BASE + (int) hour;
        byte[] octets = new byte[LENGTH];
        octets[0] = (byte) (period >>> 24);
        octets[1] = (byte) (period >>> 16);
        octets[2] = (byte) (period >>> 8);
        octets[3] = (byte) period;
        System.arraycopy(random, 0, octets, 4, RANDOM_LENGTH);
        return new SerialNumber(octets);
    }

    /// @return empty when the octets are not a serial number of this CA
    public static Optional<SerialNumber> fromOctets(byte[] octets) {
        if (octets.length != LENGTH || (octets[0] & 0xc0) != 0x40) {
            return Optional.empty();
        }
        return Optional.of(new SerialNumber(octets.clone()));
    }

    /// @param hex 40 hexadecimal digits, any case
    /// @return empty when the text is not a serial number of this CA
    public static Optional<SerialNumber> fromHex(String hex) {
        if (hex.length() != 2 * LENGTH) {
            return Optional.empty();
        }
        try {
            return fromOctets(HexFormat.of().parseHex(hex));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    public byte[] octets() {
        return octets.clone();
    }

    /// First instant of the hour in which the certificate's notAfter lies; the hour's length is
    /// 3600 s.
    public Instant expiryHour() {
        int period =
                (octets[0] & 0xff) << 24
                        | (octets[1] & 0xff) << 16
                        | (octets[2] & 0xff) << 8
                        | (octets[3] & 0xff);
        return Instant.ofEpochSecond((period - PERIOD_BASE) * SECONDS_PER_HOUR);
    }

    /// 40 lower-case hexadecimal digits.
    public String hex() {
        return HexFormat.of().formatHex(octets);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SerialNumber that && Arrays.equals(octets, that.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }

    @Override
    public String toString() {
        return hex();
    }
}
