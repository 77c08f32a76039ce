package dev.signet.ca.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.TestDatabase;
import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.ledger.Changes;
import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.ledger.RealChanges;
import dev.signet.ca.policy.PolicyVersions.Author;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

class StoredPoliciesIT {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final Author ALICE = new Author("oidc", "alice");
    private static final Changes NO_SIGNALS = (_, _) -> {};

    private final List<StoredPolicies> opened = new ArrayList<>();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private TestDatabase database;
    private PolicyVersions versions;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
        versions = versions(database.jdbcClient());
    }

    @AfterEach
    void close() {
        opened.forEach(StoredPolicies::close);
        database.close();
    }

    private static PolicyVersions versions(JdbcClient jdbc) {
        return new JdbcPolicyVersions(jdbc, PolicyTexts.LANGUAGE, () -> NOW);
    }

    /// With connections of its own.
    private StoredPolicies replica(Duration interval) {
        StoredPolicies policies =
                new StoredPolicies(
                        versions(database.jdbcClient()),
                        PolicyTexts.LANGUAGE,
                        Executors.newSingleThreadScheduledExecutor(),
                        registry);
        opened.add(policies);
        policies.start(interval, NO_SIGNALS);
        return policies;
    }

    /// All parts of such a version say its number.
    private long write(int i) {
        String document =
                PolicyTexts.document(
                        """
                        - name: r%1$d
                          when: attributes["a"].startsWith("a")
                          grant:
                            spiffeId: spiffe://{trustDomain}/v%1$d
                            lifetime: {default: %2$ds, max: %2$ds}
                            subject: [{type: CN, value: v%1$d}]
                        """
                                .formatted(i, 1_000 + i));
        return ((PolicyVersions.WriteOutcome.Written) versions.write(document, ALICE, "test"))
                .version()
                .number();
    }

    @Test
    void theBuiltInPolicyIsInForceUntilAnotherOneIs() {
        StoredPolicies policies = replica(Duration.ofMillis(100));
        assertThat(policies.current().version()).startsWith("default-1+sha256:");

        long number = write(1);
        versions.activate(number, 0L, ALICE, "go");
        Awaitility.await().until(() -> policies.current().version().startsWith("1+sha256:"));

        versions.rollBack(null, ALICE, "back");
        Awaitility.await()
                .until(() -> policies.current().version().startsWith("default-1+sha256:"));
        assertThat(replica(Duration.ofHours(1)).current().version())
                .isEqualTo(policies.current().version());
    }

    @Test
    void aSignalIsFollowedAtOnce() {
        List<Runnable> looks = new ArrayList<>();
        StoredPolicies policies =
                new StoredPolicies(
                        versions,
                        PolicyTexts.LANGUAGE,
                        Executors.newSingleThreadScheduledExecutor(),
                        registry);
        opened.add(policies);
        policies.start(
                Duration.ofHours(1),
                (topic, look) -> {
                    assertThat(topic).isEqualTo("policy");
                    looks.add(look);
                });
        versions.activate(write(1), null, ALICE, "go");

        looks.forEach(Runnable::run);

        assertThat(policies.current().version()).startsWith("1+sha256:");
    }

    @Test
    void anActivationIsAnnounced() throws Exception {
        try (var connection = database.dataSource().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("LISTEN signet");
            versions.activate(0, null, ALICE, "go");

            var notifications = connection.unwrap(PGConnection.class).getNotifications(10_000);

            assertThat(Arrays.stream(notifications).map(n -> n.getName() + ":" + n.getParameter()))
                    .containsExactly("signet:policy");
        }
    }

    /// R5: whatever moment a request comes at, one version decides all of it.
    @Test
    void R5_eachDecisionUnderARollingChangeIsOfExactlyOneVersion() throws Exception {
        for (int i = 1; i <= 8; i++) {
            assertThat(write(i)).isEqualTo(i);
        }
        versions.activate(1, null, ALICE, "go");
        StoredPolicies one = replica(Duration.ofMillis(100));
        StoredPolicies other = replica(Duration.ofMillis(100));
        PolicyRequest request = PolicyTexts.oidc(Map.of("a", "a")).make();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong decisions = new AtomicLong();
        AtomicInteger mixed = new AtomicInteger();
        Map<String, Boolean> seen = new ConcurrentHashMap<>();
        List<Thread> load = new ArrayList<>();
        for (StoredPolicies replica : List.of(one, other, one, other)) {
            load.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                while (!stop.get()) {
                                    Decision decision = replica.current().decide(request);
                                    if (!isOfOneVersion(decision)) {
                                        mixed.incrementAndGet();
                                    } else {
                                        seen.put(
                                                ((Decision.Granted) decision).policyVersion(),
                                                true);
                                    }
                                    decisions.incrementAndGet();
                                }
                            }));
        }
        long slowest = 0;
        for (long number = 2; number <= 8; number++) {
            String version = number + "+";
            versions.activate(number, null, ALICE, "next");
            long begin = System.nanoTime();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(5))
                    .until(() ->
                            one.current().version().startsWith(version)
                                    && other.current().version().startsWith(version));
            slowest = Math.max(slowest, System.nanoTime() - begin);
        }
        stop.set(true);
        for (Thread thread : load) {
            thread.join();
        }

        assertThat(mixed).hasValue(0);
        assertThat(seen).hasSize(8);
        System.out.printf(
                "policy: %,d decisions, slowest change on both replicas by polling alone %d ms%n",
                decisions.get(), slowest / 1_000_000);
    }

    /// By the signal alone: the next look of itself would be in an hour.
    @Test
    void aChangeReachesAnotherReplicaWithinASecondUnderLoad() throws Exception {
        for (int i = 1; i <= 21; i++) {
            write(i);
        }
        versions.activate(1, null, ALICE, "go");
        PolicyRequest request = PolicyTexts.oidc(Map.of("a", "a")).make();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong decisions = new AtomicLong();
        try (RealChanges changes = RealChanges.on(database.settings())) {
            StoredPolicies replica =
                    new StoredPolicies(
                            versions(database.jdbcClient()),
                            PolicyTexts.LANGUAGE,
                            Executors.newSingleThreadScheduledExecutor(),
                            registry);
            opened.add(replica);
            replica.start(Duration.ofHours(1), changes);
            changes.awaitListening();
            List<Thread> load = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                load.add(
                        Thread.ofPlatform()
                                .start(() -> {
                                    while (!stop.get()) {
                                        replica.current().decide(request);
                                        decisions.incrementAndGet();
                                    }
                                }));
            }
            List<Long> milliseconds = new ArrayList<>();
            for (long number = 2; number <= 21; number++) {
                String version = number + "+";
                versions.activate(number, null, ALICE, "next");
                long begin = System.nanoTime();
                Awaitility.await()
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> replica.current().version().startsWith(version));
                milliseconds.add((System.nanoTime() - begin) / 1_000_000);
            }
            stop.set(true);
            for (Thread thread : load) {
                thread.join();
            }
            milliseconds.sort(null);
            System.out.printf(
                    "policy: from activation to in force on another replica by signal, beside %,d"
                            + " decisions: median %d ms, slowest %d ms of %d%n",
                    decisions.get(),
                    milliseconds.get(milliseconds.size() / 2),
                    milliseconds.getLast(),
                    milliseconds.size());
            assertThat(milliseconds.get(milliseconds.size() / 2)).isLessThan(1_000);
        }
    }

    private static boolean isOfOneVersion(Decision decision) {
        if (!(decision instanceof Decision.Granted granted)) {
            return false;
        }
        String version = granted.policyVersion();
        String number = version.substring(0, version.indexOf('+'));
        return granted.rule().equals("r" + number)
                && granted.spiffeId().path().equals("/v" + number)
                && granted.subject().text().equals("CN=v" + number)
                && granted.lifetime().toSeconds() == 1_000 + Long.parseLong(number);
    }

    @Test
    void aVersionThatThisServerDoesNotAcceptLeavesTheLastOneInForce() {
        versions.activate(write(1), null, ALICE, "go");
        StoredPolicies policies = replica(Duration.ofMillis(100));
        assertThat(gauge("signet.policy.not.accepted")).isZero();

        activateOfALaterServer();

        Awaitility.await().until(() -> gauge("signet.policy.not.accepted") == 1);
        assertThat(policies.current().version()).startsWith("1+sha256:");
        assertThat(gauge("signet.policy.version")).isEqualTo(1);
        versions.activate(write(3), null, ALICE, "repaired");
        Awaitility.await().until(() -> gauge("signet.policy.not.accepted") == 0);
        assertThat(policies.current().version()).startsWith("3+sha256:");
    }

    @Test
    void aServerThatStartsWithSuchAVersionGrantsToOperatorsAndItselfAlone() {
        write(1);
        activateOfALaterServer();

        StoredPolicies policies = replica(Duration.ofMillis(100));

        assertThat(policies.current().version()).startsWith("2-not-accepted+sha256:");
        assertThat(gauge("signet.policy.not.accepted")).isEqualTo(1);
        assertThat(policies.current().decide(PolicyTexts.kubernetes("a", "b").make()))
                .isInstanceOf(Decision.Denied.class);
        assertThat(
                        policies.current()
                                .decide(
                                        new PolicyTexts.Request(EvidenceKind.CURRENT_CERTIFICATE)
                                                .boundTo(
                                                        "spiffe://example.org/signet/operator/alice")
                                                .make()))
                .isInstanceOf(Decision.Granted.class);
    }

    private void activateOfALaterServer() {
        JdbcClient owner = database.ownerJdbcClient();
        owner.sql(
                        """
                        INSERT INTO policy.version
                            (document, sha256, author_kind, author_subject, reason, created_at)
                        VALUES ('later: language', sha256('later: language'), 'oidc', 'a', 'r',
                            now())
                        """)
                .update();
        owner.sql(
                        """
                        INSERT INTO policy.activation
                            (id, number, actor_kind, actor_subject, reason, activated_at)
                        SELECT (SELECT coalesce(max(id), 0) + 1 FROM policy.activation),
                            (SELECT max(number) FROM policy.version), 'oidc', 'a', 'r', now()
                        """)
                .update();
    }

    @Test
    void whilePostgresqlIsAwayTheLastOneStaysAndNoneStarts() {
        versions.activate(write(1), null, ALICE, "go");
        StoredPolicies policies = replica(Duration.ofMillis(100));
        database.close();

        policies.refresh();

        assertThat(policies.current().version()).startsWith("1+sha256:");
        assertThatThrownBy(() -> replica(Duration.ofSeconds(1)))
                .isInstanceOf(LedgerUnavailableException.class);
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }
}
