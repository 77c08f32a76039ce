package dev.signet.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads `90s`, `10m`, `2h`, `1d`, or what ISO 8601 writes, `PT10M`. Whole seconds, at least one.
public final class Lifetimes implements ITypeConverter<Duration> {

    private static final Pattern SHORT = Pattern.compile("([1-9][0-9]{0,8})([smhd])");

    @Override
    public Duration convert(String text) {
        Duration duration = read(text);
        if (duration.compareTo(Duration.ofSeconds(1)) < 0
                || !duration.equals(Duration.ofSeconds(duration.toSeconds()))) {
            throw unreadable(text);
        }
        return duration;
    }

    private static Duration read(String text) {
        Matcher matcher = SHORT.matcher(text);
        if (!matcher.matches()) {
            try {
                return Duration.parse(text);
            } catch (java.time.format.DateTimeParseException e) {
                throw unreadable(text);
            }
        }
        long count = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }

    private static TypeConversionException unreadable(String text) {
        return new TypeConversionException(
                "'" + text + "' is no length of time (expected: such as 90s, 10m, 2h, 1d)");
    }
}
