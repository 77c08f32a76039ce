package dev.signet.ca.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.signet.ca.TestDatabase;
import dev.signet.ca.attestation.CreatedJoinToken;
import dev.signet.ca.attestation.JoinTokens;
import dev.signet.ca.attestation.TestAttestation;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.audit.AuditEvent;
import dev.signet.ca.audit.RealAudit;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.ledger.CertificateRecords;
import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.privilege.Privileges;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.ca.suspension.RealSuspensions;
import dev.signet.ca.suspension.Suspensions;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

import javax.sql.DataSource;

class AdminActsIT {

    private static final Actor ANNA = new Actor("oidc", "issuer|anna", "192.0.2.1");
    private static final Actor BERT = new Actor("oidc", "issuer|bert", "192.0.2.2");

    private Privileges privileges = Privileges.builtIn(new TrustDomain("example.org"));
    private TestDatabase database;
    private DataSource dataSource;
    private RealAudit audit;
    private Suspensions suspensions;
    private JoinTokens tokens;
    private FakePolicyVersions policies;
    private TransactionOperations transactions;
    private Instant now = Instant.now();
    private FourEyes approvals;
    private AdminActs acts;

    @BeforeEach
    void create() {
        database = TestDatabase.create();
        dataSource = database.dataSource();
        audit = RealAudit.on(dataSource);
        suspensions = RealSuspensions.on(dataSource);
        tokens = TestAttestation.joinTokens(dataSource, () -> now);
        policies = new FakePolicyVersions();
        transactions = new TransactionTemplate(new JdbcTransactionManager(dataSource));
        configure(List.of());
    }

    /// Whoever acts here shows no certificate.
    private static final class NoCertificateRecords implements CertificateRecords {
        @Override
        public Optional<CertificateRecord> bySerialNumber(SerialNumber serialNumber) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Page search(Criteria criteria, int limit, String pageToken) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void stream(Criteria criteria, Consumer<CertificateRecord> consumer) {
            throw new UnsupportedOperationException();
        }
    }

    private void configure(List<String> fourEyes) {
        JdbcAuditedActs audited =
                new AdminConfiguration()
                        .auditedActs(new JdbcTransactionManager(dataSource), audit.trail());
        JdbcApprovalStore store = new JdbcApprovalStore(JdbcClient.create(dataSource));
        Origins origins = new Origins(new NoCertificateRecords(), tokens, Duration.ZERO, () -> now);
        PolicyActs policyActs = new PolicyActs(policies);
        SuspensionActs suspensionActs = new SuspensionActs(suspensions);
        approvals =
                new FourEyes(
                        new ApprovalSettings(fourEyes, Duration.ofHours(24)),
                        store,
                        audited,
                        origins,
                        List.of(policyActs, suspensionActs),
                        () -> now,
                        new SecureRandom());
        acts =
                new RecordedAdminActs(
                        audited,
                        new JoinTokenActs(
                                new TrustDomain("example.org"), privileges, tokens, origins),
                        policyActs,
                        suspensionActs,
                        approvals,
                        store,
                        "replica");
    }

    @AfterEach
    void drop() {
        database.close();
    }

    private static <T> T done(ActOutcome<T> outcome) {
        return switch (outcome) {
            case ActOutcome.Done<T>(T value) -> value;
            case ActOutcome.Pending<T>(Approval approval) -> throw new AssertionError(approval);
            case ActOutcome.Refused<T>(Refusal refusal) -> throw new AssertionError(refusal);
        };
    }

    private static <T> RefusalCode refused(ActOutcome<T> outcome) {
        assertThat(outcome).isInstanceOf(ActOutcome.Refused.class);
        return ((ActOutcome.Refused<T>) outcome).refusal().code();
    }

    private static <T> Approval pending(ActOutcome<T> outcome) {
        assertThat(outcome).isInstanceOf(ActOutcome.Pending.class);
        return ((ActOutcome.Pending<T>) outcome).approval();
    }

    private List<String> trail() {
        return audit.events().stream()
                .map(event ->
                        event.act()
                                + " "
                                + event.actor().subject()
                                + (event.refusal() == null ? "" : " " + event.refusal()))
                .toList();
    }

