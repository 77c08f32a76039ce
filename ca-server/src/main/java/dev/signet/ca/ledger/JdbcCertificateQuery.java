package dev.signet.ca.ledger;

import dev.signet.ca.certificate.OtherName;
import dev.signet.ca.identity.Ascii;
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
import java.util.Set;
import java.util.regex.Pattern;

/// One SELECT of certificates, put together from conditions. Each condition is written as its index
/// (V0007, V0009) wants it. Not thread-safe.
final class JdbcCertificateQuery {

    static final String COLUMNS =
            """
            SELECT serial, spiffe_id, other_sans, subject, issued_at, not_before, not_after,
                evidence_kind, evidence_subject, attributes, policy_version, policy_rule, profile,
                profile_version, authority_id, request_id, replica, key_sha256, der, notices
            """;

    private static final Set<String> RARE_KINDS =
            Set.of("join-token", "registration-authority", "server");
    private static final List<String> KINDS =
            List.of("DNS:", "IP:", "email:", "URI:", "otherName:");
    private static final String SPIFFE = "spiffe://";
    private static final Pattern WILDCARD = Pattern.compile("[\\\\%_]");

    /// How far a certificate's dates may lie outside of what its time of issuance suggests: clocks
    /// differ.
    private static final Duration TOLERANCE = Duration.ofHours(1);

    private static final String REVOKED =
            "EXISTS (SELECT FROM revocation.revocation r WHERE r.serial = certificate.serial)";

    private static final String FROM = "FROM ledger.certificate\n";

    /// A certificate is issued before it expires, but for clocks.
    private static final Duration SKEW = Duration.ofMinutes(5);

    private final StringBuilder sql = new StringBuilder(FROM).append("WHERE true\n");
    private final List<Object> parameters = new ArrayList<>();

    /// How many rows the most selective index gives.
    enum Share {
        /// So few that they are sorted at once.
        FEW,
        /// So few that the index over SPIFFE IDs is a better way to them than time.
        SOME,
        MANY
    }

    private final Share share;
    private final boolean inOrderOfTime;

