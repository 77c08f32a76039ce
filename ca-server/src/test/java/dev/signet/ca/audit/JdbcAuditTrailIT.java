package dev.signet.ca.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.TestDatabase;
import dev.signet.ca.audit.AuditEvents.Criteria;
import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.sql.DataSource;

class JdbcAuditTrailIT {

    private static final Actor ANNA = new Actor("oidc", "issuer|anna", "192.0.2.1");
    private static final Actor SERVER = new Actor("server", "replica", null);

    private TestDatabase database;
    private DataSource dataSource;
    private JdbcAuditTrail trail;
    private TransactionOperations transactions;
    private final List<RecordedEvent> lines = new ArrayList<>();

    @BeforeEach
    void create() {
        database = TestDatabase.create();
        dataSource = database.dataSource();
        transactions = new TransactionTemplate(new JdbcTransactionManager(dataSource));
        trail =
                new JdbcAuditTrail(
                        JdbcClient.create(dataSource),
                        "replica",
                        new AuditLines() {
                            @Override
                            public boolean enabled() {
                                return true;
                            }

                            @Override
                            public void issued(Issued issued) {}

                            @Override
                            public void event(RecordedEvent event) {
                                lines.add(event);
                            }

                            @Override
                            public void refusals(RefusalCount count) {}

                            @Override
                            public void refused(RecordedRefusal refusal) {}
                        });
    }

    @AfterEach
    void drop() {
        database.close();
    }

    private static AuditEvent event(String act, Actor actor, String target) {
        return new AuditEvent(act, actor, target, "because", null, null, null);
    }

    @Test
    void keepsEveryPartOfAnEvent() {
        AuditEvent event =
                new AuditEvent(
                        "policy.activate",
                        ANNA,
                        "7",
                        "rollout of größe, 100 %",
                        "{\"number\": 6}",
                        "{\"number\": 7}",
                        RefusalCode.PRECONDITION_FAILED);
        trail.record(event);
        trail.record(event("login", SERVER, ""));
        List<RecordedEvent> found = trail.search(Criteria.ANY, 10, null).events();
        assertThat(found)
                .extracting(RecordedEvent::event)
                .containsExactly(event("login", SERVER, ""), event);
        assertThat(found.getFirst().id()).isEqualTo(trail.lastId());
        assertThat(found.getFirst().replica()).isEqualTo("replica");
        assertThat(found.getFirst().at())
                .isBetween(
                        Instant.now().minus(Duration.ofMinutes(5)),
                        Instant.now().plus(Duration.ofMinutes(5)));
        assertThat(lines).extracting(RecordedEvent::event).hasSize(2).first().isEqualTo(event);
    }

    @Test
    void findsByActActorTargetOutcomeAndTime() {
        trail.record(event("token.create", ANNA, "a"));
        trail.record(event("token.revoke", ANNA, "a"));
        trail.record(event("token.create", SERVER, "b"));
        trail.record(
                new AuditEvent("token.create", SERVER, "b", "", null, null, RefusalCode.CONFLICT));
        Instant later = Instant.now().plus(Duration.ofHours(1));
        assertThat(count(new Criteria("token.create", null, null, null, null, null))).isEqualTo(3);
        assertThat(count(new Criteria(null, "issuer|anna", null, null, null, null))).isEqualTo(2);
        assertThat(count(new Criteria(null, null, "a", null, null, null))).isEqualTo(2);
        assertThat(count(new Criteria(null, null, null, true, null, null))).isEqualTo(1);
        assertThat(count(new Criteria(null, null, "b", false, null, null))).isEqualTo(1);
        assertThat(count(new Criteria(null, null, null, null, later, null))).isZero();
        assertThat(count(new Criteria(null, null, null, null, null, later))).isEqualTo(4);
        assertThat(count(new Criteria("token.create", null, "a'; DROP", null, null, null)))
                .isZero();
        assertThat(count(new Criteria(null, null, "\u0000", null, null, null))).isZero();
    }

