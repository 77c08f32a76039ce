package dev.signet.ca.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.TestDatabase;
import dev.signet.ca.authority.AuthorityDescription;
import dev.signet.ca.authority.AuthorityLifeCycle;
import dev.signet.ca.authority.AuthorityLifeCycle.Change;
import dev.signet.ca.authority.LifeCycleRig;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.ca.rotation.ActivationGate.PendingClient;
import dev.signet.ca.rotation.ActivationGate.Readiness;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionOperations;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

class RotationIT {

    private static final String WHY = "a test";

    private final TestDatabase database = TestDatabase.create();
    private final RotationRig rig = new RotationRig(database);
    private long before;

    @BeforeEach
    void prepare() {
        database.ownerJdbcClient().sql("SELECT ledger.ensure_partitions(3)").query().singleValue();
        before = rig.publish();
    }

    @AfterEach
    void close() {
        rig.close();
        database.close();
    }

    private String preparedUnderNewRoot() {
        Change change = rig.authorities.lifeCycle().prepareRoot(false, AuthorityLifeCycle.ANY, WHY);
        return switch (change) {
            case Change.Done(var changed, _) -> changed.get(1).id();
            case Change.Refused(var refusal) -> throw new AssertionError(refusal);
        };
    }

    private Readiness readiness(String id) {
        return rig.gate.readiness(id, 20).orElseThrow();
    }

    private List<String> pendingClients(String id) {
        return readiness(id).pendingClients().stream().map(PendingClient::spiffeId).toList();
    }

    @Test
    void anIdentityCountsWhenSomebodySpokeForItAndNobodySaidLess() {
        byte[] one = rig.certificate("/one");
        byte[] twoOld = rig.certificate("/two");
        byte[] twoNew = rig.certificate("/two");
        byte[] three = rig.certificate("/three");
        rig.certificate("/silent");
        String id = preparedUnderNewRoot();
        assertThat(readiness(id).version()).as("not published yet").isZero();
        assertThat(readiness(id).ready()).isFalse();
        long version = rig.publish();

        rig.acknowledge(one, before);
        rig.acknowledge(one, version);
        rig.acknowledge(twoOld, before);
        rig.acknowledge(twoNew, version);
        rig.acknowledge(three, version + 3);

        Readiness readiness = readiness(id);
        assertThat(readiness.version()).isEqualTo(version);
        assertThat(readiness.identities()).isEqualTo(4);
        assertThat(readiness.acknowledged()).isEqualTo(2);
        assertThat(readiness.share()).isEqualTo(0.5);
        assertThat(readiness.pendingClients())
                .containsExactly(
                        new PendingClient("spiffe://example.org/silent", 1, 0, null),
                        new PendingClient("spiffe://example.org/two", 2, 2, before));
        List<PendingClient> all = new ArrayList<>();
        assertThat(rig.gate.forEachPendingClient(id, all::add)).isTrue();
        assertThat(all).isEqualTo(readiness.pendingClients());
        assertThat(rig.gate.forEachPendingClient("none", all::add)).isFalse();
    }

    @Test
    void aHolderThatSaysNothingCountsWhenItsNewestCertificateWasIssuedWithTheRoot() {
        byte[] old = rig.issued("/renewed", "a", "r1");
        byte[] sameKey = rig.issued("/same-key", "b", "r1");
        rig.issued("/not-renewed", "c", "r1");
        String id = preparedUnderNewRoot();
        long version = rig.publish();
        rig.used("r1", before);
        assertThat(pendingClients(id)).hasSize(3);
        rig.used("r1", version);
        age("/not-renewed");
        age("/renewed");
        age("/same-key");
        assertThat(pendingClients(id)).hasSize(3);
        rig.renewed("/renewed", old, "r1");
        rig.issued("/same-key", "b", "r1");
        Readiness readiness = readiness(id);
        assertThat(readiness.identities()).isEqualTo(3);
        assertThat(readiness.acknowledged()).isZero();
        assertThat(readiness.renewed()).isEqualTo(2);
        assertThat(readiness.share()).isEqualTo(2.0 / 3);
        assertThat(pendingClients(id)).containsExactly("spiffe://example.org/not-renewed");
        assertThat(sameKey).isNotNull();
    }

