package dev.signet.client;

import java.time.Duration;

/// Bounds of the client's behaviour; [#DEFAULTS] suit a service. Immutable.
///
/// @param firstCertificateTimeout how long [WorkloadIdentityBuilder#start()] waits for the first
///   certificate; 0 to 10 min, 0: not at all
/// @param callDeadline of each call to each CA replica; 100 ms to 2 min
/// @param firstRetry ceiling of the wait after the first failure in a row; 10 ms to 1 min
/// @param longestRetry ceiling of any wait between attempts, unless the CA asks for more;
///   firstRetry to 1 h
/// @param recheck longest time between two looks at the clocks: how soon a suspend or a clock jump
///   is noticed; 10 ms to 1 min
/// @param clockTolerance how far ahead of this machine's clock a new certificate's notBefore may
///   be; 0 to 24 h
/// @param whenRevocationUnknown whether new peers are accepted while the CA cannot say who is
///   revoked
public record ClientOptions(
        Duration firstCertificateTimeout,
        Duration callDeadline,
        Duration firstRetry,
        Duration longestRetry,
        Duration recheck,
        Duration clockTolerance,
        WhenRevocationUnknown whenRevocationUnknown) {

    /// 30 s, 10 s, 1 s, 30 s, 5 s, 5 min, fail open.
    public static final ClientOptions DEFAULTS =
            new ClientOptions(
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(5),
                    Duration.ofMinutes(5),
                    WhenRevocationUnknown.FAIL_OPEN);

    /// @throws IllegalArgumentException when a value is out of its bounds
    public ClientOptions {
        check(
                "firstCertificateTimeout",
                firstCertificateTimeout,
                Duration.ZERO,
                Duration.ofMinutes(10));
        check("callDeadline", callDeadline, Duration.ofMillis(100), Duration.ofMinutes(2));
        check("firstRetry", firstRetry, Duration.ofMillis(10), Duration.ofMinutes(1));
        check("longestRetry", longestRetry, firstRetry, Duration.ofHours(1));
        check("recheck", recheck, Duration.ofMillis(10), Duration.ofMinutes(1));
        check("clockTolerance", clockTolerance, Duration.ZERO, Duration.ofHours(24));
    }

    private static void check(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    name + ": " + value + " (expected: " + least + " to " + most + ")");
        }
    }

    public ClientOptions withFirstCertificateTimeout(Duration timeout) {
        return new ClientOptions(
                timeout,
                callDeadline,
                firstRetry,
                longestRetry,
                recheck,
                clockTolerance,
                whenRevocationUnknown);
    }

    public ClientOptions withCallDeadline(Duration deadline) {
        return new ClientOptions(
                firstCertificateTimeout,
                deadline,
                firstRetry,
                longestRetry,
                recheck,
                clockTolerance,
                whenRevocationUnknown);
    }

    public ClientOptions withRetries(Duration first, Duration longest) {
        return new ClientOptions(
                firstCertificateTimeout,
                callDeadline,
                first,
                longest,
                recheck,
                clockTolerance,
                whenRevocationUnknown);
    }

    public ClientOptions withRecheck(Duration interval) {
        return new ClientOptions(
                firstCertificateTimeout,
                callDeadline,
                firstRetry,
                longestRetry,
                interval,
                clockTolerance,
                whenRevocationUnknown);
    }

    public ClientOptions withClockTolerance(Duration tolerance) {
        return new ClientOptions(
                firstCertificateTimeout,
                callDeadline,
                firstRetry,
                longestRetry,
                recheck,
                tolerance,
                whenRevocationUnknown);
    }

    public ClientOptions withWhenRevocationUnknown(WhenRevocationUnknown behaviour) {
        return new ClientOptions(
                firstCertificateTimeout,
                callDeadline,
                firstRetry,
                longestRetry,
                recheck,
                clockTolerance,
                behaviour);
    }
}
