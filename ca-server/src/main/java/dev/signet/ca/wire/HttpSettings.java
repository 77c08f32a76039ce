package dev.signet.ca.wire;

import org.springframework.boot.context.properties.bind.DefaultValue;

/// Settings under `signet.http`: the plain HTTP port with trust bundle, health and metrics.
///
/// @param address address to listen on; empty: all
/// @param port 0: any free port
/// @param maxRequests requests served at the same time; one more is answered 503
public record HttpSettings(
        @DefaultValue("") String address,
        @DefaultValue("8080") int port,
        @DefaultValue("64") int maxRequests) {

    public HttpSettings {
        Bounds.check("signet.http.port", port, 0, 65_535);
        Bounds.check("signet.http.max-requests", maxRequests, 1, 10_000);
    }
}
