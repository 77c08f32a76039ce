package dev.signet.ca.wire;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;

import java.time.Instant;
import java.util.Optional;

/// Times and durations, domain to protobuf and back. Stateless.
final class Protobuf {

    /// Bounds of google.protobuf.Timestamp and, far wider than any use here, of its Duration.
    private static final long MIN_TIMESTAMP =
            Instant.parse("0001-01-01T00:00:00Z").getEpochSecond();

    private static final long MAX_TIMESTAMP =
            Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private Protobuf() {}

    static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    /// @return empty when out of the bounds of the type
    static Optional<Instant> instant(Timestamp timestamp) {
        if (timestamp.getSeconds() < MIN_TIMESTAMP
                || timestamp.getSeconds() > MAX_TIMESTAMP
                || timestamp.getNanos() < 0
                || timestamp.getNanos() >= NANOS_PER_SECOND) {
            return Optional.empty();
        }
        return Optional.of(Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos()));
    }

    static Duration duration(java.time.Duration duration) {
        return Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }

    /// @return empty unless whole seconds, at least one, at most those of 100 years
    static Optional<java.time.Duration> wholeSeconds(Duration duration) {
        if (duration.getNanos() != 0
                || duration.getSeconds() < 1
                || duration.getSeconds() > java.time.Duration.ofDays(36_525).toSeconds()) {
            return Optional.empty();
        }
        return Optional.of(java.time.Duration.ofSeconds(duration.getSeconds()));
    }
}
