package dev.signet.ca.wire;

import org.springframework.boot.context.properties.bind.DefaultValue;

import java.time.Duration;

/// Settings under `signet.http`: the plain HTTP port with trust bundle, health and metrics.
///
/// @param address address to listen on; empty: all
/// @param port 0: any free port
/// @param maxRequests requests served at the same time; one more is answered 503, probes are not
///   counted
/// @param connections TCP connections at the same time; one more gets the place of the one that has
///   waited longest without a request
/// @param requestTimeout longest time from accept, or from the last answer, to a whole request, and
///   for an answer to be read
public record HttpSettings(
        @DefaultValue("") String address,
        @DefaultValue("8080") int port,
        @DefaultValue("64") int maxRequests,
        @DefaultValue("1000") int connections,
        @DefaultValue("10s") Duration requestTimeout) {

    public HttpSettings {
        Bounds.check("signet.http.port", port, 0, 65_535);
        Bounds.check("signet.http.max-requests", maxRequests, 1, 10_000);
        Bounds.check("signet.http.connections", connections, 1, 100_000);
        Bounds.check(
                "signet.http.request-timeout",
                requestTimeout,
                Duration.ofMillis(100),
                Duration.ofMinutes(2));
    }
}