    private int count(Criteria criteria) {
        return trail.search(criteria, 100, null).events().size();
    }

    @Test
    void pagesGoBackAndATailGoesForwardWithoutGapOrRepetition() {
        for (int i = 0; i < 25; i++) {
            trail.record(event("login", ANNA, "login-" + i));
        }
        List<String> back = new ArrayList<>();
        String token = null;
        do {
            AuditEvents.Page page = trail.search(Criteria.ANY, 10, token);
            page.events().forEach(e -> back.add(e.event().target()));
            token = page.nextPageToken();
            trail.record(event("login", SERVER, "meanwhile"));
        } while (token != null);
        assertThat(back).hasSize(25).doesNotHaveDuplicates().doesNotContain("meanwhile");
        assertThat(back.getFirst()).isEqualTo("login-24");

        List<String> forward = new ArrayList<>();
        trail.forEach(
                new Criteria(null, "issuer|anna", null, null, null, null),
                e -> forward.add(e.event().target()));
        assertThat(forward).containsExactlyElementsOf(back.reversed());
        assertThatThrownBy(() -> trail.search(Criteria.ANY, 10, "x"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> trail.search(Criteria.ANY, 1001, null))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTailMissesNothingHoweverCommitsOverlap() throws Exception {
        int writers = 6;
        int each = 40;
        AtomicBoolean done = new AtomicBoolean();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<List<Long>> tail =
                    executor.submit(() -> {
                        List<Long> seen = new ArrayList<>();
                        long last = 0;
                        boolean ended;
                        do {
                            ended = done.get();
                            for (RecordedEvent event : trail.after(Criteria.ANY, last, 1000)) {
                                seen.add(event.id());
                                last = event.id();
                            }
                        } while (!ended);
                        return seen;
                    });
            List<Callable<Void>> acts = new ArrayList<>();
            for (int writer = 0; writer < writers; writer++) {
                acts.add(() -> {
                    for (int i = 0; i < each; i++) {
                        boolean rollBack = i % 5 == 0;
                        transactions.executeWithoutResult(transaction -> {
                            trail.record(event("login", ANNA, ""));
                            if (rollBack) {
                                transaction.setRollbackOnly();
                            }
                        });
                    }
                    return null;
                });
            }
            for (var written : executor.invokeAll(acts)) {
                written.get();
            }
            done.set(true);
            List<Long> onRecord =
                    database.ownerJdbcClient()
                            .sql("SELECT id FROM audit.event ORDER BY id")
                            .query(Long.class)
                            .list();
            assertThat(onRecord).hasSize(writers * each * 4 / 5);
            assertThat(tail.get()).isEqualTo(onRecord);
        }
    }

    @Test
    void noEventWithoutItsActAndNoLineOfIt() {
        transactions.executeWithoutResult(transaction -> {
            trail.record(event("issuance.suspend", ANNA, ""));
            transaction.setRollbackOnly();
        });
        assertThat(trail.lastId()).isZero();
        assertThat(lines).isEmpty();
        transactions.executeWithoutResult(_ -> {
            trail.record(event("issuance.suspend", ANNA, ""));
            assertThat(lines).isEmpty();
        });
        assertThat(lines).hasSize(1);
    }

    @Test
    void whatCallersWroteFitsAndWhomItNamesIsNeverCut() {
        trail.record(
                new AuditEvent(
                        "login",
                        ANNA,
                        "t".repeat(5000),
                        "line\nline\u0000\ud800",
                        null,
                        null,
                        null));
        AuditEvent kept = trail.search(Criteria.ANY, 1, null).events().getFirst().event();
        assertThat(kept.target()).hasSize(2048);
        assertThat(kept.reason()).isEqualTo("line line \ufffd");
        Actor tooLong = new Actor("oidc", "s".repeat(2049), null);
        assertThatThrownBy(() -> trail.record(event("login", tooLong, "")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anActMustNotBeDoneWhilePostgresqlDoesNotConfirm() {
        PGSimpleDataSource away = new PGSimpleDataSource();
        away.setUrl("jdbc:postgresql://localhost:1/none");
        away.setConnectTimeout(2);
        JdbcAuditTrail unreachable =
                new JdbcAuditTrail(JdbcClient.create(away), "replica", new NoAuditLines());
        assertThatThrownBy(() -> unreachable.record(event("login", ANNA, "")))
                .isInstanceOf(LedgerUnavailableException.class);
        assertThatThrownBy(() -> unreachable.search(Criteria.ANY, 1, null))
                .isInstanceOf(LedgerUnavailableException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE audit.event SET reason = 'x'",
                "DELETE FROM audit.event",
                "TRUNCATE audit.event",
                "DROP TABLE audit.event",
                "ALTER TABLE audit.event DISABLE TRIGGER ALL",
                "SELECT setval('audit.event_id', 1)",
                "UPDATE audit.refusal_count SET refusals = 1",
                "DELETE FROM audit.refusal_count",
                "TRUNCATE audit.refusal_count",
                "UPDATE audit.refusal SET refusals = 1",
                "DELETE FROM audit.refusal",
                "TRUNCATE audit.refusal",
                "SELECT audit.drop_expired_partitions(interval '30 days', interval '3 days')",
                "SELECT audit.make_partitions('event', 'month', current_date, current_date)",
                "CREATE TABLE audit.mine (x text)",
                "UPDATE halt.state_change SET halted = false",
                "DELETE FROM halt.state_change",
                "TRUNCATE halt.state_change",
                "UPDATE admin.approval SET reason = 'x'",
                "DELETE FROM admin.approval",
                "UPDATE admin.approval_decision SET approved = true",
                "DELETE FROM admin.approval_decision",
                "DELETE FROM admin.first_admin",
            })
    void theServerCanNeitherChangeNorRemoveWhatWasWritten(String sql) {
        assertThatThrownBy(() -> database.jdbcClient().sql(sql).query((_, _) -> 1).list())
                .hasRootCauseInstanceOf(SQLException.class)
                .rootCause()
                .satisfies(cause ->
                        assertThat(((SQLException) cause).getSQLState()).isEqualTo("42501"));
    }

    @Test
    void countsAreWrittenOnceHoweverOftenTheyAreSent() {
        Instant minute = Instant.now().truncatedTo(ChronoUnit.MINUTES);
        RefusalCount count =
                new RefusalCount(
                        minute, "replica", RefusalCode.SUSPENDED, "oidc", "rule", 12, "sample");
        JdbcClient jdbc = JdbcClient.create(dataSource);
        UUID process = UUID.randomUUID();
        JdbcRefusals store = new JdbcRefusals(jdbc, transactions, process);
        store.write(minute, List.of(count), List.of());
        store.write(minute, List.of(count), List.of());
        new JdbcRefusals(jdbc, transactions, UUID.randomUUID())
                .write(minute, List.of(count), List.of());
        assertThat(store.read(minute, minute.plusSeconds(1), 10)).containsExactly(count, count);
        assertThat(store.read(minute.plusSeconds(1), minute.plusSeconds(9), 10)).isEmpty();
    }

    @Test
    void refusalsAreWrittenOnceAndFoundByIdentityCodeAndTime() {
        Instant minute = Instant.now().truncatedTo(ChronoUnit.MINUTES);
        List<RecordedRefusal> refusals = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            refusals.add(
                    refusal(
                            minute.plusSeconds(i),
                            RefusalCode.POLICY_DENIED,
                            "spiffe://example.org/payments"));
        }
        refusals.add(
                refusal(minute, RefusalCode.RATE_LIMITED, "spiffe://example.org/payments_old"));
        JdbcClient jdbc = JdbcClient.create(dataSource);
        JdbcRefusals store = new JdbcRefusals(jdbc, transactions, UUID.randomUUID());
        store.write(minute, List.of(), refusals);
        store.write(minute, List.of(), refusals);
        Instant end = minute.plusSeconds(60);
        RefusalRecords.Page first =
                store.search(
                        new RefusalRecords.Criteria(
                                "spiffe://example.org/pay",
                                null,
                                null,
                                RefusalCode.POLICY_DENIED,
                                minute,
                                end),
                        3,
                        null);
        assertThat(first.refusals())
                .containsExactly(refusals.get(4), refusals.get(3), refusals.get(2));
        RefusalRecords.Page second =
                store.search(
                        new RefusalRecords.Criteria(
                                "spiffe://example.org/pay",
                                "issuer|payments",
                                "192.0.2.7",
                                RefusalCode.POLICY_DENIED,
                                minute,
                                end),
                        3,
                        first.nextPageToken());
        assertThat(second.refusals()).containsExactly(refusals.get(1), refusals.get(0));
        assertThat(second.nextPageToken()).isNull();
        assertThat(found(store, "spiffe://example.org/payments_", minute, end))
                .containsExactly(refusals.get(5));
        assertThat(found(store, "spiffe://example.org/%", minute, end)).isEmpty();
        assertThat(found(store, "spiffe\u0000", minute, end)).isEmpty();
        assertThat(found(store, "spiffe://", minute.minusSeconds(60), minute)).isEmpty();
        assertThatThrownBy(() ->
                        store.search(
                                new RefusalRecords.Criteria(null, null, null, null, minute, end),
                                3,
                                "AAAA"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static List<RecordedRefusal> found(
            JdbcRefusals store, String prefix, Instant from, Instant before) {
        return store.search(
                        new RefusalRecords.Criteria(prefix, null, null, null, from, before),
                        100,
                        null)
                .refusals();
    }

    private static RecordedRefusal refusal(Instant at, RefusalCode code, String spiffeId) {
        return new RecordedRefusal(
                at,
                at.plusSeconds(7),
                3,
                "replica",
                new RefusedRequest(
                        Refusal.withDiagnosis(code, "told", "not told"),
                        "bearer-token",
                        "issuer|payments",
                        "192.0.2.7",
                        spiffeId,
                        "DNS:a.example",
                        "shop",
                        "v12",
                        "0193"));
    }

    @Test
    void retentionDropsWhatIsOldAndNothingElse() {
        JdbcClient owner = database.ownerJdbcClient();
        owner.sql(
                        """
                        SELECT audit.make_partitions(
                            'event', 'month', current_date - 100, current_date - 100),
                            audit.make_partitions(
                            'refusal_count', 'day', current_date - 5, current_date - 5)
                        """)
                .query((_, _) -> 1)
                .single();
        trail.record(event("login", ANNA, ""));
        JdbcAuditPartitions partitions =
                new JdbcAuditPartitions(
                        JdbcClient.create(dataSource),
                        () -> {
                            var connection = database.ownerDataSource().getConnection();
                            try (var statement = connection.createStatement()) {
                                statement.execute("SET ROLE signet_maintenance");
                            }
                            return connection;
                        },
                        new AuditSettings(false, Duration.ofDays(30), Duration.ZERO));
        int before = partitionsOf(owner);
        partitions.dropExpired();
        assertThat(partitionsOf(owner)).isEqualTo(before - 1);
        assertThat(trail.lastId()).isPositive();
        partitions.makeAhead();
        assertThat(partitionsOf(owner)).isEqualTo(before - 1);
    }

    private static int partitionsOf(JdbcClient owner) {
        return owner.sql(
                        """
                        SELECT count(*) FROM pg_inherits WHERE inhparent IN
                            ('audit.event'::regclass, 'audit.refusal_count'::regclass)
                        """)
                .query(Integer.class)
                .single();
    }
}
