package dev.signet.ca.trust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.TestDatabase;
import dev.signet.ca.authority.Authorities;
import dev.signet.ca.authority.TestAuthority;
import dev.signet.ca.authority.TrustAnchors;

import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;

import javax.sql.DataSource;

class PolledTrustBundlesIT {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    /// Roots that a test sets.
    private static final class SetRoots implements Authorities {
        @Override
        public boolean isKeyOfAuthority(byte[] sha256) {
            return false;
        }

        @Override
        public boolean isNameOfAuthority(byte[] subject) {
            return false;
        }

        private volatile TrustAnchors anchors;

        SetRoots(long generation, byte[]... roots) {
            set(generation, roots);
        }

        void set(long generation, byte[]... roots) {
            List<byte[]> sorted = new ArrayList<>(List.of(roots));
            sorted.sort(Arrays::compareUnsigned);
            anchors = new TrustAnchors(generation, sorted);
        }

        @Override
        public Selection active(Instant now) {
            throw new AssertionError();
        }

        @Override
        public Optional<List<byte[]>> chain(String authorityId) {
            return Optional.empty();
        }

        @Override
        public TrustAnchors trustAnchors() {
            return anchors;
        }
    }

    private static PolledTrustBundles bundles(TestDatabase database, Authorities authorities) {
        DataSource dataSource = database.dataSource();
        return new PolledTrustBundles(
                authorities,
                new JdbcTrustBundleStore(
                        JdbcClient.create(dataSource),
                        new TransactionTemplate(new JdbcTransactionManager(dataSource)),
                        "replica"),
                TestAuthority.TRUST_DOMAIN,
                new TrustSettings(Duration.ofSeconds(60), Duration.ofHours(1)),
                Executors.newSingleThreadScheduledExecutor());
    }

    @Test
    void versionIsTheSameOnAllReplicasAndSurvivesARestart() {
        SetRoots roots = new SetRoots(2, TestAuthority.at(NOW).root());
        try (TestDatabase database = TestDatabase.create();
                PolledTrustBundles one = bundles(database, roots);
                PolledTrustBundles other = bundles(database, roots)) {
            one.start();
            other.start();
            assertThat(one.current().version()).isGreaterThan(1_700_000_000);
            assertThat(other.current().version()).isEqualTo(one.current().version());
            assertThat(other.current().x509Authorities())
                    .containsExactlyElementsOf(roots.trustAnchors().certificates());
            assertThat(one.current().refreshHint()).isEqualTo(Duration.ofSeconds(60));
        }
    }

    @Test
    void eachVersionThatAReplicaNamesIsOnRecordAndTriedAgainWhenItWasNot() {
        byte[] first = TestAuthority.at(NOW).root();
        byte[] second = TestAuthority.at(NOW).root();
        SetRoots roots = new SetRoots(2, first);
        try (TestDatabase database = TestDatabase.create();
                PolledTrustBundles bundles = bundles(database, roots)) {
            bundles.start();
            long before = bundles.current().version();
            assertThat(used(database)).containsExactly(before);
            database.ownerJdbcClient()
                    .sql("REVOKE INSERT ON trust.bundle_use FROM signet_server")
                    .update();
            roots.set(3, first, second);
            bundles.refresh();
            long version = bundles.current().version();
            assertThat(version).isGreaterThan(before);
            assertThat(used(database)).containsExactly(before);
            database.ownerJdbcClient()
                    .sql("GRANT INSERT ON trust.bundle_use TO signet_server")
                    .update();
            bundles.refresh();
            assertThat(used(database)).containsExactly(before, version);
        }
    }

    private static List<Long> used(TestDatabase database) {
        return database.ownerJdbcClient()
                .sql("SELECT version FROM trust.bundle_use WHERE replica = 'replica' ORDER BY 1")
                .query(Long.class)
                .list();
    }

