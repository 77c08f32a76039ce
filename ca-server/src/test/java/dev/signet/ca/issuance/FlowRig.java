package dev.signet.ca.issuance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.attestation.Attestation;
import dev.signet.ca.attestation.AttestedCaller;
import dev.signet.ca.attestation.Evidence;
import dev.signet.ca.audit.InMemoryRefusals;
import dev.signet.ca.audit.RecordedAuditLines;
import dev.signet.ca.authority.Authorities;
import dev.signet.ca.authority.FailingSigner;
import dev.signet.ca.authority.TestAuthority;
import dev.signet.ca.certificate.CertificateProfile;
import dev.signet.ca.certificate.FakeStatusInformation;
import dev.signet.ca.certificate.SigningRequest;
import dev.signet.ca.certificate.SigningRequestReader;
import dev.signet.ca.identity.EvidenceKind;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.ledger.InMemoryLedger;
import dev.signet.ca.ledger.JoinTokenHash;
import dev.signet.ca.ledger.Ledger;
import dev.signet.ca.ledger.RecordedCertificate;
import dev.signet.ca.policy.Decision;
import dev.signet.ca.policy.Explanation;
import dev.signet.ca.policy.Grants;
import dev.signet.ca.policy.PolicyRequest;
import dev.signet.ca.policy.PolicySnapshot;
import dev.signet.ca.policy.RequestedCertificate;
import dev.signet.ca.privilege.Privileges;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.ca.suspension.SettableSuspensions;
import dev.signet.ca.trust.TrustBundle;
import dev.signet.ca.trust.TrustBundles;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

/// The flow with everything around it under a test's control.
final class FlowRig {

    RateLimitSettings limits = RateLimitSettings.defaults();
    final SettableSuspensions suspensions = new SettableSuspensions();
    final RecordedAuditLines auditLines = new RecordedAuditLines();
    final InMemoryRefusals refusals = new InMemoryRefusals();

    static final Instant NOW = Instant.parse("2026-11-23T10:00:00.400Z");
    static final byte[] CSR = TestCertificates.request(TestCertificates.SubjectKeyType.P256);

    final InMemoryLedger ledger = new InMemoryLedger(8);
    final FailingSigner[] signer = new FailingSigner[1];
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final AtomicLong nanos = new AtomicLong(1_000);
    final AtomicInteger requestsRead = new AtomicInteger();
    final AtomicInteger policiesTaken = new AtomicInteger();

    FakeStatusInformation status = new FakeStatusInformation();
    Instant now = NOW;
    Function<dev.signet.ca.identity.SpiffeId, Optional<Refusal>> blocks = _ -> Optional.empty();
    Authorities authorities = TestAuthority.at(NOW, FailingSigner.capturedIn(signer));
    Privileges privileges = Privileges.builtIn(TestAuthority.TRUST_DOMAIN);
    Optional<Refusal> clockObjection = Optional.empty();
    Attestation attestation = new FakeAttestation();
    PolicySnapshot policy = new FakePolicy("v1");
    Executor blockingThreads = Runnable::run;
    int maxBlocking = 4;
    Duration lifetime = Duration.ofHours(1);
    Function<byte[], SigningRequest.Reading> reader =
            new SigningRequestReader(TestCertificates.CRYPTO)::read;

    Flights flights;

    IssuanceFlow flow() {
        return flowOn(ledger);
    }

    IssuanceFlow flowOn(Ledger chosen) {
        flights =
                new Flights(
                        nanos::get,
                        Duration.ofSeconds(10),
                        new IssuanceMetrics(registry),
                        refusals,
                        new RateLimits(limits, nanos::get));
        return new IssuanceFlow(
                () -> clockObjection,
                suspensions,
                id -> blocks.apply(id),
                attestation,
                () -> {
                    policiesTaken.incrementAndGet();
                    return policy;
                },
                new RoleGuard(privileges),
                authorities,
                new CertificateAssembly(
                        octets -> {
                            requestsRead.incrementAndGet();
                            return reader.apply(octets);
                        },
                        chosen.serialNumbers(),
                        status,
                        authorities),
                chosen,
                new FakeTrustBundles(),
                auditLines,
                () -> now,
                flights,
                new BlockingLane(blockingThreads, maxBlocking));
    }

    /// Issues and gives what was answered so far.
    Answers issue() {
        return issue(flow(), request(null));
    }

