package dev.signet.ca.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.TestDatabase;
import dev.signet.ca.certificate.AlternativeNames;
import dev.signet.ca.certificate.SubjectName;
import dev.signet.ca.ledger.CertificateRecords.CertificateRecord;
import dev.signet.ca.ledger.CertificateRecords.Criteria;
import dev.signet.ca.ledger.CertificateRecords.State;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import java.net.InetAddress;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// Each filter against the plain meaning of it, over a ledger of some days.
class CertificateSearchIT {

    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private static final int DAYS = 5;
    private static final int ROWS = 400;

    private static TestDatabase database;
    private static TestLedger ledger;
    private static CertificateRecords records;
    private static Connection connection;
    private static List<CertificateRecord> all;

    @BeforeAll
    static void fill() throws SQLException {
        database = TestDatabase.create();
        ledger = TestLedger.on(database);
        connection = database.dataSource().getConnection();
        records =
                new JdbcCertificateRecords(
                        JdbcClient.create(new SingleConnectionDataSource(connection, true)));
        var owner = database.ownerJdbcClient();
        owner.sql("SELECT ledger.make_partitions('certificate', current_date - 6, current_date)")
                .query(Integer.class)
                .single();
        Random random = new Random(20261123);
        List<IssuanceRecord> issuances = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            // Enough are valid that some of them are not revoked, whatever their serial numbers.
            int age = i % 8 == 0 ? random.nextInt(2_000) : random.nextInt(DAYS * 24 * 3_600);
            Instant notAfter = NOW.plusSeconds(3_000).minusSeconds(age);
            issuances.add(
                    i % 3 == 0
                            ? TestIssuances.named(
                                    "/n" + i % 30, notAfter, names(i), subject("unit " + i % 7))
                            : TestIssuances.expiringAt("/p" + i % 40, notAfter));
        }
        assertThat(ledger.recordAll(issuances.stream()))
                .allMatch(outcome -> outcome instanceof Ledger.Recorded);
        owner.sql(
                        """
                        UPDATE ledger.certificate
                        SET issued_at = not_before + interval '123456 microseconds',
                            evidence_kind = CASE get_byte(serial, 19) % 4
                                WHEN 0 THEN 'oidc' WHEN 1 THEN 'server' ELSE evidence_kind END
                        """)
                .update();
        all =
                owner
                        .sql("SELECT serial FROM ledger.certificate")
                        .query(byte[].class)
                        .list()
                        .stream()
                        .map(serial ->
                                records.bySerialNumber(
                                                dev.signet.ca.certificate.SerialNumber.fromOctets(
                                                                serial)
                                                        .orElseThrow())
                                        .orElseThrow())
                        .sorted(YOUNGEST_FIRST)
                        .toList();
        assertThat(all).hasSize(ROWS);
        for (CertificateRecord record : all) {
            if (isRevoked(record)) {
                owner.sql(
                                """
                                INSERT INTO revocation.revocation
                                    (sequence, serial, authority_id, not_after, on_record, reason,
                                     comment, actor_kind, actor_subject)
                                SELECT coalesce(max(r.sequence), 0) + 1, ?, 'a', ?, true,
                                    'superseded', '', 'oidc', 'anna'
                                FROM revocation.revocation r
                                """)
                        .params(
                                record.serialNumber().octets(),
                                record.validity().notAfter().atOffset(java.time.ZoneOffset.UTC))
                        .update();
            }
        }
        owner.sql(
                        """
                        UPDATE ledger.certificate SET policy_rule = 'rule ' || get_byte(serial, 18) % 5,
                            policy_version = get_byte(serial, 17) % 3,
                            authority_id = 'authority-' || get_byte(serial, 16) % 4
                        """)
                .update();
    }

    private static boolean isRevoked(CertificateRecord record) {
        return octet(record, 15) % 6 == 0;
    }

    private static int octet(CertificateRecord record, int index) {
        return record.serialNumber().octets()[index] & 0xff;
    }

    @AfterAll
    static void close() throws SQLException {
        connection.close();
        ledger.close();
        database.close();
    }

    private static final Comparator<CertificateRecord> YOUNGEST_FIRST =
            Comparator.comparing(CertificateRecord::issuedAt)
                    .thenComparing(record -> record.serialNumber().hex())
                    .reversed();

    private static AlternativeNames names(int i) {
        return new AlternativeNames(
                List.of("host-" + i % 9 + ".example.org"),
                List.of(address("10.0.0." + i % 5), address("fd00::" + i % 4)),
                List.of("a" + i % 6 + "@example.org"),
                List.of("https://example.org/a,DNS:evil-" + i % 8 + ".example.org"));
    }

    private static InetAddress address(String text) {
        return InetAddress.ofLiteral(text);
    }

    private static SubjectName subject(String name) {
        return new SubjectName(
                List.of(new SubjectName.Attribute(SubjectName.Type.COMMON_NAME, name)));
    }

    private static CriteriaBuilder with() {
        return Criteria.builder();
    }

    private static void finds(CriteriaBuilder criteria, Predicate<CertificateRecord> meaning) {
        List<String> expected = serials(all.stream().filter(meaning).toList());
        assertThat(expected).as("the test asks for something").isNotEmpty();
        assertSearch(criteria.build(), expected);
    }

    private static void assertSearch(Criteria criteria, List<String> expected) {
        List<CertificateRecord> found = new ArrayList<>();
        String token = null;
        do {
            var page = records.search(criteria, 30, token);
            found.addAll(page.records());
            token = page.nextPageToken();
        } while (token != null);
        assertThat(serials(found)).isEqualTo(expected);
        List<CertificateRecord> streamed = new ArrayList<>();
        records.stream(criteria, streamed::add);
        assertThat(serials(streamed.reversed())).isEqualTo(expected);
    }

    private static List<String> serials(List<CertificateRecord> records) {
        return records.stream().map(record -> record.serialNumber().hex()).toList();
    }

    @Test
    void byPrefixKindAndSubject() {
        finds(with(), _ -> true);
        finds(
                with().spiffeIdPrefix("spiffe://example.org/n1"),
                record -> record.spiffeId().startsWith("spiffe://example.org/n1"));
        for (String kind : List.of("kubernetes", "oidc", "server")) {
            finds(with().evidenceKind(kind), record -> record.evidenceKind().equals(kind));
        }
        String subject = "system:serviceaccount:shop:n3";
        finds(with().evidenceSubject(subject), record -> record.evidenceSubject().equals(subject));
        finds(
                with().evidenceSubject(subject).evidenceKind("kubernetes"),
                record ->
                        record.evidenceSubject().equals(subject)
                                && record.evidenceKind().equals("kubernetes"));
        assertSearch(with().evidenceKind("join-token").build(), List.of());
        assertSearch(with().evidenceSubject("system:%").build(), List.of());
    }

    @Test
    void bySerialNumberFingerprintAndKey() throws Exception {
        CertificateRecord one = all.get(17);
        byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(one.der());
        finds(with().serialNumber(one.serialNumber()), record -> record.equals(one));
        String hex = one.serialNumber().hex();
        for (int digits : new int[] {12, 15, 16, 39, 40}) {
            String begin = hex.substring(0, digits);
            finds(
                    with().serialPrefix(SerialPrefix.of(begin).orElseThrow()),
                    record -> record.serialNumber().hex().startsWith(begin));
        }
        assertThat(SerialPrefix.of(hex.substring(0, 11))).isEmpty();
        assertThat(SerialPrefix.of("0" + hex.substring(1))).isEmpty();
        finds(with().sha256(sha256), record -> record.equals(one));
        finds(
                with().keySha256(one.keySha256()),
                record -> record.spiffeId().equals(one.spiffeId()));
        assertSearch(with().sha256(new byte[32]).build(), List.of());
        byte[] samePrefix = one.keySha256();
        samePrefix[31] ^= 1;
        assertSearch(with().keySha256(samePrefix).build(), List.of());
        assertSearch(
                with().serialNumber(one.serialNumber()).sha256(new byte[32]).build(), List.of());
    }

    @Test
    void byNameWithAndWithoutItsKind() {
        for (String name :
                List.of(
                        "DNS:host-3.example.org",
                        "IP:10.0.0.2",
                        "IP:fd00:0:0:0:0:0:0:2",
                        "email:a0@example.org")) {
            Predicate<CertificateRecord> meaning =
                    record -> List.of(record.names().split(",")).contains(name);
            finds(with().subjectAlternativeName(name), meaning);
            finds(with().subjectAlternativeName(name.substring(name.indexOf(':') + 1)), meaning);
        }
        finds(
                with().subjectAlternativeName("fd00::2"),
                record -> record.names().contains("IP:fd00:0:0:0:0:0:0:2"));
        finds(
                with().subjectAlternativeName("HOST-3.example.org"),
                record -> record.names().contains("DNS:host-3."));
        finds(
                with().subjectAlternativeName("spiffe://example.org/n3"),
                record -> record.spiffeId().equals("spiffe://example.org/n3"));
        finds(
                with().subjectAlternativeName("https://example.org/a,DNS:evil-2.example.org"),
                record -> record.names().contains("DNS:evil-2.example.org"));
        for (String none :
                List.of(
                        "DNS:evil-2.example.org",
                        "evil-2.example.org",
                        "https://example.org/a\\",
                        "host-3.example",
                        "DNS:",
                        "10.0.0",
                        "spiffe://example.org/n",
                        "{}")) {
            assertSearch(with().subjectAlternativeName(none).build(), List.of());
        }
    }

    @Test
    void byTimesAndState() {
        Instant dayAgo = NOW.minus(Duration.ofDays(1));
        Instant hoursAgo = NOW.minus(Duration.ofHours(2));
        finds(with().issuedFrom(dayAgo), record -> !record.issuedAt().isBefore(dayAgo));
        finds(with().issuedBefore(dayAgo), record -> record.issuedAt().isBefore(dayAgo));
        CertificateRecord one = all.get(55);
        finds(
                with().issuedFrom(one.issuedAt()).issuedBefore(one.issuedAt().plusNanos(1_000)),
                record -> record.issuedAt().equals(one.issuedAt()));
        finds(
                with().expiresFrom(dayAgo).expiresBefore(hoursAgo),
                record ->
                        !record.validity().notAfter().isBefore(dayAgo)
                                && record.validity().notAfter().isBefore(hoursAgo));
        finds(with().state(State.EXPIRED), record -> record.validity().notAfter().isBefore(NOW));
        finds(
                with().state(State.VALID),
                record ->
                        !record.validity().notAfter().isBefore(Instant.now())
                                && !isRevoked(record));
        finds(with().state(State.REVOKED), CertificateSearchIT::isRevoked);
    }

    @Test
    void byWhatAllowedItAndWhoIssuedIt() {
        finds(with().policyRule("rule 3"), record -> octet(record, 18) % 5 == 3);
        finds(with().policyVersion("2"), record -> octet(record, 17) % 3 == 2);
        finds(with().authorityId("authority-1"), record -> octet(record, 16) % 4 == 1);
        finds(
                with().authorityId("authority-1").policyRule("rule 3").state(State.EXPIRED),
                record ->
                        octet(record, 16) % 4 == 1
                                && octet(record, 18) % 5 == 3
                                && record.validity().notAfter().isBefore(NOW));
        assertSearch(with().policyRule("rule").build(), List.of());
        assertSearch(with().authorityId("authority-%").build(), List.of());
    }

    @Test
    void everyPairOfFiltersMeansBoth() {
        CertificateRecord one =
                all.stream().filter(record -> !record.names().isEmpty()).skip(20).findFirst().get();
        List<UnaryOperator<CriteriaBuilder>> filters =
                List.of(
                        b -> b.spiffeIdPrefix(one.spiffeId()),
                        b -> b.serialNumber(one.serialNumber()),
                        b -> b.keySha256(one.keySha256()),
                        b -> b.subjectAlternativeName(one.names().split(",")[0]),
                        b -> b.evidenceKind(one.evidenceKind()),
                        b -> b.evidenceSubject(one.evidenceSubject()),
                        b -> b.issuedFrom(one.issuedAt()),
                        b -> b.issuedBefore(one.issuedAt().plusSeconds(1)),
                        b -> b.expiresFrom(one.validity().notAfter()),
                        b -> b.expiresBefore(one.validity().notAfter().plusSeconds(1)),
                        b -> b.state(State.EXPIRED));
        List<List<String>> alone =
                filters.stream()
                        .map(filter -> records.search(filter.apply(with()).build(), 1_000, null))
                        .map(page -> serials(page.records()))
                        .toList();
        for (int i = 0; i < filters.size(); i++) {
            for (int j = 0; j < i; j++) {
                Criteria both = filters.get(i).apply(filters.get(j).apply(with())).build();
                List<String> expected = new ArrayList<>(alone.get(i));
                expected.retainAll(alone.get(j));
                assertThat(serials(records.search(both, 1_000, null).records()))
                        .as("%d and %d", i, j)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void theRecordHasWhatWasIssued() {
        CertificateRecord one =
                all.stream()
                        .filter(record -> record.spiffeId().endsWith("/n3"))
                        .findFirst()
                        .orElseThrow();
        assertThat(one.names())
                .matches(
                        "DNS:host-\\d.example.org,IP:10.0.0.\\d,IP:fd00:0:0:0:0:0:0:\\d,"
                                + "email:a\\d@example.org,"
                                + "URI:https://example.org/a\\\\,DNS:evil-\\d.example.org");
        assertThat(one.subject()).matches("CN=unit \\d");
        assertThat(one.requestId()).isNotNull();
    }

    @Test
    void hostileTextFindsNothingAndHarmsNothing() {
        for (String text :
                List.of(
                        "'; DROP TABLE ledger.certificate; --",
                        "\\",
                        "%",
                        "\ud83d\ude00",
                        "$1",
                        "?")) {
            for (UnaryOperator<CriteriaBuilder> filter :
                    List.<UnaryOperator<CriteriaBuilder>>of(
                            b -> b.spiffeIdPrefix(text),
                            b -> b.subjectAlternativeName(text),
                            b -> b.evidenceKind(text),
                            b -> b.evidenceSubject(text))) {
                assertSearch(filter.apply(with()).build(), List.of());
            }
        }
        assertThatThrownBy(() -> with().evidenceSubject("a\u0000").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("evidenceSubject");
        assertThatThrownBy(() -> with().spiffeIdPrefix("a".repeat(8_193)).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("spiffeIdPrefix");
        assertThatThrownBy(() -> with().sha256(new byte[31]).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("sha256");
        for (String token : List.of("x", "", "AAAA", "\ud83d\ude00", "A".repeat(38))) {
            assertThatThrownBy(() -> records.search(Criteria.ANY, 10, token))
                    .as(token.toLowerCase(Locale.ROOT))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aStreamHoldsNoMoreThanAWindowOfADenseLedger() {
        try (TestDatabase dense = TestDatabase.create()) {
            int rows = 30_000;
            dense.ownerJdbcClient()
                    .sql(
                            """
                            INSERT INTO ledger.certificate (
                                serial, spiffe_id, key_sha256, profile, profile_version,
                                policy_version, policy_rule, evidence_kind, evidence_subject,
                                attributes, authority_id, not_before, not_after, issued_at,
                                replica, der)
                            SELECT
                                decode(lpad(to_hex(1073741824
                                    + floor(date_part('epoch', t.not_after) / 3600)::bigint), 8, '0'),
                                    'hex') || substring(sha256(i::text::bytea) FROM 1 FOR 16),
                                'spiffe://example.org/w/' || i, sha256('k'), 'workload', 1, 'v',
                                'r', 'kubernetes', 's', '{}', 'a', t.not_after, t.not_after,
                                t.now - interval '2 hours' + i * interval '1 microsecond', 'r', 'd'
                            FROM generate_series(1, %d) i,
                                (SELECT now() AS now, date_trunc('second', now()) AS not_after) t
                            """
                                    .formatted(rows))
                    .update();
            AtomicInteger seen = new AtomicInteger();
            new JdbcCertificateRecords(dense.jdbcClient())
                    .stream(
                            Criteria.ANY,
                            record ->
                                    assertThat(record.spiffeId())
                                            .endsWith("/" + seen.incrementAndGet()));
            assertThat(seen.get()).isEqualTo(rows);
        }
    }

    @Test
    void whatTheConsumerThrowsReachesTheCaller() {
        AtomicInteger seen = new AtomicInteger();
        assertThatThrownBy(() ->
                        records.stream(
                                Criteria.ANY,
                                _ -> {
                                    if (seen.incrementAndGet() == 3) {
                                        throw new IllegalStateException("enough");
                                    }
                                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("enough");
        assertThat(seen.get()).isEqualTo(3);
    }
}
