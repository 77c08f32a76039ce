package dev.signet.ca.rest;

import org.springframework.security.web.header.HeaderWriter;
import org.springframework.security.web.header.writers.StaticHeadersWriter;

import java.util.List;
import java.util.Map;

/// Sent with every answer, also with those that Jetty gives by itself: nothing here is for a
/// browser to show, keep or embed.
final class SecurityHeaders {

    static final Map<String, String> NAMES_AND_VALUES =
            Map.of(
                    "Strict-Transport-Security",
                    "max-age=31536000",
                    "X-Content-Type-Options",
                    "nosniff",
                    "Content-Security-Policy",
                    "default-src 'none'; frame-ancestors 'none'",
                    "X-Frame-Options",
                    "DENY",
                    "Cache-Control",
                    "no-store",
                    "Referrer-Policy",
                    "no-referrer",
                    "Cross-Origin-Resource-Policy",
                    "same-origin");

    private SecurityHeaders() {}

    static List<HeaderWriter> writers() {
        return NAMES_AND_VALUES.entrySet().stream()
                .<HeaderWriter>map(
                        header -> new StaticHeadersWriter(header.getKey(), header.getValue()))
                .toList();
    }
}
