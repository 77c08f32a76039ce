package dev.signet.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signet.ca.admin.ActOutcome;
import dev.signet.ca.admin.AdminActs;
import dev.signet.ca.admin.Approval;
import dev.signet.ca.admin.Approvals;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.audit.AuditEvents;
import dev.signet.ca.policy.Policies;
import dev.signet.ca.policy.PolicyVersions;
import dev.signet.ca.refusal.RefusalCode;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

/// A policy put in force by one replica of two, by acts as the admin API calls them.
class PolicyActivationIT {

    private static final Actor ANNA = new Actor("oidc", "issuer|anna", null);
    private static final Actor BERT = new Actor("oidc", "issuer|bert", null);
    private static final String DOCUMENT =
            """
            apiVersion: signet.dev/v1
            rules:
              - name: everybody
                when: evidence.kind == 'join-token'
                grant:
                  spiffeId: "{evidence.spiffeId}"
            """;

    private static TestDatabase database;
    private static ServerRig.Site site;
    private static ServerRig here;
    private static ServerRig there;

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.create();
        site = new ServerRig.Site();
        here = ServerRig.start(site, database, Map.of());
        there =
                ServerRig.start(
                        site, database, Map.of("signet.approval.four-eyes[0]", "policy.activate"));
    }

    @AfterAll
    static void stop() {
        there.close();
        here.close();
        site.close();
        database.close();
    }

    private static AdminActs acts() {
        return here.server.part(AdminActs.class);
    }

    private static String inForce(ServerRig replica) {
        return replica.server.part(Policies.class).current().version();
    }

    private static String activation() {
        return Long.toString(here.server.part(PolicyVersions.class).active().activation());
    }

    private static long created() {
        return switch (acts().createPolicy(ANNA, DOCUMENT, "new")) {
            case ActOutcome.Done<Long>(Long number) -> number;
            case ActOutcome.Pending<Long> pending -> throw new AssertionError(pending);
            case ActOutcome.Refused<Long>(var refusal) -> throw new AssertionError(refusal);
        };
    }

    @Test
    void isInForceEverywhereWithinASecondAndRolledBackAsFast() {
        String before = inForce(there);
        long number = created();
        assertThat(acts().activatePolicy(ANNA, number, activation(), "roll out"))
                .isInstanceOf(ActOutcome.Done.class);
        await().atMost(Duration.ofSeconds(1)).until(() -> !inForce(there).equals(before));
        assertThat(acts().rollbackPolicy(ANNA, activation(), "not good"))
                .isInstanceOf(ActOutcome.Done.class);
        await().atMost(Duration.ofSeconds(1)).until(() -> inForce(there).equals(before));
    }

    @Test
    void ofManyWhoActivateAtOnceOneDoesAndTheTrailSaysSo() throws Exception {
        long number = created();
        String basis = activation();
        long last = here.server.part(AuditEvents.class).lastId();
        List<Callable<ActOutcome<Long>>> actors = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Actor actor = new Actor("oidc", "actor-" + i, null);
            actors.add(() -> acts().activatePolicy(actor, number, basis, "mine"));
        }
        int done = 0;
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var outcome : executor.invokeAll(actors)) {
                switch (outcome.get()) {
                    case ActOutcome.Done<Long> _ -> done++;
                    case ActOutcome.Refused<Long>(var refusal) ->
                            assertThat(refusal.code()).isEqualTo(RefusalCode.PRECONDITION_FAILED);
                    case ActOutcome.Pending<Long> pending -> throw new AssertionError(pending);
                }
            }
        }
        assertThat(done).isEqualTo(1);
        assertThat(
                        here.server
                                .part(AuditEvents.class)
                                .after(
                                        new AuditEvents.Criteria(
                                                "policy.activate", null, null, null, null, null),
                                        last,
                                        100))
                .hasSize(6)
                .filteredOn(event -> event.event().refusal() == null)
                .hasSize(1);
    }

    @Test
    void waitsForASecondPersonWhereThatIsConfigured() {
        long number = created();
        AdminActs careful = there.server.part(AdminActs.class);
        Approvals approvals = there.server.part(Approvals.class);
        String before = inForce(here);
        ActOutcome<Long> outcome = careful.activatePolicy(ANNA, number, null, "roll out");
        assertThat(outcome).isInstanceOf(ActOutcome.Pending.class);
        Approval approval = ((ActOutcome.Pending<Long>) outcome).approval();
        assertThat(inForce(here)).isEqualTo(before);
        assertThat(approvals.approve(BERT, approval.id(), "read it"))
                .isInstanceOf(ActOutcome.Done.class);
        await().atMost(Duration.ofSeconds(1)).until(() -> !inForce(here).equals(before));
    }
}
