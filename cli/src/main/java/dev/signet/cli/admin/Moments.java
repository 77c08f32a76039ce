package dev.signet.cli.admin;

import dev.signet.cli.Lifetimes;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/// Points in time as a person writes them: `2026-01-31T12:00:00Z`, `2026-01-31` (midnight UTC),
/// `now`, or a length of time from now: `7d`.
final class Moments {

    /// Which way a length of time without a sign goes.
    enum Direction {
        AGO,
        AHEAD
    }

    private Moments() {}

    /// @param text null: not given
    /// @return RFC 3339 in UTC
    static @Nullable String read(
            CommandSpec spec,
            InstantSource clock,
            Direction direction,
            String option,
            @Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return instant(clock, direction, text).toString();
        } catch (DateTimeException | ArithmeticException | TypeConversionException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    option
                            + ": '"
                            + text
                            + "' is no time (expected: such as 2026-01-31T12:00:00Z, 2026-01-31,"
                            + " now, -7d, +2h, or 7d for "
                            + (direction == Direction.AGO ? "7 days ago" : "in 7 days")
                            + ")");
        }
    }

    private static Instant instant(InstantSource clock, Direction direction, String text) {
        if (text.equals("now")) {
            return clock.instant();
        }
        if (text.matches("\\d{4}-\\d{2}-\\d{2}")) {
            return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        }
        if (text.matches("\\d{4}-.*")) {
            return OffsetDateTime.parse(text).toInstant();
        }
        boolean signed = text.startsWith("-") || text.startsWith("+");
        Duration length = new Lifetimes().convert(signed ? text.substring(1) : text);
        boolean back = signed ? text.startsWith("-") : direction == Direction.AGO;
        return back ? clock.instant().minus(length) : clock.instant().plus(length);
    }
}