    /// The certificates of an identity were issued two hours ago.
    private void age(String path) {
        database.ownerJdbcClient()
                .sql(
                        "UPDATE ledger.certificate SET issued_at = issued_at - interval '2 hours'"
                                + " WHERE spiffe_id = :id")
                .param("id", "spiffe://example.org" + path)
                .update();
    }

    @Test
    void eachHolderOfAnIdentityCountsNotTheNewestCertificateAlone() {
        rig.issued("/two-replicas", "a", "r1");
        age("/two-replicas");
        byte[] watches = rig.issued("/mixed", "b", "r1");
        rig.issued("/mixed", "c", "r1");
        age("/mixed");
        String id = preparedUnderNewRoot();
        long version = rig.publish();
        rig.used("r1", version);
        rig.issued("/two-replicas", "other key", "r1");
        rig.acknowledge(watches, version);
        assertThat(pendingClients(id))
                .containsExactly("spiffe://example.org/mixed", "spiffe://example.org/two-replicas");
        // The silent holder of each gets its next certificate.
        rig.issued("/mixed", "c", "r1");
        rig.issued("/two-replicas", "a", "r1");
        Readiness readiness = readiness(id);
        assertThat(readiness.pendingClients()).isEmpty();
        assertThat(readiness.acknowledged()).isZero();
        assertThat(readiness.renewed()).isEqualTo(2);
        assertThat(readiness.ready()).isTrue();
    }

    @Test
    void aReplicaWithAnOldCopyOfTheBundleProvesNothing() {
        String id = preparedUnderNewRoot();
        long version = rig.publish();
        rig.used("current", version);
        rig.used("old", before);
        rig.used("a moment ago", version, 20);
        rig.issued("/current", "a", "current");
        rig.issued("/old", "b", "old");
        rig.issued("/unknown", "c", "unknown");
        rig.issued("/moment", "d", "a moment ago");
        assertThat(pendingClients(id))
                .containsExactly(
                        "spiffe://example.org/moment",
                        "spiffe://example.org/old",
                        "spiffe://example.org/unknown");
    }

    @Test
    void whatAHolderSaysWithItsNewestCertificateComesBeforeTheAnswer() {
        byte[] first = rig.issued("/lagging", "a", "r1");
        byte[] watched = rig.issued("/watched", "b", "r1");
        String id = preparedUnderNewRoot();
        long version = rig.publish();
        rig.used("r1", version);
        byte[] second = rig.renewed("/lagging", first, "r1");
        rig.renewed("/watched", watched, "r1");
        rig.acknowledge(second, before);
        // On a connection that was opened with the certificate before it.
        rig.acknowledge(watched, version);
        Readiness readiness = readiness(id);
        assertThat(readiness.acknowledged()).isEqualTo(1);
        assertThat(readiness.pendingClients())
                .containsExactly(new PendingClient("spiffe://example.org/lagging", 1, 1, before));
    }

    @Test
    void serversOperatorsIntermediateCasExpiredAndRevokedOnesDoNotCount() {
        byte[] revoked = rig.certificate("/revoked");
        database.ownerJdbcClient()
                .sql(
                        """
                        INSERT INTO revocation.revocation (sequence, serial, authority_id, not_after,
                            on_record, reason, comment, actor_kind, actor_subject)
                        SELECT 1, c.serial, c.authority_id, c.not_after, true, 'superseded', '',
                            'oidc', 'alice'
                        FROM ledger.certificate c WHERE c.serial = :serial
                        """)
                .param("serial", revoked)
                .update();
        rig.certificate("/signet/server", "server", 60);
        rig.certificate("/signet/operator/bootstrap");
        rig.certificate("");
        rig.certificate("/expired", "oidc", -5);
        String id = preparedUnderNewRoot();
        rig.publish();
        assertThat(readiness(id).identities()).isZero();
        assertThat(readiness(id).ready()).isTrue();
    }

