package dev.signet.ca.audit;

import org.springframework.boot.context.properties.bind.DefaultValue;

import java.time.Duration;

/// Settings under `signet.audit`. An instance that exists is usable.
///
/// @param stdout whether events, refusal counts and issuances are also written to the standard
///   output, a JSON object a line
/// @param retention how long events are kept, at least 30 days; 0: for ever
/// @param refusalRetention how long refusal counts are kept, at least 3 days; 0: for ever
public record AuditSettings(
        @DefaultValue("false") boolean stdout,
        @DefaultValue("400d") Duration retention,
        @DefaultValue("30d") Duration refusalRetention) {

    /// @throws IllegalArgumentException when a value is out of its bounds; the message names it
    public AuditSettings {
        check("retention", retention, Duration.ofDays(30));
        check("refusal-retention", refusalRetention, Duration.ofDays(3));
    }

    public static AuditSettings defaults() {
        return new AuditSettings(false, Duration.ofDays(400), Duration.ofDays(30));
    }

    private static void check(String name, Duration value, Duration least) {
        if (!value.isZero() && value.compareTo(least) < 0) {
            throw new IllegalArgumentException(
                    "signet.audit."
                            + name
                            + ": "
                            + value
                            + " (expected: at least "
                            + least.toDays()
                            + " days, or 0 for ever)");
        }
    }
}