    @Test
    void makesAndRevokesJoinTokensOnTheRecord() {
        List<CreatedJoinToken> made =
                done(
                        acts.createJoinTokens(
                                ANNA,
                                "spiffe://example.org/host/*",
                                Duration.ofMinutes(5),
                                3,
                                "three hosts"));
        assertThat(made).hasSize(3);
        String id = made.getFirst().tokenId();
        done(acts.revokeJoinToken(BERT, id, "lost"));
        assertThat(refused(acts.revokeJoinToken(BERT, id, "lost"))).isEqualTo(RefusalCode.CONFLICT);
        assertThat(refused(acts.revokeJoinToken(BERT, "0000000000000000", "x")))
                .isEqualTo(RefusalCode.NOT_FOUND);
        assertThat(tokens.find(id).orElseThrow().state()).isEqualTo(JoinTokens.State.REVOKED);
        assertThat(trail())
                .containsExactly(
                        "token.create issuer|anna",
                        "token.revoke issuer|bert",
                        "token.revoke issuer|bert CONFLICT",
                        "token.revoke issuer|bert NOT_FOUND");
        AuditEvent create = audit.events().getFirst();
        assertThat(create.after()).contains(id);
        for (CreatedJoinToken token : made) {
            assertThat(create.toString()).doesNotContain(token.secret());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "two\nlines", "\u0000", "\ud800"})
    void noActWithoutAReasonThatCanBeRead(String reason) {
        assertThat(refused(acts.suspend(ANNA, null, reason)))
                .isEqualTo(RefusalCode.INVALID_ARGUMENT);
        assertThat(refused(acts.suspend(ANNA, null, "x".repeat(1025))))
                .isEqualTo(RefusalCode.INVALID_ARGUMENT);
        assertThat(suspensions.read().number()).isZero();
        assertThat(trail())
                .containsExactly(
                        "issuance.suspend issuer|anna INVALID_ARGUMENT",
                        "issuance.suspend issuer|anna INVALID_ARGUMENT");
    }

    @Test
    void suspendsAndResumesTheStateThatWasSeen() {
        assertThat(refused(acts.resume(ANNA, null, "why"))).isEqualTo(RefusalCode.CONFLICT);
        String suspended = done(acts.suspend(ANNA, "0", "key leaked"));
        assertThat(suspensions.refusal()).isPresent();
        assertThat(refused(acts.suspend(BERT, suspended, "again"))).isEqualTo(RefusalCode.CONFLICT);
        assertThat(refused(acts.resume(BERT, "0", "late")))
                .isEqualTo(RefusalCode.PRECONDITION_FAILED);
        assertThat(refused(acts.resume(BERT, "x", "late")))
                .isEqualTo(RefusalCode.PRECONDITION_FAILED);
        String resumed = done(acts.resume(BERT, suspended, "key replaced"));
        assertThat(suspensions.refusal()).isEmpty();
        assertThat(resumed).isNotEqualTo(suspended);
        assertThat(audit.events())
                .filteredOn(event -> event.refusal() == null)
                .extracting(AuditEvent::act, AuditEvent::reason, AuditEvent::before)
                .containsExactly(
                        tuple(
                                "issuance.suspend",
                                "key leaked",
                                "{\"reason\": \"\", \"suspended\": false}"),
                        tuple(
                                "issuance.resume",
                                "key replaced",
                                "{\"reason\": \"key leaked\", \"suspended\": true}"));
    }

    @Test
    void anActAndItsEventAreOneCommitWithWhatTheEdgeWrites() {
        transactions.executeWithoutResult(transaction -> {
            done(acts.suspend(ANNA, null, "stop"));
            transaction.setRollbackOnly();
        });
        assertThat(suspensions.read().suspended()).isFalse();
        assertThat(trail()).isEmpty();
        // A refused act leaves the edge's transaction usable, and only its own event in it.
        transactions.executeWithoutResult(_ -> {
            assertThat(refused(acts.resume(ANNA, null, "resume"))).isEqualTo(RefusalCode.CONFLICT);
            done(acts.suspend(ANNA, null, "stop"));
        });
        assertThat(suspensions.read().suspended()).isTrue();
        assertThat(trail())
                .containsExactly(
                        "issuance.resume issuer|anna CONFLICT", "issuance.suspend issuer|anna");
    }

    @Test
    void noActWithoutItsEvent() {
        database.ownerJdbcClient().sql("REVOKE INSERT ON audit.event FROM signet_server").update();
        assertThatThrownBy(() -> acts.suspend(ANNA, null, "stop"))
                .isInstanceOf(LedgerUnavailableException.class);
        assertThatThrownBy(
                        () -> acts.createJoinTokens(ANNA, "spiffe://example.org/a", null, 1, "why"))
                .isInstanceOf(LedgerUnavailableException.class);
        assertThat(suspensions.read().suspended()).isFalse();
        assertThat(suspensions.refusal()).isEmpty();
        assertThat(tokens.list(null, 10, null).tokens()).isEmpty();
    }

