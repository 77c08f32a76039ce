package dev.signet.ca.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signet.ca.TestDatabase;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

class JdbcChangesIT {

    @RegisterExtension static final TestDatabase DATABASE = TestDatabase.create();

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private JdbcChanges changes(DatabaseSettings settings) {
        return new JdbcChanges(
                new JdbcDatabase(settings)::server,
                new JdbcDatabase(settings)::server,
                new LedgerMetrics(registry));
    }

    private static void change(JdbcClient jdbc, String topic) {
        jdbc.sql("SELECT pg_notify('signet', ?)").param(topic).query((_, _) -> topic).single();
    }

    private boolean listening() {
        return registry.get("signet.ledger.changes.listening").gauge().value() == 1;
    }

    private double signals(String topic) {
        return registry.get("signet.ledger.changes.signals").tag("topic", topic).counter().count();
    }

    @Test
    void tellsTheWatchersOfATopicAndNobodyElse() {
        AtomicInteger policy = new AtomicInteger();
        AtomicInteger halt = new AtomicInteger();
        try (JdbcChanges changes = changes(DATABASE.settings())) {
            changes.watch("policy", policy::incrementAndGet);
            changes.watch("halt", halt::incrementAndGet);
            await().until(this::listening);
            await().until(() -> policy.get() >= 1 && halt.get() >= 1);
            int before = halt.get();
            for (int i = 1; i <= 20; i++) {
                int looks = policy.get();
                change(DATABASE.jdbcClient(), "policy");
                await().atMost(Duration.ofMillis(900)).until(() -> policy.get() > looks);
            }
            assertThat(halt).hasValue(before);
            assertThat(signals("policy")).isEqualTo(20);
            change(DATABASE.jdbcClient(), "nobody watches this");
            change(DATABASE.jdbcClient(), "halt");
            await().until(() -> halt.get() == before + 1);
        }
    }

    @Test
    void aSlowWatcherStopsNoOther() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch slowLooks = new CountDownLatch(1);
        AtomicInteger looks = new AtomicInteger();
        try (JdbcChanges changes = changes(DATABASE.settings())) {
            changes.watch(
                    "policy",
                    () -> {
                        slowLooks.countDown();
                        try {
                            end.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    });
            changes.watch("policy", looks::incrementAndGet);
            await().until(this::listening);
            slowLooks.await();
            int before = looks.get();
            change(DATABASE.jdbcClient(), "policy");
            await().until(() -> looks.get() > before);
        } finally {
            end.countDown();
        }
    }

    @Test
    void everyWatcherLooksAgainAfterItsConnectionWasKilled() {
        AtomicInteger looks = new AtomicInteger();
        try (JdbcChanges changes = changes(DATABASE.settings())) {
            changes.watch("policy", looks::incrementAndGet);
            for (int i = 1; i <= 3; i++) {
                await().until(this::listening);
                int before = looks.get();
                int killed =
                        DATABASE.ownerJdbcClient()
                                .sql(
                                        """
                                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                                        WHERE datname = current_database()
                                        AND query IN ('LISTEN signet', 'SELECT 1')
                                        """)
                                .query(Boolean.class)
                                .list()
                                .size();
                assertThat(killed).isEqualTo(1);
                int round = i;
                await().until(() ->
                        registry.get("signet.ledger.changes.reconnects").counter().count()
                                == round);
                await().until(() -> looks.get() > before);
                await().until(this::listening);
                int then = looks.get();
                change(DATABASE.jdbcClient(), "policy");
                await().until(() -> looks.get() > then);
            }
        }
    }

    @Test
    void comesBackWhenPostgresqlDoesAndStopsAtOnceWhileItIsAway(@TempDir Path directory)
            throws IOException {
        EmbeddedPostgres postgres = start(directory.resolve("data"), 0);
        int port = postgres.getPort();
        Migrations.apply(postgres.getPostgresDatabase());
        AtomicInteger looks = new AtomicInteger();
        DatabaseSettings settings =
                DatabaseSettings.of(
                        "jdbc:postgresql://localhost:" + port + "/postgres", "postgres", "");
        JdbcChanges changes = changes(settings);
        try {
            changes.watch("policy", looks::incrementAndGet);
            await().until(this::listening);
            postgres.close();
            await().atMost(Duration.ofSeconds(30)).until(() -> !listening());
            int before = looks.get();
            postgres = start(directory.resolve("data"), port);
            await().atMost(Duration.ofSeconds(30)).until(() -> looks.get() > before);
            await().until(this::listening);
            int then = looks.get();
            change(JdbcClient.create(postgres.getPostgresDatabase()), "policy");
            await().until(() -> looks.get() > then);
            postgres.close();
            await().atMost(Duration.ofSeconds(30)).until(() -> !listening());
            long begin = System.nanoTime();
            changes.close();
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isLessThan(Duration.ofSeconds(2));
        } finally {
            changes.close();
            postgres.close();
        }
    }

    @Test
    void stopsAtOnceWhileItListens() {
        JdbcChanges changes = changes(DATABASE.settings());
        await().until(this::listening);
        long begin = System.nanoTime();
        changes.close();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
        await().until(() -> !listening());
        await().until(() ->
                DATABASE.ownerJdbcClient()
                                .sql(
                                        """
                                        SELECT count(*) FROM pg_stat_activity
                                        WHERE datname = current_database()
                                        AND query IN ('LISTEN signet', 'SELECT 1')
                                        """)
                                .query(Integer.class)
                                .single()
                        == 0);
    }

    private static EmbeddedPostgres start(Path data, int port) throws IOException {
        var builder =
                EmbeddedPostgres.builder()
                        .setDataDirectory(data)
                        .setCleanDataDirectory(false)
                        .setPGStartupWait(Duration.ofSeconds(60));
        return (port == 0 ? builder : builder.setPort(port)).start();
    }
}
