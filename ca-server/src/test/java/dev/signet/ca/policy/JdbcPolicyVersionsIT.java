package dev.signet.ca.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.TestDatabase;
import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.policy.PolicyVersions.ActivateOutcome;
import dev.signet.ca.policy.PolicyVersions.Active;
import dev.signet.ca.policy.PolicyVersions.Author;
import dev.signet.ca.policy.PolicyVersions.Version;
import dev.signet.ca.policy.PolicyVersions.WriteOutcome;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import javax.sql.DataSource;

class JdbcPolicyVersionsIT {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00.123456789Z");
    private static final Author ALICE = new Author("oidc", "https://issuer.example|alice");

    private static final String OTHER = PolicyTexts.document("- name: other\n  deny: no\n");

    private TestDatabase database;
    private PolicyVersions versions;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
        versions = versions(database.jdbcClient());
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static PolicyVersions versions(JdbcClient jdbc) {
        return new JdbcPolicyVersions(jdbc, PolicyTexts.LANGUAGE, () -> NOW);
    }

    private long write(String rule) {
        String document = PolicyTexts.document("- name: " + rule + "\n  deny: \"é\"\n");
        return ((WriteOutcome.Written) versions.write(document, ALICE, "for the test"))
                .version()
                .number();
    }

    @Test
    void keepsWhatWasWritten() {
        String document = PolicyTexts.document("- name: a # why\n  deny: é\n");

        WriteOutcome.Written written =
                (WriteOutcome.Written) versions.write(document, ALICE, "first");

        assertThat(written.version().number()).isEqualTo(1);
        assertThat(versions.find(1)).contains(written.version());
        assertThat(written.version().document()).isEqualTo(document);
        assertThat(written.version().sha256()).matches("[0-9a-f]{64}");
        assertThat(written.version().author()).isEqualTo(ALICE);
        assertThat(written.version().createdAt())
                .isEqualTo(Instant.parse("2026-11-23T10:00:00.123456Z"));
        assertThat(versions.find(2)).isEmpty();
        assertThat(versions.active()).isEqualTo(new Active(0, 0, null, "", null));
    }

    @Test
    void writesNothingThatHasErrors() {
        WriteOutcome outcome = versions.write("rules: [", ALICE, "no");

        assertThat(outcome).isInstanceOf(WriteOutcome.NotAccepted.class);
        assertThat(((WriteOutcome.NotAccepted) outcome).findings()).isNotEmpty();
        assertThat(versions.list(10, null)).isEmpty();
        assertThat(versions.validate("rules: ["))
                .isInstanceOf(PolicyLanguage.Reading.NotAccepted.class);
    }

