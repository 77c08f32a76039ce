package dev.signet.ca.rest;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/// Failed logins of each address, in a table of bounded size: who fails more often than the bucket
/// allows waits. Of this replica alone; an address that was pushed out of the table begins anew.
/// Thread-safe.
final class Throttle {

    /// The part of an IPv6 address that one subscriber has.
    private static final int IPV6_PREFIX_OCTETS = 8;

    private final AdminSettings.Logins settings;
    private final TimeMeter meter;
    private final Cache<ByteBuffer, Bucket> failures;

    Throttle(AdminSettings.Logins settings, InstantSource clock) {
        this.settings = settings;
        this.meter = new Meter(clock);
        this.failures =
                Caffeine.newBuilder()
                        .maximumSize(settings.addresses())
                        .executor(Runnable::run)
                        .build();
    }

    /// How long the address has to wait; zero: not at all.
    Duration waitTime(InetAddress address) {
        Bucket bucket = failures.getIfPresent(key(address));
        if (bucket == null) {
            return Duration.ZERO;
        }
        var estimate = bucket.estimateAbilityToConsume(1);
        return estimate.canBeConsumed()
                ? Duration.ZERO
                : Duration.ofNanos(estimate.getNanosToWaitForRefill());
    }

    void failed(InetAddress address) {
        var _ = failures.get(key(address), _ -> bucket()).tryConsume(1);
    }

    private Bucket bucket() {
        return Bucket.builder()
                .addLimit(
                        Bandwidth.builder()
                                .capacity(settings.failures())
                                .refillGreedy(1, settings.refill())
                                .build())
                .withCustomTimePrecision(meter)
                .build();
    }

    private static ByteBuffer key(InetAddress address) {
        byte[] octets = address.getAddress();
        return address instanceof Inet6Address
                ? ByteBuffer.wrap(octets, 0, IPV6_PREFIX_OCTETS).slice()
                : ByteBuffer.wrap(octets);
    }

    private record Meter(InstantSource clock) implements TimeMeter {
        @Override
        public long currentTimeNanos() {
            Instant now = clock.instant();
            return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
        }

        @Override
        public boolean isWallClockBased() {
            return true;
        }
    }
}
