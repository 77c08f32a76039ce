package dev.signet.ca.wire;

import org.springframework.boot.context.properties.bind.DefaultValue;

import java.time.Duration;

/// Settings under `signet.stop`.
///
/// @param drainTime from readiness turning false to the first refused call: time for load balancers
///   to look elsewhere
/// @param timeout longest wait for accepted calls after that
public record StopSettings(
        @DefaultValue("5s") Duration drainTime, @DefaultValue("20s") Duration timeout) {

    public StopSettings {
        Bounds.check("signet.stop.drain-time", drainTime, Duration.ZERO, Duration.ofMinutes(10));
        Bounds.check("signet.stop.timeout", timeout, Duration.ZERO, Duration.ofMinutes(10));
    }
}
