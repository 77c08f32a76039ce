package dev.signet.ca.issuance;

/// How many certificates this replica gives in a time; configured under
/// `signet.issuance.rate-limits`. Each is `unlimited` or such as `100 per 1m`, which is also how
/// many may come at once. A rule's own limit holds besides. An instance that exists is usable.
///
/// @param identity for one SPIFFE ID; default 3000 per 1m: a service of that many pods may restart
/// @param subject to one evidence kind and subject; default 3000 per 1m
/// @param total of all; default unlimited: the commit queue bounds it already
public record RateLimitSettings(String identity, String subject, String total) {

    private static final String PREFIX = "signet.issuance.rate-limits.";
    private static final String GENEROUS = "3000 per 1m";
    private static final String UNLIMITED = "unlimited";

    public RateLimitSettings {
        identity = identity == null ? GENEROUS : identity;
        subject = subject == null ? GENEROUS : subject;
        total = total == null ? UNLIMITED : total;
        var _ = Allowance.parse(PREFIX + "identity", identity);
        var _ = Allowance.parse(PREFIX + "subject", subject);
        var _ = Allowance.parse(PREFIX + "total", total);
    }

    public static RateLimitSettings defaults() {
        return new RateLimitSettings(GENEROUS, GENEROUS, UNLIMITED);
    }
}
