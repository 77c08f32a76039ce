package dev.signet.ca.ledger;

import dev.signet.ca.certificate.SerialNumber;

import java.util.Optional;

/// The first digits of serial numbers, enough of them that few certificates have them: the hour of
/// expiry, which names one partition, and 16 random bits or more. Immutable.
///
/// @param first smallest serial number that begins so
/// @param last greatest one
public record SerialPrefix(SerialNumber first, SerialNumber last) {

    /// Fewest hexadecimal digits.
    public static final int LEAST_DIGITS = 12;

    /// @param hex 12 to 40 hexadecimal digits, any case
    /// @return empty when no serial number of this CA begins so, or there are too few digits
    public static Optional<SerialPrefix> of(String hex) {
        int missing = 2 * SerialNumber.LENGTH - hex.length();
        if (hex.length() < LEAST_DIGITS || missing < 0) {
            return Optional.empty();
        }
        return SerialNumber.fromHex(hex + "0".repeat(missing))
                .flatMap(first ->
                        SerialNumber.fromHex(hex + "f".repeat(missing))
                                .map(last -> new SerialPrefix(first, last)));
    }
}