    @Test
    void writesActivatesAndRollsBackPolicies() {
        assertThat(refused(acts.rollbackPolicy(ANNA, null, "why"))).isEqualTo(RefusalCode.CONFLICT);
        ActOutcome<Long> wrong = acts.createPolicy(ANNA, "wrong", "first try");
        assertThat(refused(wrong)).isEqualTo(RefusalCode.POLICY_NOT_ACCEPTED);
        assertThat(((ActOutcome.Refused<Long>) wrong).refusal().message())
                .contains("2 errors")
                .contains("line 3, column 7: no such rule");
        assertThat(done(acts.createPolicy(ANNA, "rules: []", "second try"))).isEqualTo(1);
        assertThat(refused(acts.activatePolicy(ANNA, 9, null, "why")))
                .isEqualTo(RefusalCode.NOT_FOUND);
        assertThat(done(acts.activatePolicy(ANNA, 1, "0", "why"))).isEqualTo(1);
        assertThat(refused(acts.activatePolicy(ANNA, 0, "0", "why")))
                .isEqualTo(RefusalCode.PRECONDITION_FAILED);
        assertThat(done(acts.rollbackPolicy(BERT, "1", "back"))).isZero();
        assertThat(policies.activations)
                .extracting(active -> active.number() + " " + active.reason())
                .containsExactly("1 why", "0 back");
        assertThat(trail())
                .containsExactly(
                        "policy.activate issuer|anna CONFLICT",
                        "policy.create issuer|anna POLICY_NOT_ACCEPTED",
                        "policy.create issuer|anna",
                        "policy.activate issuer|anna NOT_FOUND",
                        "policy.activate issuer|anna",
                        "policy.activate issuer|anna PRECONDITION_FAILED",
                        "policy.activate issuer|bert");
    }

    @Test
    void anActOfFourEyesIsDoneOnceAndByAnotherThanWhoProposedIt() {
        configure(List.of("policy.activate", "issuance.resume"));
        done(acts.createPolicy(ANNA, "rules: []", "new"));
        Approval proposal = pending(acts.activatePolicy(ANNA, 1, "0", "roll out"));
        assertThat(policies.activations).isEmpty();
        assertThat(proposal.target()).isEqualTo("1");
        assertThat(refused(acts.activatePolicy(BERT, 1, "0", "me too")))
                .isEqualTo(RefusalCode.CONFLICT);
        assertThat(refused(approvals.approve(ANNA, proposal.id(), "mine")))
                .isEqualTo(RefusalCode.SECOND_PERSON_REQUIRED);
        Approval approved = done(approvals.approve(BERT, proposal.id(), "looks right"));
        assertThat(approved.state()).isEqualTo(Approval.State.APPROVED);
        assertThat(approved.decidedBy()).isEqualTo(BERT);
        assertThat(policies.activations)
                .singleElement()
                .satisfies(active -> {
                    assertThat(active.number()).isEqualTo(1);
                    assertThat(active.actor().subject()).isEqualTo("issuer|anna");
                    assertThat(active.reason()).isEqualTo("roll out");
                });
        assertThat(refused(approvals.approve(BERT, proposal.id(), "again")))
                .isEqualTo(RefusalCode.CONFLICT);
        assertThat(refused(approvals.reject(BERT, proposal.id(), "no")))
                .isEqualTo(RefusalCode.CONFLICT);
        assertThat(trail())
                .containsExactly(
                        "policy.create issuer|anna",
                        "approval.propose issuer|anna",
                        "policy.activate issuer|bert CONFLICT",
                        "approval.approve issuer|anna SECOND_PERSON_REQUIRED",
                        "policy.activate issuer|bert",
                        "approval.approve issuer|bert",
                        "approval.approve issuer|bert CONFLICT",
                        "approval.reject issuer|bert CONFLICT");
    }