    @Test
    void listsTheYoungestFirstWithoutDocuments() {
        for (int i = 0; i < 5; i++) {
            write("r" + i);
        }

        assertThat(versions.list(2, null)).extracting(Version::number).containsExactly(5L, 4L);
        assertThat(versions.list(10, 4L)).extracting(Version::number).containsExactly(3L, 2L, 1L);
        assertThat(versions.list(1, null).getFirst().document()).isNull();
        assertThatThrownBy(() -> versions.list(0, null))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theBuiltInVersionIsAlwaysThere() {
        assertThat(versions.find(0))
                .hasValueSatisfying(version -> {
                    assertThat(version.document()).contains("kubernetes-service-account");
                    assertThat(version.author()).isNull();
                });
        assertThat(versions.activate(0, 0L, ALICE, "as it was"))
                .isInstanceOf(ActivateOutcome.Activated.class);
    }

    @Test
    void activatesAndRollsBack() {
        long one = write("one");
        long two = write("two");
        assertThat(versions.previous()).isEmpty();
        assertThat(versions.rollBack(null, ALICE, "nothing there"))
                .isInstanceOf(ActivateOutcome.NoSuchVersion.class);

        Active first = activated(versions.activate(one, 0L, ALICE, "go"));
        assertThat(first).isEqualTo(versions.active());
        assertThat(first.activation()).isEqualTo(1);
        assertThat(first.number()).isEqualTo(one);
        assertThat(versions.previous()).contains(0L);
        activated(versions.activate(two, 1L, ALICE, "go on"));
        assertThat(versions.previous()).contains(one);

        assertThat(activated(versions.rollBack(2L, ALICE, "back")).number()).isEqualTo(one);
        assertThat(versions.rollBack(2L, ALICE, "back"))
                .isInstanceOf(ActivateOutcome.Changed.class);
        assertThat(versions.active().number()).isEqualTo(one);
        assertThat(versions.active().reason()).isEqualTo("back");
    }

    @Test
    void refusesWhatIsNotThereOrWasNotSeen() {
        long one = write("one");

        assertThat(versions.activate(99, null, ALICE, "go"))
                .isInstanceOf(ActivateOutcome.NoSuchVersion.class);
        assertThat(versions.activate(one, 1L, ALICE, "go"))
                .isInstanceOf(ActivateOutcome.Changed.class);
        assertThat(versions.active().activation()).isZero();
        for (String reason : List.of("", " ", "x".repeat(1_025))) {
            assertThatThrownBy(() -> versions.activate(one, null, ALICE, reason))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> versions.write(OTHER, ALICE, reason))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void doesNotActivateWhatThisServerDoesNotAccept() {
        database.ownerJdbcClient()
                .sql(
                        """
                        INSERT INTO policy.version
                            (document, sha256, author_kind, author_subject, reason, created_at)
                        VALUES ('later: language', sha256('later: language'), 'oidc', 'a', 'r',
                            now())
                        """)
                .update();

        assertThat(versions.activate(1, null, ALICE, "go"))
                .isInstanceOf(ActivateOutcome.NotAccepted.class);
    }

    @Test
    void ofManyThatHaveSeenTheSameOneWins() throws Exception {
        long one = write("one");
        for (int round = 0; round < 10; round++) {
            long seen = versions.active().activation();
            List<ActivateOutcome> outcomes =
                    atOnce(8, () -> versions.activate(one, seen, ALICE, "race"));

            assertThat(outcomes).filteredOn(ActivateOutcome.Activated.class::isInstance).hasSize(1);
            assertThat(outcomes).filteredOn(ActivateOutcome.Changed.class::isInstance).hasSize(7);
            assertThat(versions.active().activation()).isEqualTo(seen + 1);
        }
    }

    @Test
    void thoseWhoDoNotMindWinOneAfterTheOther() throws Exception {
        long one = write("one");

        assertThat(atOnce(4, () -> versions.activate(one, null, ALICE, "any")))
                .allMatch(ActivateOutcome.Activated.class::isInstance);
        assertThat(versions.active().activation()).isEqualTo(4);
    }

    @Test
    void joinsTheCallersTransaction() {
        DataSource dataSource = database.dataSource();
        TransactionTemplate transaction =
                new TransactionTemplate(new JdbcTransactionManager(dataSource));
        PolicyVersions joined = versions(JdbcClient.create(dataSource));
        long one = write("one");

        transaction.executeWithoutResult(status -> {
            joined.write(OTHER, ALICE, "lost");
            joined.activate(one, 0L, ALICE, "lost");
            assertThat(joined.active().number()).isEqualTo(one);
            status.setRollbackOnly();
        });

        assertThat(versions.list(10, null)).hasSize(1);
        assertThat(versions.active().activation()).isZero();
    }

    /// Whoever comes second waits for the first one's commit, and can then still write its audit
    /// event: nothing has failed.
    @Test
    void aTransactionThatLostTheRaceGoesOn() {
        DataSource dataSource = database.dataSource();
        TransactionTemplate transaction =
                new TransactionTemplate(new JdbcTransactionManager(dataSource));
        PolicyVersions joined = versions(JdbcClient.create(dataSource));
        long one = write("one");

        transaction.executeWithoutResult(_ -> {
            assertThat(joined.active().activation()).isZero();
            activated(versions.activate(one, 0L, ALICE, "faster"));
            assertThat(joined.activate(one, 0L, ALICE, "slower"))
                    .isInstanceOf(ActivateOutcome.Changed.class);
            joined.write(OTHER, ALICE, "still possible");
        });

        assertThat(versions.list(10, null)).hasSize(2);
    }

    @Test
    void theServersRoleCanOnlyAdd() {
        write("one");
        versions.activate(1, null, ALICE, "go");
        JdbcClient server = database.jdbcClient();

        for (String sql :
                List.of(
                        "UPDATE policy.version SET reason = 'other'",
                        "DELETE FROM policy.version",
                        "UPDATE policy.activation SET number = 0",
                        "DELETE FROM policy.activation")) {
            assertThatThrownBy(() -> server.sql(sql).update())
                    .rootCause()
                    .hasMessageContaining("permission denied");
        }
        assertThatThrownBy(() ->
                        database.ownerJdbcClient()
                                .sql("UPDATE policy.version SET document = 'other'")
                                .update())
                .rootCause()
                .hasMessageContaining("version_sha256_of_document");
    }

    @Test
    void saysUnavailableWhilePostgresqlIsAway() {
        PGSimpleDataSource away = new PGSimpleDataSource();
        away.setUrl("jdbc:postgresql://localhost:1/none");
        away.setConnectTimeout(2);
        PolicyVersions unreachable = versions(JdbcClient.create(away));
        List<Callable<?>> calls =
                List.of(
                        unreachable::active,
                        unreachable::previous,
                        () -> unreachable.find(1),
                        () -> unreachable.list(1, null),
                        () -> unreachable.write(OTHER, ALICE, "r"),
                        () -> unreachable.activate(0, null, ALICE, "r"));

        for (Callable<?> call : calls) {
            assertThatThrownBy(call::call).isInstanceOf(LedgerUnavailableException.class);
        }
    }

    private static Active activated(ActivateOutcome outcome) {
        assertThat(outcome).isInstanceOf(ActivateOutcome.Activated.class);
        return ((ActivateOutcome.Activated) outcome).active();
    }

    private static <T> List<T> atOnce(int threads, Callable<T> call) throws Exception {
        CyclicBarrier together = new CyclicBarrier(threads);
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Future<T>> futures = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                futures.add(
                        executor.submit(() -> {
                            together.await();
                            return call.call();
                        }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        }
    }
}
