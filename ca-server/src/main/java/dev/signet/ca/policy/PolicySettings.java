package dev.signet.ca.policy;

import dev.signet.ca.certificate.AlternativeNames;
import dev.signet.ca.identity.Ascii;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/// The bounds of every policy, and this server's own names; configured under `signet.policy`. An
/// instance that exists is usable.
///
/// @param defaultLifetime of a certificate whose caller names none; default 1 h
/// @param minLifetime shortest lifetime that a caller may request, at least 10 s; default 10 s
/// @param maxLifetime longest lifetime, at most 730 d; default 24 h
/// @param serverLifetime of this server's own certificate, within the two bounds; default 1 h
/// @param serverDnsNames names under which clients dial this server, at most 64; default localhost
/// @param serverIpAddresses IPv4 and IPv6 literals under which clients dial this server, at most
///   64; default 127.0.0.1 and ::1
/// @param refreshInterval how often this replica looks whether another version is in force, besides
///   being told; 100 ms to 1 h; default 1 s
public record PolicySettings(
        Duration defaultLifetime,
        Duration minLifetime,
        Duration maxLifetime,
        Duration serverLifetime,
        List<String> serverDnsNames,
        List<String> serverIpAddresses,
        Duration refreshInterval) {

    private static final Duration LEAST = Duration.ofSeconds(10);
    private static final Duration MOST = Duration.ofDays(730);
    private static final int MAX_NAMES = 64;

    public PolicySettings {
        defaultLifetime = defaultLifetime == null ? Duration.ofHours(1) : defaultLifetime;
        minLifetime = minLifetime == null ? LEAST : minLifetime;
        maxLifetime = maxLifetime == null ? Duration.ofHours(24) : maxLifetime;
        require("min-lifetime", minLifetime, LEAST, MOST);
        require("max-lifetime", maxLifetime, minLifetime, MOST);
        require("default-lifetime", defaultLifetime, minLifetime, maxLifetime);
        serverLifetime =
                serverLifetime != null
                        ? serverLifetime
                        : clamp(Duration.ofHours(1), minLifetime, maxLifetime);
        require("server-lifetime", serverLifetime, minLifetime, maxLifetime);
        serverDnsNames =
                serverDnsNames == null
                        ? List.of("localhost")
                        : serverDnsNames.stream().map(Ascii::lowerCase).distinct().toList();
        serverIpAddresses =
                serverIpAddresses == null
                        ? List.of("127.0.0.1", "::1")
                        : serverIpAddresses.stream().distinct().toList();
        if (serverDnsNames.size() > MAX_NAMES || serverIpAddresses.size() > MAX_NAMES) {
            throw new IllegalArgumentException(
                    "signet.policy names this server more than 64 times (expected: at most 64 DNS"
                            + " names and 64 IP addresses)");
        }
        for (String name : serverDnsNames) {
            // A wildcard names other hosts, too.
            if (name.startsWith("*") || !AlternativeNames.isDnsName(name)) {
                throw new IllegalArgumentException(
                        "signet.policy.server-dns-names has "
                                + name
                                + " (expected: a host name; addresses belong in"
                                + " signet.policy.server-ip-addresses)");
            }
        }
        serverIpAddresses.forEach(PolicySettings::address);
        refreshInterval = refreshInterval == null ? Duration.ofSeconds(1) : refreshInterval;
        if (refreshInterval.compareTo(Duration.ofMillis(100)) < 0
                || refreshInterval.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException(
                    "signet.policy.refresh-interval is "
                            + refreshInterval
                            + " (expected: 100 ms to 1 h)");
        }
    }

    public static PolicySettings defaults() {
        return new PolicySettings(
                Duration.ofHours(1),
                LEAST,
                Duration.ofHours(24),
                Duration.ofHours(1),
                List.of("localhost"),
                List.of("127.0.0.1", "::1"),
                Duration.ofSeconds(1));
    }

    /// Under which clients dial this server.
    AlternativeNames serverNames() {
        return new AlternativeNames(
                serverDnsNames,
                serverIpAddresses.stream().map(PolicySettings::address).toList(),
                List.of(),
                List.of());
    }

    /// What decisions depend on, as text.
    String decisive() {
        return String.join(
                "|",
                defaultLifetime.toString(),
                minLifetime.toString(),
                maxLifetime.toString(),
                serverLifetime.toString(),
                serverDnsNames.toString(),
                serverIpAddresses.toString());
    }

    /// The lifetime, or the bound that it is beyond.
    Duration withinBounds(Duration lifetime) {
        return clamp(lifetime, minLifetime, maxLifetime);
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.ofLiteral(literal);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "signet.policy.server-ip-addresses has "
                            + literal
                            + " (expected: an IPv4 or IPv6 literal)",
                    e);
        }
    }

    private static Duration clamp(Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0) {
            return least;
        }
        return value.compareTo(most) > 0 ? most : value;
    }

    private static void require(String key, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0
                || value.compareTo(most) > 0
                || !value.equals(Duration.ofSeconds(value.toSeconds()))) {
            throw new IllegalArgumentException(
                    "signet.policy."
                            + key
                            + " is "
                            + value
                            + " (expected: whole seconds from "
                            + least
                            + " to "
                            + most
                            + ")");
        }
    }
}
