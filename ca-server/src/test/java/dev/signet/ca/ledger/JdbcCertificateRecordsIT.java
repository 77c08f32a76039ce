package dev.signet.ca.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.TestDatabase;
import dev.signet.ca.ledger.CertificateRecords.CertificateRecord;
import dev.signet.ca.ledger.CertificateRecords.Criteria;
import dev.signet.ca.ledger.CertificateRecords.Page;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

class JdbcCertificateRecordsIT {

    private static final Criteria ALL = Criteria.ANY;

    private TestDatabase database;
    private TestLedger ledger;
    private JdbcCertificateRecords records;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
        ledger = TestLedger.on(database);
        records = new JdbcCertificateRecords(database.jdbcClient());
    }

    @AfterEach
    void close() {
        ledger.close();
        database.close();
    }

    @Test
    void findsWhatIsOnRecordBySerialNumber() {
        IssuanceRecord issuance = TestIssuances.plain("/one");
        ledger.recordNow(issuance);
        var content = issuance.certificate().content();
        assertThat(records.bySerialNumber(content.serialNumber()))
                .hasValueSatisfying(record -> {
                    assertThat(record.spiffeId()).isEqualTo("spiffe://example.org/one");
                    assertThat(record.validity()).isEqualTo(content.validity());
                    assertThat(record.keySha256()).isEqualTo(content.key().sha256());
                    assertThat(record.evidenceKind()).isEqualTo("kubernetes");
                    assertThat(record.evidenceSubject()).isEqualTo("subject");
                    assertThat(record.policyVersion()).isEqualTo("version-1");
                    assertThat(record.policyRule()).isEqualTo("kubernetes service accounts");
                    assertThat(record.profile()).isEqualTo("workload");
                    assertThat(record.profileVersion()).isEqualTo(2);
                    assertThat(record.attributes())
                            .isEqualTo(
                                    "{\"kubernetes.namespace\":\"shop\","
                                            + "\"kubernetes.service-account\":\"orders\"}");
                    assertThat(record.names()).isEmpty();
                    assertThat(record.subject()).isEmpty();
                    assertThat(record.requestId()).isNull();
                    assertThat(record.der()).isEqualTo(issuance.certificate().der());
                    assertThat(record.authorityId()).isEqualTo("authority-1");
                    assertThat(record.replica()).isEqualTo("replica-under-test");
                    assertThat(record.issuedAt())
                            .isBetween(
                                    Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
                });
        assertThat(
                        records.bySerialNumber(
                                TestIssuances.plain("/other")
                                        .certificate()
                                        .content()
                                        .serialNumber()))
                .isEmpty();
    }

    @Test
    void aLookUpBySerialNumberTouchesOnePartition() {
        IssuanceRecord issuance = TestIssuances.plain("/one");
        ledger.recordNow(issuance);
        var serial = issuance.certificate().content().serialNumber();
        OffsetDateTime hour = serial.expiryHour().atOffset(ZoneOffset.UTC);
        List<String> plan =
                database.ownerJdbcClient()
                        .sql("EXPLAIN (ANALYZE) " + JdbcCertificateRecords.BY_SERIAL_NUMBER)
                        .param("serial", serial.octets())
                        .param("hour", hour)
                        .param("nextHour", hour.plusHours(1))
                        .query(String.class)
                        .list();
        assertThat(plan).filteredOn(line -> line.contains("Scan")).hasSize(1);
        assertThat(plan.getFirst()).contains("certificate_").contains("Scan");
    }

    @Test
    void searchesByPrefixInWhichNoCharacterIsAWildcard() {
        List<String> paths = List.of("/a/b_c", "/a/bxc", "/a/b", "/a.b/x", "/z", "/a/b-c");
        ledger.recordAll(paths.stream().map(TestIssuances::plain));
        assertThat(paths("spiffe://example.org/a/b"))
                .containsExactlyInAnyOrder("/a/b_c", "/a/bxc", "/a/b", "/a/b-c");
        assertThat(paths("spiffe://example.org/a/b_")).containsExactly("/a/b_c");
        assertThat(paths("spiffe://example.org/%")).isEmpty();
        assertThat(paths("spiffe://example.org/_")).isEmpty();
        assertThat(paths("spiffe://example.org/a\\")).isEmpty();
        assertThat(paths("spiffe://example.org/\ud83d\ude00")).isEmpty();
        assertThat(paths("")).hasSize(6);
    }

    @Test
    void pagesStayTheSameWhileNewRecordsArrive() {
        ledger.recordAll(IntStream.range(0, 57).mapToObj(i -> TestIssuances.plain("/p/" + i)));
        List<CertificateRecord> seen = new ArrayList<>();
        String token = null;
        int pages = 0;
        do {
            Page page = records.search(ALL, 10, token);
            seen.addAll(page.records());
            token = page.nextPageToken();
            pages++;
            ledger.recordNow(TestIssuances.plain("/new/" + pages));
        } while (token != null);
        assertThat(pages).isEqualTo(6);
        assertThat(seen)
                .extracting(CertificateRecord::spiffeId)
                .hasSize(57)
                .doesNotHaveDuplicates()
                .allMatch(id -> id.startsWith("spiffe://example.org/p/"));
        assertThat(seen)
                .extracting(CertificateRecord::issuedAt)
                .isSortedAccordingTo((a, b) -> b.compareTo(a));
    }

    @Test
    void findsOldRecordsBehindTheFirstSteps() {
        JdbcClient owner = database.ownerJdbcClient();
        owner.sql("SELECT ledger.make_partitions('certificate', current_date - 40, current_date)")
                .query(Integer.class)
                .single();
        for (int days : List.of(0, 1, 5, 30)) {
            IssuanceRecord issuance =
                    TestIssuances.expiringAt(
                            "/old/" + days,
                            Instant.now().plusSeconds(60).minus(Duration.ofDays(days)));
            ledger.recordNow(issuance);
            owner.sql("UPDATE ledger.certificate SET issued_at = not_before WHERE serial = ?")
                    .param(issuance.certificate().content().serialNumber().octets())
                    .update();
        }
        assertThat(paths("spiffe://example.org/old"))
                .containsExactly("/old/0", "/old/1", "/old/5", "/old/30");
        Instant now = Instant.now();
        assertThat(
                        pathsOf(
                                records.search(
                                        new Criteria(
                                                null,
                                                now.minus(Duration.ofDays(10)),
                                                now.minus(Duration.ofHours(20))),
                                        10,
                                        null)))
                .containsExactly("/old/1", "/old/5");
    }

    @Test
    void refusesALimitOutOfBounds() {
        for (int limit : List.of(0, -1, 1_001)) {
            assertThatThrownBy(() -> records.search(ALL, limit, null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("1 to 1000");
        }
    }

    @Test
    void saysThatPostgresqlCannotBeAsked() {
        database.close();
        var serial = TestIssuances.plain("/x").certificate().content().serialNumber();
        // 3D000: the database is gone; the connection cannot be made
        assertThatThrownBy(() -> records.bySerialNumber(serial))
                .isInstanceOf(LedgerUnavailableException.class);
    }

    @Test
    void R2_twoLedgersRecordAThousandConcurrentIssuancesUnderDistinctSerialNumbers() {
        try (TestLedger other = TestLedger.on(database)) {
            var outcomes =
                    IntStream.range(0, 1_000)
                            .mapToObj(i ->
                                    (i % 2 == 0 ? ledger : other)
                                            .record(TestIssuances.plain("/r2/" + i)))
                            .toList();
            assertThat(outcomes)
                    .allSatisfy(o -> assertThat(o.join()).isInstanceOf(Ledger.Recorded.class));
            other.assertConsistent(database);
            ledger.assertConsistent(database);
        }
        assertThat(
                        new HashSet<>(
                                database.ownerJdbcClient()
                                        .sql("SELECT encode(serial, 'hex') FROM ledger.certificate")
                                        .query(String.class)
                                        .list()))
                .hasSize(1_000);
    }

    private List<String> paths(String prefix) {
        return pathsOf(records.search(new Criteria(prefix, null, null), 100, null));
    }

    private static List<String> pathsOf(Page page) {
        return page.records().stream()
                .map(record -> record.spiffeId().substring("spiffe://example.org".length()))
                .collect(Collectors.toList());
    }
}