    @Test
    void ofManyWhoApproveAtOnceOneDoes() throws Exception {
        configure(List.of("issuance.resume"));
        done(acts.suspend(ANNA, null, "stop"));
        Approval proposal = pending(acts.resume(ANNA, null, "go on"));
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<ActOutcome<Approval>>> approvers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Actor approver = new Actor("oidc", "approver-" + i, null);
                approvers.add(() -> approvals.approve(approver, proposal.id(), "yes"));
            }
            int done = 0;
            for (var outcome : executor.invokeAll(approvers)) {
                if (outcome.get() instanceof ActOutcome.Done<Approval>) {
                    done++;
                } else {
                    assertThat(refused(outcome.get())).isEqualTo(RefusalCode.CONFLICT);
                }
            }
            assertThat(done).isEqualTo(1);
        }
        assertThat(suspensions.read().number()).isEqualTo(2);
        assertThat(suspensions.read().suspended()).isFalse();
    }

    @Test
    void aProposalOfAStateThatHasChangedIsNotDone() {
        configure(List.of("issuance.resume"));
        done(acts.suspend(ANNA, null, "stop"));
        Approval proposal = pending(acts.resume(ANNA, "1", "go on"));
        configure(List.of());
        done(acts.resume(BERT, null, "go on"));
        done(acts.suspend(BERT, null, "stop for another reason"));
        assertThat(refused(approvals.approve(BERT, proposal.id(), "yes")))
                .isEqualTo(RefusalCode.PRECONDITION_FAILED);
        assertThat(suspensions.read().suspended()).isTrue();
        assertThat(approvals.find(proposal.id()).orElseThrow().state())
                .isEqualTo(Approval.State.PENDING);
        assertThat(trail().getLast()).isEqualTo("approval.approve issuer|bert PRECONDITION_FAILED");
    }

    @Test
    void proposalsExpireAndCanBeRejectedByWhoProposedThem() {
        configure(List.of("issuance.resume"));
        done(acts.suspend(ANNA, null, "stop"));
        Approval first = pending(acts.resume(ANNA, null, "go on"));
        assertThat(done(approvals.reject(ANNA, first.id(), "wrong button")).state())
                .isEqualTo(Approval.State.REJECTED);
        now = now.plusSeconds(1);
        Approval second = pending(acts.resume(ANNA, null, "go on"));
        now = now.plus(Duration.ofHours(24));
        assertThat(refused(approvals.approve(BERT, second.id(), "yes")))
                .isEqualTo(RefusalCode.CONFLICT);
        assertThat(approvals.find(second.id()).orElseThrow().state())
                .isEqualTo(Approval.State.EXPIRED);
        Approval third = pending(acts.resume(ANNA, null, "go on"));
        assertThat(refused(approvals.approve(BERT, UUID.randomUUID(), "yes")))
                .isEqualTo(RefusalCode.NOT_FOUND);
        assertThat(ids(null)).containsExactly(third.id(), second.id(), first.id());
        assertThat(ids(Approval.State.PENDING)).containsExactly(third.id());
        assertThat(ids(Approval.State.EXPIRED)).containsExactly(second.id());
        assertThat(ids(Approval.State.REJECTED)).containsExactly(first.id());
        assertThat(ids(Approval.State.APPROVED)).isEmpty();
        Approvals.Page page = approvals.list(null, 2, null);
        assertThat(page.approvals()).hasSize(2);
        assertThat(approvals.list(null, 2, page.nextPageToken()).approvals())
                .extracting(Approval::id)
                .containsExactly(first.id());
        assertThatThrownBy(() -> approvals.list(null, 2, "x"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private List<UUID> ids(Approval.State state) {
        return approvals.list(state, 100, null).approvals().stream().map(Approval::id).toList();
    }

    @Test
    void thereAreBootstrapTokensUntilThereIsAnAdmin() {
        CreatedJoinToken token = acts.createBootstrapToken().orElseThrow();
        assertThat(tokens.find(token.tokenId()).orElseThrow().pattern())
                .hasToString("spiffe://example.org/signet/operator/bootstrap");
        assertThat(acts.createBootstrapToken()).isPresent();
        acts.adminLoggedIn(ANNA);
        acts.adminLoggedIn(BERT);
        assertThat(acts.createBootstrapToken()).isEmpty();
        configure(List.of());
        assertThat(acts.createBootstrapToken()).isEmpty();
        assertThat(trail()).containsExactly("token.create replica", "token.create replica");
    }

    @Test
    void knowsWhichActsCanWait() {
        assertThatThrownBy(() ->
                        new ApprovalSettings(List.of("issuance.suspend"), Duration.ofHours(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "signet.approval.four-eyes: issuance.suspend (expected: policy.activate");
        assertThatThrownBy(() -> new ApprovalSettings(List.of(), Duration.ofDays(32)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