    Answers issue(IssuanceFlow flow, IssuanceRequest request) {
        Answers answers = new Answers();
        flow.issue(request, answers.outcomes::add, answers.faults::add);
        return answers;
    }

    static IssuanceRequest request(UUID requestId) {
        return new IssuanceRequest(
                new Evidence.BearerToken("x"), CSR, requestId, RequestedCertificate.NOTHING);
    }

    static UUID requestIdAt(Instant instant) {
        Random random = new Random();
        return new UUID(
                instant.toEpochMilli() << 16 | 0x7000 | random.nextInt(0x1000),
                random.nextLong() >>> 2 | 0x8000_0000_0000_0000L);
    }

    /// What must hold whatever happened: every place is free, nothing is in flight, and each caller
    /// got exactly one answer, a certificate only where it is on record.
    void assertConsistent(Answers... all) {
        assertThat(ledger.placesTaken()).as("places taken").isZero();
        assertThat(flights.inFlight()).as("in flight").isZero();
        for (Answers answers : all) {
            assertThat(answers.outcomes.size() + answers.faults.size()).as("answers").isOne();
            for (IssuanceOutcome outcome : answers.outcomes) {
                if (outcome instanceof IssuanceOutcome.Issued issued) {
                    assertThat(ledger.isOnRecord(issued.certificate())).isTrue();
                }
            }
        }
        assertThat(ledger.serialNumbersGiven()).doesNotHaveDuplicates();
    }

    /// What one caller was told.
    static final class Answers {
        final List<IssuanceOutcome> outcomes = new CopyOnWriteArrayList<>();
        final List<Throwable> faults = new CopyOnWriteArrayList<>();

        IssuanceOutcome.Issued issued() {
            assertThat(faults).isEmpty();
            assertThat(outcomes).hasSize(1);
            assertThat(outcomes.getFirst()).isInstanceOf(IssuanceOutcome.Issued.class);
            return (IssuanceOutcome.Issued) outcomes.getFirst();
        }

        RecordedCertificate certificate() {
            return issued().certificate();
        }

        Refusal refused(RefusalCode code) {
            assertThat(faults).isEmpty();
            assertThat(outcomes).hasSize(1);
            assertThat(outcomes.getFirst()).isInstanceOf(IssuanceOutcome.Refused.class);
            Refusal refusal = ((IssuanceOutcome.Refused) outcomes.getFirst()).refusal();
            assertThat(refusal.code()).isEqualTo(code);
            return refusal;
        }

        void faulted() {
            assertThat(outcomes).isEmpty();
            assertThat(faults).hasSize(1);
        }
    }

    static class FakeAttestation implements Attestation {
        boolean mayBlock;
        JoinTokenHash joinToken;
        Runnable before = () -> {};
        Refusal refusal;

        @Override
        public boolean mayBlock(Evidence evidence) {
            return mayBlock;
        }

        @Override
        public Outcome attest(Evidence evidence, Instant now) {
            before.run();
            if (refusal != null) {
                return new Outcome.Refused(refusal);
            }
            return new Outcome.Attested(
                    new AttestedCaller(
                            EvidenceKind.KUBERNETES,
                            "issuer|orders",
                            Map.of("kubernetes.namespace", "shop"),
                            null,
                            joinToken));
        }
    }

    class FakePolicy implements PolicySnapshot {
        private final String version;
        boolean mayBlock;
        Function<PolicyRequest, Optional<Refusal>> objection = _ -> Optional.empty();

        FakePolicy(String version) {
            this.version = version;
        }

        @Override
        public String version() {
            return version;
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
            return mayBlock;
        }

        @Override
        public Decision decide(PolicyRequest request) {
            return objection
                    .apply(request)
                    .<Decision>map(refusal -> new Decision.Denied(refusal))
                    .orElseGet(() ->
                            Grants.workload(
                                    SpiffeId.parse("spiffe://example.org/ns/shop/sa/orders")
                                            .orElseThrow(),
                                    lifetime,
                                    version,
                                    "rule of " + version));
        }
    }

    private final class FakeTrustBundles implements TrustBundles {
        @Override
        public TrustBundle current() {
            return new TrustBundle(TestAuthority.TRUST_DOMAIN, 7, List.of(), Duration.ofMinutes(5));
        }

        @Override
        public AutoCloseable watch(Consumer<TrustBundle> listener) {
            throw new UnsupportedOperationException();
        }
    }
}