    @Test
    void versionGrowsWithTheRootsOnly() {
        byte[] first = TestAuthority.at(NOW).root();
        byte[] second = TestAuthority.at(NOW).root();
        SetRoots roots = new SetRoots(2, first);
        try (TestDatabase database = TestDatabase.create();
                PolledTrustBundles bundles = bundles(database, roots)) {
            bundles.start();
            long version = bundles.current().version();
            roots.set(3, first);
            bundles.refresh();
            assertThat(bundles.current().version()).isEqualTo(version);
            roots.set(4, first, second);
            bundles.refresh();
            long next = bundles.current().version();
            assertThat(next).isGreaterThan(version);
            assertThat(bundles.current().x509Authorities()).hasSize(2);
            roots.set(5, second);
            bundles.refresh();
            assertThat(bundles.current().version()).isGreaterThan(next);
        }
    }

    @Test
    void aReplicaThatLagsBehindNeitherPublishesNorTakesBackAVersion() {
        byte[] first = TestAuthority.at(NOW).root();
        byte[] second = TestAuthority.at(NOW).root();
        SetRoots ahead = new SetRoots(2, first);
        SetRoots behind = new SetRoots(2, first);
        try (TestDatabase database = TestDatabase.create();
                PolledTrustBundles early = bundles(database, ahead);
                PolledTrustBundles late = bundles(database, behind)) {
            early.start();
            late.start();
            ahead.set(3, first, second);
            early.refresh();
            late.refresh();
            early.refresh();
            assertThat(late.current().version()).isEqualTo(early.current().version());
            assertThat(early.current().x509Authorities()).hasSize(2);
            assertThat(late.current().x509Authorities()).hasSize(2);
        }
    }

    @Test
    void aWatchGetsTheCurrentBundleThenEachNewerOneInOrder() throws Exception {
        byte[] first = TestAuthority.at(NOW).root();
        byte[] second = TestAuthority.at(NOW).root();
        SetRoots roots = new SetRoots(2, first);
        try (TestDatabase database = TestDatabase.create();
                PolledTrustBundles bundles = bundles(database, roots)) {
            bundles.start();
            List<Long> seen = new ArrayList<>();
            AutoCloseable broken =
                    bundles.watch(_ -> {
                        throw new IllegalStateException("asked for by a test");
                    });
            AutoCloseable watch = bundles.watch(bundle -> seen.add(bundle.version()));
            assertThat(seen).containsExactly(bundles.current().version());
            bundles.refresh();
            roots.set(3, first, second);
            bundles.refresh();
            assertThat(seen).hasSize(2).isSorted().endsWith(bundles.current().version());
            watch.close();
            watch.close();
            broken.close();
            roots.set(4, second);
            bundles.refresh();
            assertThat(seen).hasSize(2);
        }
    }

    @Test
    void keepsTheLastVersionWhileTheDatabaseIsAway() {
        SetRoots roots = new SetRoots(2, TestAuthority.at(NOW).root());
        TestDatabase database = TestDatabase.create();
        try (PolledTrustBundles bundles = bundles(database, roots)) {
            bundles.start();
            long version = bundles.current().version();
            database.close();
            bundles.refresh();
            assertThat(bundles.current().version()).isEqualTo(version);
        }
    }

    @Test
    void versionDoesNotFallWhenPostgresqlIsPutBackToAnEarlierMoment() {
        byte[] first = TestAuthority.at(NOW).root();
        byte[] second = TestAuthority.at(NOW).root();
        SetRoots roots = new SetRoots(2, first);
        try (TestDatabase database = TestDatabase.create();
                PolledTrustBundles bundles = bundles(database, roots)) {
            bundles.start();
            roots.set(3, first, second);
            bundles.refresh();
            long before = bundles.current().version();
            database.ownerJdbcClient()
                    .sql("DELETE FROM trust.bundle WHERE version = " + before)
                    .update();
            roots.set(2, first);

            bundles.refresh();

            assertThat(bundles.current().version()).isGreaterThan(before);
            assertThat(bundles.current().x509Authorities()).containsExactly(first);
        }
    }
}
