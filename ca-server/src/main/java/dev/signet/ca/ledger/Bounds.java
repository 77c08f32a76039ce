package dev.signet.ca.ledger;

import java.time.Duration;

/// Bounds of settings; a message names the setting, what it is and what was expected.
final class Bounds {

    private Bounds() {}

    static void check(String setting, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    setting + ": " + value + " (expected: " + least + " to " + most + ")");
        }
    }

    static void check(String setting, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    setting + ": " + value + " (expected: " + least + " to " + most + ")");
        }
    }
}
