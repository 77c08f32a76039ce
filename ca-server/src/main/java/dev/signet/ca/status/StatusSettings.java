package dev.signet.ca.status;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;

/// What this CA says about the status of its certificates: `signet.status.*`. Immutable.
///
/// @param baseUrl what the URLs in certificates begin with: `http`, a host, perhaps a port and a
///   path; without a slash at the end. Where `signet.http` is reached from everywhere, over plain
///   HTTP as RFC 5280 8 asks. Empty: no certificate names a CRL or OCSP
/// @param shortLived a certificate of profile form `by-lifetime` of at most this lifetime says that
///   there is no revocation information (RFC 9608), a longer one names CRL and OCSP; 1 min to 7 d
/// @param maxAge how long caches may keep CRLs and answers at most: what comes on top until a
///   revocation is seen behind them, 0 to 1 d
public record StatusSettings(
        @DefaultValue("") String baseUrl,
        @DefaultValue("24h") Duration shortLived,
        @DefaultValue("1m") Duration maxAge,
        @DefaultValue Crl crl,
        @DefaultValue Ocsp ocsp) {

    private static final int MAX_URL = 256;

    /// CRLs: `signet.status.crl.*`.
    ///
    /// @param lifetime from thisUpdate to nextUpdate, 10 min to 30 d
    /// @param interval a new one is signed so long after the last one where nothing was revoked; at
    ///   most half the lifetime: the rest is the time to mend what keeps it from being signed
    /// @param pause at least so long from one CRL of a shard to the next, 1 s to 1 h: revocations
    ///   that come meanwhile are in the next one
    /// @param maxSize octets that a CRL is to have at most, even when every certificate of its
    ///   shard is revoked, 10,000 to 100,000,000: there are more shards when it might get larger
    public record Crl(
            @DefaultValue("24h") Duration lifetime,
            @DefaultValue("6h") Duration interval,
            @DefaultValue("1s") Duration pause,
            @DefaultValue("1000000") int maxSize) {
        public Crl {
            check("crl.lifetime", lifetime, Duration.ofMinutes(10), Duration.ofDays(30));
            check("crl.interval", interval, Duration.ofMinutes(1), lifetime.dividedBy(2));
            check("crl.pause", pause, Duration.ofSeconds(1), Duration.ofHours(1));
            if (maxSize < 10_000 || maxSize > 100_000_000) {
                throw new IllegalArgumentException(
                        "signet.status.crl.max-size is "
                                + maxSize
                                + " (expected: 10000 to 100000000)");
            }
        }
    }

    /// OCSP: `signet.status.ocsp.*`.
    ///
    /// @param lifetime from thisUpdate to nextUpdate of an answer, 1 min to 7 d
    /// @param responderLifetime of a responder's certificate, 10 min to 30 d; a new one is made at
    ///   half of it
    /// @param maxKnowledgeAge where what is known of revocations is older, the answer is tryLater;
    ///   2 s to 1 h
    /// @param cacheSize answers kept, 0 to 10,000,000; about 1 kB each
    public record Ocsp(
            @DefaultValue("1h") Duration lifetime,
            @DefaultValue("24h") Duration responderLifetime,
            @DefaultValue("30s") Duration maxKnowledgeAge,
            @DefaultValue("20000") int cacheSize) {
        public Ocsp {
            check("ocsp.lifetime", lifetime, Duration.ofMinutes(1), Duration.ofDays(7));
            check(
                    "ocsp.responder-lifetime",
                    responderLifetime,
                    Duration.ofMinutes(10),
                    Duration.ofDays(30));
            check(
                    "ocsp.max-knowledge-age",
                    maxKnowledgeAge,
                    Duration.ofSeconds(2),
                    Duration.ofHours(1));
            if (cacheSize < 0 || cacheSize > 10_000_000) {
                throw new IllegalArgumentException(
                        "signet.status.ocsp.cache-size is "
                                + cacheSize
                                + " (expected: 0 to 10000000)");
            }
        }
    }

    /// @throws IllegalArgumentException when a value is out of its bounds; the message names it
    public StatusSettings {
        check("short-lived", shortLived, Duration.ofMinutes(1), Duration.ofDays(7));
        check("max-age", maxAge, Duration.ZERO, Duration.ofDays(1));
        if (!baseUrl.isEmpty() && !isHttp(baseUrl)) {
            throw new IllegalArgumentException(
                    "signet.status.base-url is "
                            + baseUrl
                            + " (expected: http://host, http://host:port or http://host/path, at"
                            + " most 256 ASCII characters, without a slash at the end)");
        }
    }

    public static StatusSettings defaults() {
        return at("");
    }

    /// The defaults with this base URL.
    public static StatusSettings at(String baseUrl) {
        return new StatusSettings(
                baseUrl,
                Duration.ofHours(24),
                Duration.ofMinutes(1),
                new Crl(
                        Duration.ofHours(24),
                        Duration.ofHours(6),
                        Duration.ofSeconds(1),
                        1_000_000),
                new Ocsp(
                        Duration.ofHours(1), Duration.ofHours(24), Duration.ofSeconds(30), 20_000));
    }

    private static boolean isHttp(String url) {
        if (url.length() > MAX_URL || url.endsWith("/")) {
            return false;
        }
        try {
            URI uri = new URI(url);
            return "http".equals(uri.getScheme())
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && url.chars().allMatch(c -> c > ' ' && c < 0x7f);
        } catch (URISyntaxException _) {
            return false;
        }
    }

    private static void check(
            String name, @Nullable Duration value, Duration least, Duration most) {
        if (value == null || value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    "signet.status."
                            + name
                            + " is "
                            + value
                            + " (expected: "
                            + least
                            + " to "
                            + most
                            + ")");
        }
    }
}
