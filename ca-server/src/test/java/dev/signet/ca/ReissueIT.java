package dev.signet.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;

import dev.signet.ca.admin.ActOutcome;
import dev.signet.ca.admin.ReissueActs;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.audit.AuditEvents;
import dev.signet.ca.ledger.Replacements.Count;
import dev.signet.ca.ledger.Replacements.Left;
import dev.signet.ca.ledger.Replacements.Scope;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.ca.reissue.Reissue;
import dev.signet.ca.reissue.Reissues;
import dev.signet.ca.reissue.RenewalOrder;
import dev.signet.ca.reissue.RenewalOrders;
import dev.signet.proto.v1.CertificateServiceGrpc;
import dev.signet.proto.v1.IssueCertificateRequest;
import dev.signet.proto.v1.IssuedCertificate;
import dev.signet.proto.v1.RenewCertificateRequest;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

/// Orders to renew, over whole servers and one PostgreSQL.
class ReissueIT {

    private static final Actor ANNA = new Actor("oidc", "issuer|anna", null);
    private static final Scope ALL = new Scope(Set.of(), "");
    private static final Scope SHOP = new Scope(Set.of(), "spiffe://signet.test/ns/shop/");

    private TestDatabase database;
    private ServerRig.Site site;
    private ServerRig rig;

    private record Held(KeyPair keys, IssuedCertificate certificate) {}

    @BeforeEach
    void start() throws Exception {
        database = TestDatabase.create();
        site = new ServerRig.Site();
        rig = ServerRig.start(site, database, Map.of());
    }

    @AfterEach
    void stop() {
        rig.close();
        site.close();
        database.close();
    }

    private Held issue(String namespace, String account) throws Exception {
        KeyPair keys = ServerRig.newKeys();
        return new Held(
                keys,
                ServerRig.with(
                                rig.certificates(),
                                "Bearer " + site.serviceAccountToken(namespace, account))
                        .issueCertificate(
                                IssueCertificateRequest.newBuilder()
                                        .setCertificateSigningRequest(
                                                ByteString.copyFrom(ServerRig.csr(keys)))
                                        .build())
                        .getCertificate());
    }

    private Held renew(Held held) throws Exception {
        KeyPair keys = ServerRig.newKeys();
        return new Held(
                keys,
                CertificateServiceGrpc.newBlockingStub(
                                rig.channel(held.keys(), ServerRig.chain(held.certificate())))
                        .renewCertificate(
                                RenewCertificateRequest.newBuilder()
                                        .setCertificateSigningRequest(
                                                ByteString.copyFrom(ServerRig.csr(keys)))
                                        .build())
                        .getCertificate());
    }

    private Reissue start(Scope scope, int perSecond) {
        return switch (rig.server
                .part(ReissueActs.class)
                .startReissue(ANNA, scope, perSecond, null, "incident 42")) {
            case ActOutcome.Done<Reissue>(Reissue reissue) -> reissue;
            case ActOutcome.Pending<Reissue> _, ActOutcome.Refused<Reissue> _ ->
                    throw new AssertionError("not started");
        };
    }

    private static RefusalCode code(ActOutcome<?> outcome) {
        return switch (outcome) {
            case ActOutcome.Refused<?>(Refusal refusal) -> refusal.code();
            case ActOutcome.Done<?> _, ActOutcome.Pending<?> _ -> throw new AssertionError("done");
        };
    }

    @Test
    void countsWhoHasRenewedByWhatTheyRenewedWith() throws Exception {
        Reissues reissues = rig.server.part(Reissues.class);
        Held renewedBefore = issue("shop", "orders");
        Held orders = renew(renewedBefore);
        Held twin = issue("shop", "orders");
        Held payments = issue("shop", "payments");
        issue("shop", "batch");
        issue("other", "one");

        Reissue reissue = start(SHOP, 1);
        // The one that was replaced before is nobody's any more.
        assertThat(reissue.certificates()).isEqualTo(4);
        assertThat(Duration.between(reissue.order().start(), reissue.order().end()))
                .isEqualTo(Duration.ofSeconds(4));
        assertThat(reissues.progress(reissue)).isEqualTo(new Count(4, 0, 0, 3, 3));

        renew(orders);
        issue("other", "one");
        assertThat(reissues.progress(reissue)).isEqualTo(new Count(4, 1, 0, 3, 3));
        Held twinAgain = renew(twin);
        renew(twinAgain);
        assertThat(reissues.progress(reissue)).isEqualTo(new Count(4, 2, 0, 3, 2));
        // By token: nothing says that it replaces the former, but there is one more.
        issue("shop", "batch");
        issue("shop", "batch");
        assertThat(reissues.progress(reissue)).isEqualTo(new Count(4, 3, 0, 3, 1));
        assertThat(reissues.left(reissue, 10))
                .containsExactly(new Left("spiffe://signet.test/ns/shop/sa/payments", 1));
        renew(payments);
        assertThat(reissues.progress(reissue).left()).isZero();
        assertThat(reissues.left(reissue, 10)).isEmpty();
    }

    @Test
    void onlyWhatTheNamedAuthoritiesIssuedIsNamed() throws Exception {
        issue("shop", "orders");
        Reissues reissues = rig.server.part(Reissues.class);
        String other = "0".repeat(64);
        assertThat(plan(reissues, new Scope(Set.of(other), "")).certificates()).isZero();
        String ours =
                database.ownerJdbcClient()
                        .sql("SELECT DISTINCT authority_id FROM ledger.certificate")
                        .query(String.class)
                        .single();
        // This server's own is one of them.
        assertThat(plan(reissues, new Scope(Set.of(ours, other), "")).certificates()).isEqualTo(2);
    }

