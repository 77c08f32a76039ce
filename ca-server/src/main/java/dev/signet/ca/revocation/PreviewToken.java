package dev.signet.ca.revocation;

import dev.signet.ca.ledger.CertificateSelection.Summary;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a preview has counted. It carries no rights: everything in it is looked at again.
///
/// @param asOf microseconds
/// @param digest of the certificates; 0 when not exact
/// @param selector 16 hexadecimal digits of its SHA-256
record PreviewToken(Instant asOf, long count, boolean exact, long digest, String selector) {

    private static final Pattern FORM =
            Pattern.compile(
                    "([0-9a-f]{1,15})\\.([0-9]{1,9})(\\+?)\\.([0-9a-f]{16})\\.([0-9a-f]{16})");

    static PreviewToken of(CertificateSelector selector, Instant asOf, Summary summary) {
        return new PreviewToken(
                asOf,
                summary.exact() ? summary.count() : Math.min(summary.count(), 1),
                summary.exact(),
                summary.exact() ? summary.digest() : 0,
                sha256(JdbcBulkRevocations.JSON.writeValueAsString(selector)));
    }

    /// @return empty when the text is none
    static Optional<PreviewToken> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        return matcher.matches()
                ? Optional.of(
                        new PreviewToken(
                                Instant.EPOCH.plus(
                                        Long.parseLong(matcher.group(1), 16), ChronoUnit.MICROS),
                                Long.parseLong(matcher.group(2)),
                                matcher.group(3).isEmpty(),
                                Long.parseUnsignedLong(matcher.group(4), 16),
                                matcher.group(5)))
                : Optional.empty();
    }

    String text() {
        return Long.toHexString(ChronoUnit.MICROS.between(Instant.EPOCH, asOf))
                + '.'
                + count
                + (exact ? "" : "+")
                + '.'
                + HexFormat.of().toHexDigits(digest)
                + '.'
                + selector;
    }

    private static String sha256(String text) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().toHexDigits(ByteBuffer.wrap(digest).getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
