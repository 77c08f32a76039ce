package dev.signet.ca.rest;

import dev.signet.ca.privilege.CertificateRoles;

import org.springframework.boot.context.properties.bind.DefaultValue;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Settings under `signet.admin`: the admin REST API, HTTPS.
///
/// @param enabled whether the port is opened at all
/// @param address address to listen on; empty: all
/// @param port 0: any free port
/// @param bootstrap whether a start prints a join token for the first admin while there has been
///   none
/// @param oidc issuers whose tokens admins may show; issuer texts are unique
/// @param certificates roles of client certificates of this trust domain
public record AdminSettings(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("") String address,
        @DefaultValue("9443") int port,
        @DefaultValue("true") boolean bootstrap,
        @DefaultValue Limits limits,
        @DefaultValue Logins logins,
        List<OidcIssuer> oidc,
        List<CertificateRoles> certificates) {

    public AdminSettings {
        check("signet.admin.port", port, 0, 65_535);
        oidc = oidc == null ? List.of() : List.copyOf(oidc);
        certificates = certificates == null ? List.of() : List.copyOf(certificates);
        Set<String> issuers = new HashSet<>();
        for (OidcIssuer issuer : oidc) {
            if (!issuers.add(issuer.issuer())) {
                throw new IllegalArgumentException(
                        "signet.admin.oidc: issuer "
                                + issuer.issuer()
                                + " is there twice (expected: once)");
            }
        }
    }

    /// Bounds of what callers may use up.
    ///
    /// @param connections at the same time; one more gets the place of the one that has waited
    ///   longest without a whole request
    /// @param requests served at the same time, of one caller three quarters of them; one more is
    ///   OVERLOADED. A quarter as many are kept beside them for admins and security officers
    /// @param requestTimeout longest time to a whole request, head and body, from accept or from
    ///   the last answer
    /// @param streams exports and replays among them; one more is OVERLOADED
    /// @param idle a connection on which nothing moves for so long is closed
    /// @param streamDeadline longest time of an export or replay
    public record Limits(
            @DefaultValue("256") int connections,
            @DefaultValue("32") int requests,
            @DefaultValue("4") int streams,
            @DefaultValue("10s") Duration requestTimeout,
            @DefaultValue("30s") Duration idle,
            @DefaultValue("10m") Duration streamDeadline) {
        public Limits {
            check("signet.admin.limits.connections", connections, 1, 100_000);
            check("signet.admin.limits.requests", requests, 1, 10_000);
            check("signet.admin.limits.streams", streams, 1, 1_000);
            check(
                    "signet.admin.limits.request-timeout",
                    requestTimeout,
                    Duration.ofMillis(100),
                    Duration.ofMinutes(10));
            check("signet.admin.limits.idle", idle, Duration.ofSeconds(1), Duration.ofHours(1));
            check(
                    "signet.admin.limits.stream-deadline",
                    streamDeadline,
                    Duration.ofSeconds(1),
                    Duration.ofHours(24));
        }
    }

    /// How failed logins are slowed down.
    ///
    /// @param failures of one address (IPv6: /64) at once; one more is LOGIN_THROTTLED
    /// @param refill how long until one more failure is allowed
    /// @param addresses how many addresses are kept count of; the longest unseen is forgotten
    public record Logins(
            @DefaultValue("10") int failures,
            @DefaultValue("6s") Duration refill,
            @DefaultValue("10000") int addresses) {
        public Logins {
            check("signet.admin.logins.failures", failures, 1, 10_000);
            check("signet.admin.logins.refill", refill, Duration.ofMillis(10), Duration.ofHours(1));
            check("signet.admin.logins.addresses", addresses, 1, 1_000_000);
        }
    }

    static void check(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    name + ": " + value + " (expected: " + least + " to " + most + ")");
        }
    }

    static void check(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    name + ": " + value + " (expected: " + least + " to " + most + ")");
        }
    }
}