    private static Reissues.Plan plan(Reissues reissues, Scope scope) {
        return switch (reissues.plan(scope, 10, null)) {
            case Reissues.Planned.Possible(Reissues.Plan plan) -> plan;
            case Reissues.Planned.Refused(Refusal refusal) -> throw new AssertionError(refusal);
        };
    }

    @Test
    void anOrderReachesTheOtherReplicaAndItsServerObeysFirst() throws Exception {
        try (ServerRig there = ServerRig.start(site, database, Map.of())) {
            long before = ownCertificates();
            List<List<RenewalOrder>> seen = new ArrayList<>();
            try (AutoCloseable _ = there.server.part(RenewalOrders.class).watch(seen::add)) {
                Reissue reissue = start(ALL, 1000);
                await().atMost(Duration.ofSeconds(1))
                        .until(() ->
                                there.server.part(RenewalOrders.class).current().stream()
                                        .anyMatch(order -> order.equals(reissue.order())));
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> rig.server.part(Reissues.class).progress(reissue).left() == 0);
                // Each of the two once.
                assertThat(ownCertificates()).isEqualTo(before + 2);
                assertThat(seen).hasSize(2);

                ReissueActs acts = rig.server.part(ReissueActs.class);
                long number = reissue.order().number();
                assertThat(acts.cancelReissue(ANNA, number, "over"))
                        .isEqualTo(new ActOutcome.Done<>(number));
                await().atMost(Duration.ofSeconds(1))
                        .until(() -> there.server.part(RenewalOrders.class).current().isEmpty());
                assertThat(code(acts.cancelReissue(ANNA, number, "over")))
                        .isEqualTo(RefusalCode.CONFLICT);
                assertThat(code(acts.cancelReissue(ANNA, 7, "over")))
                        .isEqualTo(RefusalCode.NOT_FOUND);
                assertThat(ownCertificates()).isEqualTo(before + 2);
            }
        }
        assertThat(rig.server.part(AuditEvents.class).after(AuditEvents.Criteria.ANY, 0, 10))
                .extracting(event -> event.event().act())
                .containsExactly(
                        "reissue.start", "reissue.cancel", "reissue.cancel", "reissue.cancel");
    }

    private long ownCertificates() {
        return database.ownerJdbcClient()
                .sql("SELECT count(*) FROM ledger.certificate WHERE evidence_kind = 'server'")
                .query(Long.class)
                .single();
    }

    @Test
    void refusesWhatTheRateDoesNotAllowAndWhatIsOutOfBounds() throws Exception {
        for (int i = 0; i < 3; i++) {
            issue("shop", "orders");
        }
        ReissueActs acts = rig.server.part(ReissueActs.class);
        Instant now = Instant.now();
        assertThat(code(acts.startReissue(ANNA, SHOP, 1, now.plusSeconds(2), "too fast")))
                .isEqualTo(RefusalCode.INVALID_ARGUMENT);
        assertThat(acts.startReissue(ANNA, SHOP, 1, now.plusSeconds(60), "in time"))
                .isInstanceOf(ActOutcome.Done.class);
        assertThat(code(acts.startReissue(ANNA, SHOP, 0, null, "none")))
                .isEqualTo(RefusalCode.INVALID_ARGUMENT);
        assertThat(code(acts.startReissue(ANNA, SHOP, 1, now.minusSeconds(1), "past")))
                .isEqualTo(RefusalCode.INVALID_ARGUMENT);
        assertThat(code(acts.startReissue(ANNA, SHOP, 1, now.plusSeconds(31 * 86_400), "late")))
                .isEqualTo(RefusalCode.INVALID_ARGUMENT);
        assertThat(code(acts.startReissue(ANNA, new Scope(Set.of("root"), ""), 1, null, "no id")))
                .isEqualTo(RefusalCode.INVALID_ARGUMENT);
        assertThat(code(acts.startReissue(ANNA, SHOP, 1, null, "")))
                .isEqualTo(RefusalCode.INVALID_ARGUMENT);
    }

    @Test
    void numbersNeverRepeatOrFallAndThereAreSixteenAtMost() throws Exception {
        ReissueActs acts = rig.server.part(ReissueActs.class);
        Callable<ActOutcome<Reissue>> start =
                () -> acts.startReissue(ANNA, SHOP, 1, null, "at once");
        List<Long> numbers = new ArrayList<>();
        int refused = 0;
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var outcome : executor.invokeAll(java.util.Collections.nCopies(20, start))) {
                switch (outcome.get()) {
                    case ActOutcome.Done<Reissue>(Reissue reissue) ->
                            numbers.add(reissue.order().number());
                    case ActOutcome.Refused<Reissue>(Refusal refusal) -> {
                        assertThat(refusal.code()).isEqualTo(RefusalCode.CONFLICT);
                        refused++;
                    }
                    case ActOutcome.Pending<Reissue> _ -> throw new AssertionError();
                }
            }
        }
        assertThat(numbers).hasSize(16).doesNotHaveDuplicates();
        assertThat(refused).isEqualTo(4);
        // A database put back to an earlier moment has forgotten them; the clock has not.
        assertThat(numbers)
                .allMatch(number -> number >= (Instant.now().getEpochSecond() - 120) * 1_000_000);
    }
}