    @Test
    void anActivationWaitsForTheShareOrAnOverride() {
        byte[] one = rig.certificate("/one");
        rig.certificate("/two");
        String id = preparedUnderNewRoot();
        long version = rig.publish();
        rig.acknowledge(one, version);

        Change refused = rig.activations.activate(id, false, AuthorityLifeCycle.ANY, WHY).change();

        assertThat(refused)
                .isInstanceOfSatisfying(
                        Change.Refused.class,
                        it -> {
                            assertThat(it.refusal().code())
                                    .isEqualTo(RefusalCode.ACTIVATION_NOT_ACKNOWLEDGED);
                            assertThat(it.refusal().message())
                                    .contains("1 of 2 identities (50.00 %)")
                                    .contains("Missing: spiffe://example.org/two.");
                        });
        assertThat(rig.activations.activate(id, true, AuthorityLifeCycle.ANY, WHY).change())
                .isInstanceOf(Change.Done.class);
        assertThat(rig.authorities.signing().id()).isEqualTo(id);
    }

    @Test
    void anIssuingCaUnderTheRootThatAllKnowNeedsNoWait() {
        rig.certificate("/silent");
        Change prepared = rig.authorities.lifeCycle().prepareIssuing(AuthorityLifeCycle.ANY, WHY);
        String id = ((Change.Done) prepared).changed().getFirst().id();
        assertThat(readiness(id).ready()).isTrue();
        assertThat(rig.activations.activate(id, false, AuthorityLifeCycle.ANY, WHY).change())
                .isInstanceOf(Change.Done.class);
    }

    private Instant leftOfIssuing(double share) {
        var validity = rig.authorities.active("issuing").validity();
        long left = (long) (validity.lifetime().toSeconds() * share);
        return validity.notAfter().minus(Duration.ofSeconds(left));
    }

    @Test
    void R17_theIssuingCaIsReplacedAtHalfOfItsLifeByItself() {
        String first = rig.authorities.signing().id();
        rig.automation.look();
        assertThat(rig.automation.doing()).isEmpty();
        assertThat(rig.authorities.all("issuing", "prepared")).isEmpty();

        rig.authorities.setNow(leftOfIssuing(0.49));
        rig.automation.look();
        assertThat(rig.authorities.all("issuing", "prepared")).hasSize(1);
        assertThat(rig.authorities.signing().id()).isEqualTo(first);
        rig.automation.look();
        assertThat(rig.authorities.signing().id())
                .as("those who read CRLs from files have a day to fetch that of the next one")
                .isEqualTo(first);
        rig.authorities.setNow(rig.authorities.now().plus(Duration.ofDays(1)));
        rig.automation.look();
        assertThat(rig.authorities.signing().id()).isNotEqualTo(first);
        rig.automation.look();
        assertThat(rig.automation.doing()).isEmpty();
        assertThat(rig.automation.warning()).isEmpty();
        assertThat(rig.authorities.all("issuing", "prepared")).isEmpty();
        assertThat(rig.audited)
                .extracting(event -> event.act())
                .containsExactly("authority.prepare", "authority.activate");
    }

    @Test
    void R17_theRootIsReplacedWhenClientsKnowTheNewOneAndAlarmIsGivenWhenTheyDoNot() {
        byte[] one = rig.certificate("/one");
        String oldRoot = rig.authorities.active("root").id();
        var validity = rig.authorities.active("root").validity();
        passUntil(validity.notBefore().plus(Duration.ofDays(1800)));
        assertThat(rig.automation.warning()).isEmpty();
        assertThat(rig.authorities.active("root").id()).isEqualTo(oldRoot);

        rig.authorities.setNow(validity.notBefore().plus(Duration.ofDays(1830)));
        rig.automation.look();
        List<AuthorityDescription> roots = rig.authorities.all("root", "prepared");
        assertThat(roots).hasSize(1);
        assertThat(rig.authorities.all("cross", "retired")).hasSize(1);
        long version = rig.publish();
        rig.automation.look();
        assertThat(rig.automation.doing()).contains("0 of 1 identities").contains("/one");
        assertThat(rig.authorities.active("root").id()).isEqualTo(oldRoot);

        // The client stays away for years, and yet there is always an issuing CA that signs.
        passUntil(validity.notBefore().plus(Duration.ofDays(2500)));
        assertThat(rig.authorities.active("root").id()).isEqualTo(oldRoot);
        assertThat(rig.authorities.all("root", "prepared")).isEqualTo(roots);
        assertThat(rig.automation.warning().orElseThrow())
                .contains("a third of its life or less left")
                .contains(oldRoot)
                .contains("0 of 1 identities");

        rig.acknowledge(one, version);
        rig.automation.look();
        assertThat(rig.authorities.active("root").id()).isEqualTo(roots.getFirst().id());
        rig.automation.look();
        rig.automation.look();
        assertThat(rig.automation.warning()).isEmpty();
    }