    JdbcCertificateQuery(Criteria criteria, Share share) {
        this.share = share;
        this.inOrderOfTime =
                share != Share.FEW
                        && criteria.expiresFrom() == null
                        && criteria.expiresBefore() == null;
        String prefix = criteria.spiffeIdPrefix();
        if (prefix != null) {
            addPrefix(prefix);
        }
        SerialPrefix serials = criteria.serialPrefix();
        if (serials != null) {
            OffsetDateTime hour = utc(serials.first().expiryHour());
            and(
                    "serial >= ? AND serial <= ? AND not_after >= ? AND not_after < ?",
                    serials.first().octets(),
                    serials.last().octets(),
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
            if (RARE_KINDS.contains(criteria.evidenceKind())) {
                // The predicate of the partial index, which a parameter alone does not prove.
                and("evidence_kind IN ('join-token', 'registration-authority', 'server')");
            }
        }
        if (criteria.evidenceSubject() != null) {
            and(
                    "hashtext(evidence_subject) = hashtext(?) AND evidence_subject = ?",
                    criteria.evidenceSubject(),
                    criteria.evidenceSubject());
        }
        // Without an index: by time, and each row is asked.
        if (criteria.policyVersion() != null) {
            and("policy_version = ?", criteria.policyVersion());
        }
        if (criteria.policyRule() != null) {
            and("policy_rule = ?", criteria.policyRule());
        }
        if (criteria.authorityId() != null) {
            and("authority_id = ?", criteria.authorityId());
        }
        addTimes(criteria);
    }

    /// No character of the prefix is a wildcard.
    private void addPrefix(String prefix) {
        if (share != Share.MANY) {
            // The comparison of the index itself; U+10FFFF, which no SPIFFE ID holds, is behind
            // everything that begins with the prefix.
            and(
                    "spiffe_id ~>=~ ? AND spiffe_id ~<~ ?",
                    prefix,
                    prefix + Character.toString(Character.MAX_CODE_POINT));
        } else {
            // LIKE, of which the planner knows how many rows to expect.
            and("spiffe_id LIKE ?", WILDCARD.matcher(prefix).replaceAll("\\\\$0") + "%");
        }
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
                case VALID -> {
                    and("not_after >= statement_timestamp()");
                    unrevoked();
                }
                case EXPIRED -> and("not_after < statement_timestamp()");
                case REVOKED -> and(REVOKED);
            }
        }
    }

    /// Those alone that are not revoked, expired or not.
    void unrevoked() {
        and("NOT " + REVOKED);
    }

    /// Whether an index gives few rows, whatever else is asked for.
    static boolean isOfFew(Criteria criteria) {
        return criteria.serialPrefix() != null
                || criteria.sha256() != null
                || criteria.keySha256() != null
                || criteria.subjectAlternativeName() != null;
    }

    /// No record that fits was issued after this; null where nothing says.
    static @Nullable Instant latest(Criteria criteria) {
        Instant before = criteria.issuedBefore();
        Instant expires = criteria.expiresBefore();
        if (expires == null) {
            return before;
        }
        Instant bound = expires.plus(SKEW);
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

    /// OFFSET 0 keeps PostgreSQL from walking back through time until it has met enough rows that
    /// fit, where it does better to find all that fit by another index.
    JdbcClient.StatementSpec youngestFirst(JdbcClient jdbc, int limit) {
        parameters.add(limit);
        String found =
                inOrderOfTime
                        ? COLUMNS + sql
                        : "SELECT * FROM (" + COLUMNS + sql + "OFFSET 0) fitting ";
        return jdbc.sql(found + "ORDER BY issued_at DESC, serial DESC LIMIT ?").params(parameters);
    }

    /// Those that come later in the order of issuance.
    void ahead(PageToken token) {
        and(
                "issued_at >= ? AND (issued_at, serial) > (?, ?)",
                utc(token.issuedAt()),
                utc(token.issuedAt()),
                token.serialNumber().octets());
    }

    /// @param columns of the table
    JdbcClient.StatementSpec oldestFirst(JdbcClient jdbc, String columns, int limit) {
        parameters.add(limit);
        return jdbc.sql("SELECT " + columns + "\n" + sql + "ORDER BY issued_at, serial LIMIT ?")
                .params(parameters);
    }

    /// How many there are, counted up to the limit, and the exclusive or of 64 random bits of each
    /// one's serial number.
    JdbcClient.StatementSpec digest(JdbcClient jdbc, int limit) {
        parameters.add(limit);
        return jdbc.sql(
                        "SELECT count(*) AS count, coalesce(bit_xor(('x' || encode(substring(serial"
                                + " FROM 13 FOR 8), 'hex'))::bit(64)::bigint), 0) AS digest FROM"
                                + " (SELECT serial "
                                + sql
                                + "LIMIT ?) counted")
                .params(parameters);
    }

    JdbcClient.StatementSpec oldestFirst(JdbcClient jdbc) {
        return jdbc.sql(COLUMNS + sql + "ORDER BY issued_at, serial").params(parameters);
    }

    /// How many there are, counted up to the limit.
    JdbcClient.StatementSpec count(JdbcClient jdbc, int limit) {
        parameters.add(limit);
        return jdbc.sql("SELECT count(*) FROM (SELECT " + sql + "LIMIT ?) counted")
                .params(parameters);
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
            case "DNS:" -> Ascii.lowerCase(name);
            case "IP:" -> address(name);
            case "URI:" -> name.replace(',', '\n');
            case "otherName:" -> otherName(name);
            default -> name;
        };
    }

    /// Of `oid;UTF8:value` the form in the column.
    private static String otherName(String text) {
        try {
            int value = text.indexOf(':') + 1;
            String type = text.substring(0, Math.max(0, text.indexOf(';')));
            return new OtherName(type, text.substring(value)).text();
        } catch (IllegalArgumentException _) {
            return text;
        }
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
