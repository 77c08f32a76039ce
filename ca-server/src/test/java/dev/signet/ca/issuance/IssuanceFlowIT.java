package dev.signet.ca.issuance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.TestDatabase;
import dev.signet.ca.attestation.CreatedJoinToken;
import dev.signet.ca.attestation.Evidence;
import dev.signet.ca.attestation.JoinTokens;
import dev.signet.ca.attestation.TestAttestation;
import dev.signet.ca.authority.TestAuthority;
import dev.signet.ca.certificate.AlternativeNames;
import dev.signet.ca.certificate.CertificateProfile;
import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.SpiffeIdPattern;
import dev.signet.ca.ledger.RealLedger;
import dev.signet.ca.policy.Decision;
import dev.signet.ca.policy.Explanation;
import dev.signet.ca.policy.Grants;
import dev.signet.ca.policy.PolicyRequest;
import dev.signet.ca.policy.PolicySnapshot;
import dev.signet.ca.policy.RequestedCertificate;
import dev.signet.ca.privilege.Principal;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

/// The flow of two replicas over one real ledger.
class IssuanceFlowIT {

    @RegisterExtension static final TestDatabase DATABASE = TestDatabase.create();

    private final Instant now = Instant.now();
    private final TestAuthority authority = TestAuthority.at(now);
    private final JoinTokens joinTokens =
            TestAttestation.joinTokens(DATABASE.jdbcClient(), () -> now);
    private ExecutorService threads;
    private RealLedger ledgerA;
    private RealLedger ledgerB;
    private IssuanceFlow replicaA;
    private IssuanceFlow replicaB;

    @BeforeEach
    void open() {
        threads = Executors.newFixedThreadPool(16);
        ledgerA = RealLedger.on(DATABASE);
        ledgerB = RealLedger.on(DATABASE);
        replicaA = replica(ledgerA);
        replicaB = replica(ledgerB);
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        ledgerA.close();
        ledgerB.close();
        ledgerA.assertConsistent();
    }

    @Test
    void R7_joinTokenIsRedeemedOnce() {
        CreatedJoinToken token = token("spiffe://example.org/r7/one");
        List<FlowRig.Answers> answers = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            answers.add(issue(i % 2 == 0 ? replicaA : replicaB, join(token, null)));
        }
        awaitAll(answers);