    private void passUntil(Instant end) {
        while (rig.authorities.now().isBefore(end)) {
            rig.authorities.setNow(rig.authorities.now().plus(Duration.ofDays(50)));
            rig.automation.look();
            rig.automation.look();
            assertThat(rig.authorities.signing().id()).isNotEmpty();
        }
    }

    @Test
    void replicasThatRotateAtOnceRotateOnce() throws Exception {
        int replicas = 4;
        Instant due = leftOfIssuing(0.4);
        List<RotationRig> rigs = new ArrayList<>();
        for (int i = 0; i < replicas; i++) {
            RotationRig one = new RotationRig(database);
            one.authorities.setNow(due);
            rigs.add(one);
        }
        try (var executor = Executors.newFixedThreadPool(replicas)) {
            List<Callable<Void>> looks = new ArrayList<>();
            for (RotationRig one : rigs) {
                looks.add(() -> {
                    for (int i = 0; i < 4; i++) {
                        one.authorities.known().refresh();
                        one.automation.look();
                        one.authorities.setNow(due.plus(Duration.ofDays(1)));
                    }
                    return null;
                });
            }
            for (var look : executor.invokeAll(looks)) {
                look.get();
            }
        }
        rig.authorities.known().refresh();
        assertThat(rig.authorities.all("issuing", "active")).hasSize(1);
        assertThat(rig.authorities.all("issuing", "retired")).hasSize(1);
        assertThat(rig.authorities.all("issuing", "prepared")).isEmpty();
        rigs.forEach(RotationRig::close);
    }

    /// Each transaction fails in turn, lost or persisted although an error was seen.
    private record Faulty(TransactionOperations transactions, boolean persists)
            implements TransactionOperations {

        @Override
        public <T> T execute(TransactionCallback<T> action) {
            if (persists) {
                transactions.execute(action);
            } else {
                transactions.execute(status -> {
                    T result = action.doInTransaction(status);
                    status.setRollbackOnly();
                    return result;
                });
            }
            throw new TransactionSystemException("asked for by a test");
        }
    }

    @Test
    void aCrashBetweenAnyTwoStepsLeavesAStateThatTheNextLookGoesOnFrom() {
        Instant due = leftOfIssuing(0.4);
        String first = rig.authorities.signing().id();
        rig.authorities.setNow(due);
        for (int round = 0; round < 4; round++) {
            boolean persists = round % 2 == 1;
            try (RotationRig crashing =
                    new RotationRig(database, transactions -> new Faulty(transactions, persists))) {
                // Two prepare, and two activate a day later.
                crashing.authorities.setNow(due.plus(Duration.ofDays(round / 2)));
                crashing.automation.look();
                assertThat(crashing.automation.doing()).startsWith("failed");
                // What signs is always one, whatever was lost.
                rig.authorities.known().refresh();
                assertThat(rig.authorities.all("issuing", "active")).hasSize(1);
                assertThat(rig.authorities.all("issuing", "prepared").size()).isLessThan(2);
            }
        }
        assertThat(rig.authorities.signing().id()).isNotEqualTo(first);
        rig.automation.look();
        assertThat(rig.automation.doing()).isEmpty();
        assertThat(LifeCycleRig.NOW).isBefore(due);
    }
}
