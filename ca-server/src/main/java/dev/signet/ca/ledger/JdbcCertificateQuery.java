package dev.signet.ca.ledger;

import dev.signet.ca.ledger.CertificateRecords.Criteria;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// One SELECT of certificates, put together from conditions. Each condition is written as its index
/// (V0007) wants it. Not thread-safe.
final class JdbcCertificateQuery {

    static final String COLUMNS =
            """
            SELECT serial, spiffe_id, other_sans, subject, issued_at, not_before, not_after,
                evidence_kind, evidence_subject, attributes, policy_version, policy_rule, profile,
                profile_version, authority_id, request_id, replica, key_sha256, der
            FROM ledger.certificate
            """;

    private static final List<String> KINDS = List.of("DNS:", "IP:", "email:", "URI:");
    private static final String SPIFFE = "spiffe://";

    /// How far a certificate's dates may lie outside of what its time of issuance suggests: clocks
    /// differ.
    private static final Duration TOLERANCE = Duration.ofHours(1);

    private final StringBuilder sql = new StringBuilder(COLUMNS).append("WHERE true\n");
    private final List<Object> parameters = new ArrayList<>();

    JdbcCertificateQuery(Criteria criteria) {
        String prefix = criteria.spiffeIdPrefix();
        if (prefix != null) {
            // Octets are compared, so no character of a prefix is a wildcard; U+10FFFF, which no
            // SPIFFE ID holds, is behind everything that begins with the prefix.
            and(
                    "spiffe_id ~>=~ ? AND spiffe_id ~<~ ?",
                    prefix,
                    prefix + Character.toString(Character.MAX_CODE_POINT));
        }
        if (criteria.serialNumber() != null) {
            OffsetDateTime hour = utc(criteria.serialNumber().expiryHour());
            and(
                    "serial = ? AND not_after >= ? AND not_after < ?",
                    criteria.serialNumber().octets(),
                    hour,
                    hour.plusHours(1));
        }
        if (criteria.sha256() != null) {
            and("sha256(der) = ?", (Object) criteria.sha256());
        }
        if (criteria.keySha256() != null) {
            and(
                    "substring(key_sha256 FROM 1 FOR 8) = substring(?::bytea FROM 1 FOR 8)"
                            + " AND key_sha256 = ?",
                    criteria.keySha256(),
                    criteria.keySha256());
        }
        String name = criteria.subjectAlternativeName();
        if (name != null) {
            if (name.startsWith(SPIFFE)) {
                and("spiffe_id = ?", name);
            } else {
                and(
                        "other_sans IS NOT NULL"
                                + " AND string_to_array(replace(other_sans, '\\,', chr(10)), ',')"
                                + " && ?::text[]",
                        (Object) names(name));
            }
        }
        if (criteria.evidenceKind() != null) {
            and("evidence_kind = ?", criteria.evidenceKind());
        }
        if (criteria.evidenceSubject() != null) {
            and(
                    "hashtext(evidence_subject) = hashtext(?) AND evidence_subject = ?",
                    criteria.evidenceSubject(),
                    criteria.evidenceSubject());
        }
        addTimes(criteria);
    }

    private void addTimes(Criteria criteria) {
        if (criteria.issuedFrom() != null) {
            issuedFrom(criteria.issuedFrom());
        }
        if (criteria.issuedBefore() != null) {
            issuedBefore(criteria.issuedBefore());
        }
        if (criteria.expiresFrom() != null) {
            and("not_after >= ?", utc(criteria.expiresFrom()));
        }
        if (criteria.expiresBefore() != null) {
            and("not_after < ?", utc(criteria.expiresBefore()));
        }
        if (criteria.state() != null) {
            switch (criteria.state()) {
                case VALID -> and("not_after >= statement_timestamp()");
                case EXPIRED -> and("not_after < statement_timestamp()");
            }
        }
    }

    /// Whether an index gives few rows, or rows in order of time, so that the whole ledger may be
    /// asked at once.
    static boolean isPinned(Criteria criteria) {
        String name = criteria.subjectAlternativeName();
        return criteria.serialNumber() != null
                || criteria.sha256() != null
                || criteria.keySha256() != null
                || criteria.evidenceSubject() != null
                || (name != null && !name.startsWith(SPIFFE));
    }

    /// No record that fits was issued after this; null where nothing says.
    static @Nullable Instant latest(Criteria criteria) {
        Instant before = criteria.issuedBefore();
        Instant expires = criteria.expiresBefore();
        if (expires == null) {
            return before;
        }
        Instant bound = expires.plus(TOLERANCE);
        return before != null && before.isBefore(bound) ? before : bound;
    }

    void issuedFrom(Instant from) {
        // The second condition spares the partitions that expired before.
        and("issued_at >= ? AND not_after >= ?", utc(from), utc(from.minus(TOLERANCE)));
    }

    void issuedBefore(Instant before) {
        and("issued_at < ?", utc(before));
    }

    void behind(PageToken token) {
        and(
                "issued_at <= ? AND (issued_at, serial) < (?, ?)",
                utc(token.issuedAt()),
                utc(token.issuedAt()),
                token.serialNumber().octets());
    }

    JdbcClient.StatementSpec youngestFirst(JdbcClient jdbc, int limit) {
        sql.append("ORDER BY issued_at DESC, serial DESC LIMIT ?");
        parameters.add(limit);
        return jdbc.sql(sql.toString()).params(parameters);
    }

    JdbcClient.StatementSpec oldestFirst(JdbcClient jdbc) {
        sql.append("ORDER BY issued_at, serial");
        return jdbc.sql(sql.toString()).params(parameters);
    }

    private void and(String condition, Object... values) {
        sql.append("AND ").append(condition).append('\n');
        parameters.addAll(List.of(values));
    }

    /// As the column has them: with kind, a comma in a name as the index has it.
    private static String[] names(String text) {
        List<String> names = new ArrayList<>();
        for (String kind : KINDS) {
            if (text.startsWith(kind)) {
                names.add(kind + canonical(kind, text.substring(kind.length())));
            }
        }
        if (names.isEmpty()) {
            for (String kind : KINDS) {
                names.add(kind + canonical(kind, text));
            }
        }
        return names.toArray(String[]::new);
    }

    private static String canonical(String kind, String name) {
        return switch (kind) {
            case "DNS:" -> name.toLowerCase(Locale.ROOT);
            case "IP:" -> address(name);
            case "URI:" -> name.replace(',', '\n');
            default -> name;
        };
    }

    /// Of IPv6 the form in the column; IPv4 has one form, and the JDK reads others.
    private static String address(String text) {
        if (text.indexOf(':') < 0) {
            return text;
        }
        try {
            return InetAddress.ofLiteral(text).getHostAddress();
        } catch (IllegalArgumentException _) {
            return text;
        }
    }

    static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
