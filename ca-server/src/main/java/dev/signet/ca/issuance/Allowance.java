package dev.signet.ca.issuance;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// So many in such a time, written `100 per 1m`; also how many may come at once.
///
/// @param issuances 1 to 1,000,000
/// @param period 1 s to 1 day
record Allowance(int issuances, Duration period) {

    private static final Pattern FORM = Pattern.compile("([0-9]{1,7}) per ([0-9]{1,6})([smhd])");
    private static final int MAX_ISSUANCES = 1_000_000;
    private static final String UNLIMITED = "unlimited";

    /// @param setting names the setting in messages
    /// @return empty for `unlimited`
    /// @throws IllegalArgumentException when the text is none; the message names the setting
    static Optional<Allowance> parse(String setting, String text) {
        if (text.equals(UNLIMITED)) {
            return Optional.empty();
        }
        Matcher matcher = FORM.matcher(text);
        if (matcher.matches()) {
            int issuances = Integer.parseInt(matcher.group(1));
            Duration period = period(Long.parseLong(matcher.group(2)), matcher.group(3));
            if (issuances >= 1
                    && issuances <= MAX_ISSUANCES
                    && period.compareTo(Duration.ofSeconds(1)) >= 0
                    && period.compareTo(Duration.ofDays(1)) <= 0) {
                return Optional.of(new Allowance(issuances, period));
            }
        }
        throw new IllegalArgumentException(
                setting
                        + " is "
                        + text
                        + " (expected: unlimited, or such as 100 per 1m: 1 to 1000000 per 1s to"
                        + " 1d)");
    }

    private static Duration period(long count, String unit) {
        return switch (unit) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }

    @Override
    public String toString() {
        return issuances + " per " + period.toSeconds() + " s";
    }
}
