package dev.signet.ca.certificate;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/// Writes a validity: UTCTime to the end of 2049, GeneralizedTime from 2050, whole seconds, Z.
///
/// @rfc 5280 4.1.2.5
final class CertificateTime {

    private static final int SEQUENCE = 0x30;
    private static final int UTC_TIME = 0x17;
    private static final int GENERALIZED_TIME = 0x18;
    private static final int UTC_TIME_LENGTH = 13;
    private static final int GENERALIZED_TIME_LENGTH = 15;
    private static final int FIRST_UTC_YEAR = 1950;
    private static final int FIRST_GENERALIZED_YEAR = 2050;
    private static final int LAST_YEAR = 9999;

    private CertificateTime() {}

    /// @return DER Validity
    /// @throws IllegalArgumentException when an end is outside 1950 to 9999
    static byte[] encode(Validity validity) {
        LocalDateTime from = dateTime(validity.notBefore());
        LocalDateTime to = dateTime(validity.notAfter());
        int length = DerWriter.lengthOf(length(from)) + DerWriter.lengthOf(length(to));
        DerWriter writer = new DerWriter(DerWriter.lengthOf(length)).header(SEQUENCE, length);
        write(writer, from);
        write(writer, to);
        return writer.toOctets();
    }

    private static LocalDateTime dateTime(Instant instant) {
        LocalDateTime time =
                LocalDateTime.ofEpochSecond(instant.getEpochSecond(), 0, ZoneOffset.UTC);
        if (time.getYear() < FIRST_UTC_YEAR || time.getYear() > LAST_YEAR) {
            throw new IllegalArgumentException(
                    "year of validity is " + time.getYear() + " (expected: 1950 to 9999)");
        }
        return time;
    }

    private static int length(LocalDateTime time) {
        return time.getYear() < FIRST_GENERALIZED_YEAR ? UTC_TIME_LENGTH : GENERALIZED_TIME_LENGTH;
    }

    private static void write(DerWriter writer, LocalDateTime time) {
        int length = length(time);
        writer.header(length == UTC_TIME_LENGTH ? UTC_TIME : GENERALIZED_TIME, length);
        if (length == GENERALIZED_TIME_LENGTH) {
            twoDigits(writer, time.getYear() / 100);
        }
        twoDigits(writer, time.getYear() % 100);
        twoDigits(writer, time.getMonthValue());
        twoDigits(writer, time.getDayOfMonth());
        twoDigits(writer, time.getHour());
        twoDigits(writer, time.getMinute());
        twoDigits(writer, time.getSecond());
        writer.octet('Z');
    }

    private static void twoDigits(DerWriter writer, int value) {
        writer.octet('0' + value / 10).octet('0' + value % 10);
    }
}