        assertThat(answers).filteredOn(IssuanceFlowIT::isIssued).hasSize(1);
        answers.stream()
                .filter(answer -> !isIssued(answer))
                .forEach(answer -> answer.refused(RefusalCode.TOKEN_ALREADY_USED));
        assertThat(onRecord("spiffe://example.org/r7/one")).isEqualTo(1);
    }

    @Test
    void R7_aRetryOfTheRedemptionGetsTheSameCertificate() {
        CreatedJoinToken token = token("spiffe://example.org/r7/retry");
        UUID id = FlowRig.requestIdAt(now);
        List<FlowRig.Answers> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            answers.add(issue(i % 2 == 0 ? replicaA : replicaB, join(token, id)));
        }
        awaitAll(answers);

        assertThat(answers.stream().map(answer -> hex(answer.certificate().der())).distinct())
                .hasSize(1);
        assertThat(onRecord("spiffe://example.org/r7/retry")).isEqualTo(1);
        FlowRig.Answers other =
                issue(replicaA, join(token, FlowRig.requestIdAt(now.plusMillis(1))));
        awaitAll(List.of(other));
        other.refused(RefusalCode.TOKEN_ALREADY_USED);
    }

    @Test
    void R7_aTokenIsRedeemedOrRevokedNeverBoth() throws Exception {
        JoinTokens revoker = TestAttestation.joinTokens(DATABASE.dataSource(), () -> now);
        int redeemed = 0;
        int revoked = 0;
        for (int round = 0; round < 100; round++) {
            String id = "spiffe://example.org/r7/race-" + round;
            CreatedJoinToken token = token(id);
            List<Future<JoinTokens.Revocation>> revocations = new ArrayList<>();
            List<FlowRig.Answers> answers = new ArrayList<>();
            CountDownLatch start = new CountDownLatch(1);
            for (int i = 0; i < 2; i++) {
                revocations.add(
                        threads.submit(() -> {
                            start.await();
                            return revoker.revoke(token.tokenId(), "operator", "race");
                        }));
            }
            // Each side is sure to come first once; then it is left to chance, which moves from
            // round to round.
            if (round % 2 == 0) {
                start.countDown();
            }
            if (round == 0) {
                revocations.getFirst().get(20, TimeUnit.SECONDS);
                revocations.getLast().get(20, TimeUnit.SECONDS);
            }
            if (round == 1) {
                answers.add(issue(replicaA, join(token, null)));
                awaitAll(answers);
            }
            for (int i = 0; i < 6; i++) {
                answers.add(issue(i % 2 == 0 ? replicaA : replicaB, join(token, null)));
                if (i == round % 6) {
                    start.countDown();
                }
            }
            awaitAll(answers);
            List<JoinTokens.Revocation> outcomes = new ArrayList<>();
            for (Future<JoinTokens.Revocation> revocation : revocations) {
                outcomes.add(revocation.get(20, TimeUnit.SECONDS));
            }
            long issued = answers.stream().filter(IssuanceFlowIT::isIssued).count();
            long taken =
                    outcomes.stream()
                            .filter(JoinTokens.Revocation.Revoked.class::isInstance)
                            .count();

            assertThat(issued + taken).as("round %d: %s", round, outcomes).isEqualTo(1);
            assertThat(onRecord(id)).isEqualTo((int) issued);
            if (issued == 1) {
                redeemed++;
                String serial =
                        answers.stream()
                                .filter(IssuanceFlowIT::isIssued)
                                .findFirst()
                                .orElseThrow()
                                .certificate()
                                .serialNumber()
                                .hex();
                assertThat(outcomes)
                        .allSatisfy(outcome ->
                                assertThat(outcome)
                                        .isInstanceOfSatisfying(
                                                JoinTokens.Revocation.AlreadyUsed.class,
                                                used ->
                                                        assertThat(used.serialNumber().hex())
                                                                .isEqualTo(serial)));
            } else {
                revoked++;
                assertThat(outcomes).contains(new JoinTokens.Revocation.AlreadyRevoked());
            }
        }
        assertThat(redeemed).as("rounds that the redemption won").isPositive();
        assertThat(revoked).as("rounds that the revocation won").isPositive();
    }

    @Test
    void R7_aRedemptionThatWasAttestedBeforeTheRevocationDoesNotSucceedAfterIt() throws Exception {
        CreatedJoinToken token = token("spiffe://example.org/r7/late");
        DataSource dataSource = DATABASE.dataSource();
        JoinTokens revoker = TestAttestation.joinTokens(dataSource, () -> now);
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch letGo = new CountDownLatch(1);
        Future<?> act =
                threads.submit(() ->
                        new TransactionTemplate(new JdbcTransactionManager(dataSource))
                                .executeWithoutResult(_ -> {
                                    revoker.revoke(token.tokenId(), "operator", "open act");
                                    held.countDown();
                                    await(letGo);
                                }));
        await(held);
        // The revocation is not committed: attestation lets the token pass, its redemption waits.
        FlowRig.Answers late = issue(replicaA, join(token, null));
        Awaitility.await().until(() -> waiting("join_token_redemption"));
        letGo.countDown();
        act.get(20, TimeUnit.SECONDS);
        awaitAll(List.of(late));

        late.refused(RefusalCode.TOKEN_ALREADY_USED);
        assertThat(onRecord("spiffe://example.org/r7/late")).isZero();
        FlowRig.Answers after = issue(replicaB, join(token, null));
        awaitAll(List.of(after));
        assertThat(after.refused(RefusalCode.UNAUTHENTICATED).diagnosis()).contains("revoked");
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new AssertionError("nobody counted down");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean waiting(String table) {
        return DATABASE.ownerJdbcClient()
                        .sql(
                                """
                                SELECT count(*) FROM pg_stat_activity
                                WHERE wait_event_type = 'Lock' AND query LIKE :query
                                """)
                        .param("query", "%" + table + "%")
                        .query(Integer.class)
                        .single()
                > 0;
    }

    @Test
    void recordsWhichRegistrationAuthorityAskedAndWhatItReported() {
        CreatedJoinToken token = token("spiffe://example.org/inventory");
        FlowRig.Answers own = issue(replicaA, join(token, null));
        awaitAll(List.of(own));
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(TestCertificates.parse(own.certificate().der()));
        authority.issuing().chain().forEach(der -> chain.add(TestCertificates.parse(der)));
        FlowRig rig = joinRig();
        rig.policy = new InventoryPolicy();
        IssuanceFlow flow = rig.flowOn(ledgerA.ledger());
        UUID id = FlowRig.requestIdAt(now);

        FlowRig.Answers granted = issue(flow, machine(chain, "rack-1", id));
        awaitAll(List.of(granted));
        FlowRig.Answers retried = issue(flow, machine(chain, "rack-1", id));
        FlowRig.Answers forAnother = issue(flow, machine(chain, "rack-2", id));
        // The same words without the certificate, and with one that is no registration authority's.
        FlowRig.Answers unproved = issue(flow, machine(List.of(), "rack-1", null));
        FlowRig.Answers denied =
                issue(replicaB, machine(chain, "rack-1", FlowRig.requestIdAt(now)));
        awaitAll(List.of(retried, forAnother, unproved, denied));

        assertThat(retried.certificate().der()).isEqualTo(granted.certificate().der());
        forAnother.refused(RefusalCode.REQUEST_ID_REUSED);
        unproved.refused(RefusalCode.UNAUTHENTICATED);
        denied.refused(RefusalCode.POLICY_DENIED);
        assertThat(
                        DATABASE.ownerJdbcClient()
                                .sql(
                                        """
                                        SELECT evidence_kind, evidence_subject,
                                            attributes::jsonb ->> 'reported.site' AS site,
                                            attributes::jsonb ->> 'registration-authority.spiffe-id'
                                                AS authority
                                        FROM ledger.certificate
                                        WHERE spiffe_id = 'spiffe://example.org/machine/rack-1'
                                        """)
                                .query()
                                .listOfRows())
                .containsExactly(
                        Map.of(
                                "evidence_kind", "registration-authority",
                                "evidence_subject", "spiffe://example.org/inventory|rack-1",
                                "site", "fra1",
                                "authority", "spiffe://example.org/inventory"));
    }

    private static IssuanceRequest machine(
            List<X509Certificate> chain, String subject, UUID requestId) {
        return new IssuanceRequest(
                new Evidence.RegistrationAuthority(chain, subject, Map.of("site", "fra1")),
                FlowRig.CSR,
                requestId,
                new RequestedCertificate(
                        SpiffeId.parse("spiffe://example.org/machine/" + subject).orElseThrow(),
                        null,
                        AlternativeNames.NONE,
                        null));
    }

    /// Trusts one registration authority to say who is a machine.
    private static final class InventoryPolicy implements PolicySnapshot {
        @Override
        public String version() {
            return "inventory-1";
        }

        @Override
        public Decision decide(PolicyRequest request) {
            return request.evidenceKind() == EvidenceKind.REGISTRATION_AUTHORITY
                            && "spiffe://example.org/inventory"
                                    .equals(
                                            request.attributes()
                                                    .get("registration-authority.spiffe-id"))
                            && request.requested().spiffeId() != null
                    ? Grants.workload(
                            request.requested().spiffeId(),
                            Duration.ofHours(1),
                            version(),
                            "machines")
                    : denied();
        }

        @Override
        public Explanation explain(PolicyRequest request) {
            throw new UnsupportedOperationException("the flow explains nothing");
        }

        @Override
        public List<CertificateProfile> profiles() {
            return List.of();
        }

        @Override
        public boolean mayBlock() {
            return false;
        }
    }

    private static Decision denied() {
        return new Decision.Denied(Refusal.of(RefusalCode.POLICY_DENIED, "denied by a test"));
    }

    @Test
    void R18_aRetryStormGivesOneCertificate() {
        FlowRig rig = rig();
        IssuanceFlow first = rig.flowOn(ledgerA.ledger());
        IssuanceFlow second = rig().flowOn(ledgerB.ledger());
        UUID id = FlowRig.requestIdAt(now);
        int before = onRecord("spiffe://example.org/ns/shop/sa/orders");
        List<FlowRig.Answers> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            answers.add(issue(i % 2 == 0 ? first : second, FlowRig.request(id)));
        }
        awaitAll(answers);

        assertThat(answers.stream().map(answer -> hex(answer.certificate().der())).distinct())
                .hasSize(1);
        assertThat(onRecord("spiffe://example.org/ns/shop/sa/orders") - before).isEqualTo(1);
    }

    @Test
    void R2_serialNumbersAreUniqueAcrossReplicas() {
        IssuanceFlow first = rig().flowOn(ledgerA.ledger());
        IssuanceFlow second = rig().flowOn(ledgerB.ledger());
        List<FlowRig.Answers> answers = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            answers.add(issue(i % 2 == 0 ? first : second, FlowRig.request(null)));
        }
        awaitAll(answers);

        assertThat(answers.stream().map(answer -> answer.certificate().serialNumber()).distinct())
                .hasSize(1_000);
    }

    @Test
    void refusesAnExpiredOrUnknownJoinToken() {
        CreatedJoinToken token = token("spiffe://example.org/expired");
        FlowRig late = joinRig();
        late.now = now.plus(Duration.ofMinutes(1));
        FlowRig.Answers expired = issue(late.flowOn(ledgerA.ledger()), join(token, null));
        FlowRig.Answers unknown =
                issue(
                        replicaA,
                        new IssuanceRequest(
                                new Evidence.JoinToken("signet_join_" + "A".repeat(49)),
                                FlowRig.CSR,
                                null,
                                RequestedCertificate.NOTHING));
        awaitAll(List.of(expired, unknown));

        assertThat(expired.refused(RefusalCode.UNAUTHENTICATED).diagnosis())
                .contains(token.tokenId(), "expired");
        // E32: the holder of the secret is told when it ended; of another text, nothing.
        assertThat(expired.refused(RefusalCode.UNAUTHENTICATED).evidence())
                .contains("The join token expired at ", "this server's clock shows ")
                .doesNotContain(token.tokenId());
        assertThat(unknown.refused(RefusalCode.UNAUTHENTICATED).evidence())
                .doesNotContain("expired");
    }

    @Test
    void R20_theTokenIsInNoColumn() {
        CreatedJoinToken token = token("spiffe://example.org/canary");
        FlowRig.Answers answers = issue(replicaA, join(token, null));
        awaitAll(List.of(answers));
        answers.issued();

        String dump =
                DATABASE.ownerJdbcClient()
                        .sql(
                                """
                                SELECT (SELECT string_agg(t::text, ' ') FROM attestation.join_token t)
                                    || (SELECT string_agg(c::text, ' ') FROM ledger.certificate c)
                                    || (SELECT string_agg(r::text, ' ')
                                        FROM ledger.join_token_redemption r)
                                """)
                        .query(String.class)
                        .single();
        assertThat(dump).contains(token.tokenId());
        assertThat(dump).doesNotContain(token.secret());
        assertThat(dump)
                .doesNotContain(token.secret().substring("signet_join_".length()).substring(0, 20));
    }

    private IssuanceFlow replica(RealLedger ledger) {
        return joinRig().flowOn(ledger.ledger());
    }

    private FlowRig rig() {
        FlowRig rig = new FlowRig();
        rig.now = now;
        rig.authorities = authority;
        return rig;
    }

    private FlowRig joinRig() {
        FlowRig rig = rig();
        rig.attestation =
                TestAttestation.of(joinTokens, TestAuthority.TRUST_DOMAIN, authority.root());
        rig.policy = new BoundPolicy();
        rig.blockingThreads = threads;
        rig.maxBlocking = 1_000;
        return rig;
    }

    private CreatedJoinToken token(String id) {
        return joinTokens.create(
                SpiffeIdPattern.parse(id).orElseThrow(),
                Duration.ofMinutes(1),
                new Principal("oidc", "test", Set.of()));
    }

    private static IssuanceRequest join(CreatedJoinToken token, UUID requestId) {
        return new IssuanceRequest(
                new Evidence.JoinToken(token.secret()),
                FlowRig.CSR,
                requestId,
                RequestedCertificate.NOTHING);
    }

    private static FlowRig.Answers issue(IssuanceFlow flow, IssuanceRequest request) {
        FlowRig.Answers answers = new FlowRig.Answers();
        flow.issue(request, answers.outcomes::add, answers.faults::add);
        return answers;
    }

    private static void awaitAll(List<FlowRig.Answers> all) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() ->
                        all.stream()
                                .allMatch(answers ->
                                        answers.outcomes.size() + answers.faults.size() == 1));
    }

    private static boolean isIssued(FlowRig.Answers answers) {
        return !answers.outcomes.isEmpty()
                && answers.outcomes.getFirst() instanceof IssuanceOutcome.Issued;
    }

    private static int onRecord(String spiffeId) {
        return DATABASE.ownerJdbcClient()
                .sql("SELECT count(*) FROM ledger.certificate WHERE spiffe_id = :id")
                .param("id", spiffeId)
                .query(Integer.class)
                .single();
    }

    private static String hex(byte[] octets) {
        return HexFormat.of().formatHex(octets);
    }

    /// Grants the ID that the evidence is bound to.
    private static final class BoundPolicy implements PolicySnapshot {
        @Override
        public String version() {
            return "bound-1";
        }

        @Override
        public Decision decide(PolicyRequest request) {
            if (request.bound() == null) {
                return denied();
            }
            SpiffeId id = request.bound().exact().orElseThrow();
            return Grants.workload(id, Duration.ofHours(1), version(), "bound");
        }

        @Override
        public Explanation explain(PolicyRequest request) {
            throw new UnsupportedOperationException("the flow explains nothing");
        }

        @Override
        public List<CertificateProfile> profiles() {
            return List.of();
        }

        @Override
        public boolean mayBlock() {
            return false;
        }
    }
}
