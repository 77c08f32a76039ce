package dev.signet.benchmarks;

import java.util.Locale;

/// Numbers as the reports print them.
final class Text {

    private static final double BYTES_PER_MEGABYTE = 1_000_000;

    private Text() {}

    static String count(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }

    static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    static String decimals(double value, int places) {
        return Double.isNaN(value) ? "?" : String.format(Locale.ROOT, "%,." + places + "f", value);
    }

    static String megabytes(long bytes) {
        return bytes == 0 ? "?" : count(bytes / BYTES_PER_MEGABYTE) + " MB";
    }
}
