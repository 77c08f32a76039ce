package dev.signet.ca.issuance;

import static dev.signet.ca.issuance.FlowRig.NOW;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.attestation.Evidence;
import dev.signet.ca.audit.RefusedRequest;
import dev.signet.ca.authority.Authorities;
import dev.signet.ca.authority.FailingSigner;
import dev.signet.ca.authority.KeyType;
import dev.signet.ca.authority.TestAuthority;
import dev.signet.ca.certificate.AlternativeNames;
import dev.signet.ca.certificate.BuiltInProfiles;
import dev.signet.ca.certificate.CertificateProfile;
import dev.signet.ca.certificate.CertificateStatus;
import dev.signet.ca.certificate.EncodedName;
import dev.signet.ca.certificate.FakeStatusInformation;
import dev.signet.ca.certificate.StatusInformation;
import dev.signet.ca.certificate.SubjectName;
import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.issuance.FlowRig.Answers;
import dev.signet.ca.ledger.InMemoryLedger.Fault;
import dev.signet.ca.ledger.IssuanceRecord;
import dev.signet.ca.ledger.JoinTokenHash;
import dev.signet.ca.policy.Decision;
import dev.signet.ca.policy.Explanation;
import dev.signet.ca.policy.PolicyRequest;
import dev.signet.ca.policy.PolicySnapshot;
import dev.signet.ca.policy.RequestedCertificate;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.bouncycastle.asn1.x500.X500Name;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

import javax.security.auth.x500.X500Principal;

class IssuanceFlowTest {

    private static final String NO_REV_AVAIL = "2.5.29.56";

    private final FlowRig rig = new FlowRig();

    @Test
    void issuesWhatPolicyGrants() throws Exception {
        Answers answers = rig.issue();

        IssuanceOutcome.Issued issued = answers.issued();
        X509Certificate leaf = TestCertificates.parse(issued.certificate().der());
        assertThat(leaf.getSubjectAlternativeNames())
                .extracting(name -> name.get(1))
                .isEqualTo(List.of("spiffe://example.org/ns/shop/sa/orders"));
        leaf.verify(TestCertificates.parse(issued.issuerChain().getFirst()).getPublicKey());
        assertThat(issued.trustBundleVersion()).isEqualTo(7);
        rig.assertConsistent(answers);
    }

    @Test
    void recordsWhoWasGivenWhatAndWhy() {
        UUID id = FlowRig.requestIdAt(NOW);
        rig.issue(rig.flow(), FlowRig.request(id)).issued();

        IssuanceRecord row = rig.ledger.rows().getFirst();
        assertThat(row.requestId()).isEqualTo(id);
        assertThat(row.evidenceSubject()).isEqualTo("issuer|orders");
        assertThat(row.policyVersion()).isEqualTo("v1");
        assertThat(row.policyRule()).isEqualTo("rule of v1");
        assertThat(row.attributes()).containsEntry("kubernetes.namespace", "shop");
    }

    @Test
    void aRefusalSaysWhoAskedFromWhereForWhatAndWhichRuleDecided() throws Exception {
        UUID id = FlowRig.requestIdAt(NOW);
        SpiffeId payments = SpiffeId.parse("spiffe://example.org/payments").orElseThrow();
        IssuanceRequest request =
                new IssuanceRequest(
                        new Evidence.BearerToken("secret-token"),
                        FlowRig.CSR,
                        id,
                        new RequestedCertificate(
                                payments,
                                null,
                                new AlternativeNames(
                                        List.of("a.example"), List.of(), List.of(), List.of()),
                                null),
                        new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 4711));
        FlowRig.FakePolicy policy = rig.new FakePolicy("v12");
        policy.objection =
                _ -> Optional.of(Refusal.of(RefusalCode.NAME_NOT_GRANTED, "DNS a.example"));
        rig.policy = policy;
        rig.issue(rig.flow(), request).refused(RefusalCode.NAME_NOT_GRANTED);

        assertThat(rig.refusals.refused)
                .containsExactly(
                        new RefusedRequest(
                                Refusal.of(RefusalCode.NAME_NOT_GRANTED, "DNS a.example"),
                                "bearer-token",
                                "issuer|orders",
                                "192.0.2.7",
                                "spiffe://example.org/payments",
                                "DNS:a.example",
                                "",
                                "v12",
                                id.toString()));
        assertThat(rig.refusals.refused.toString()).doesNotContain("secret-token");
    }

    @Test
    void aRefusalAfterPolicyGrantedNamesTheRuleAndTheIdentity() {
        rig.blocks = _ -> Optional.of(BLOCKED);
        rig.issue().refused(RefusalCode.IDENTITY_BLOCKED);
        assertThat(rig.refusals.refused)
                .singleElement()
                .satisfies(refused -> {
                    assertThat(refused.subject()).isEqualTo("issuer|orders");
                    assertThat(refused.spiffeId())
                            .isEqualTo("spiffe://example.org/ns/shop/sa/orders");
                    assertThat(refused.rule()).isEqualTo("rule of v1");
                    assertThat(refused.policyVersion()).isEqualTo("v1");
                });
    }

    @Test
    void aRefusalOfEvidenceSaysWhomAnExpiredTokenNames() {
        rig.attestation =
                new FlowRig.FakeAttestation() {
                    @Override
                    public Outcome attest(Evidence evidence, Instant now) {
                        return new Outcome.Refused(
                                Refusal.of(RefusalCode.UNAUTHENTICATED, "expired"),
                                "issuer|payments");
                    }
                };
        rig.issue().refused(RefusalCode.UNAUTHENTICATED);
        assertThat(rig.refusals.refused)
                .singleElement()
                .satisfies(refused -> assertThat(refused.subject()).isEqualTo("issuer|payments"));
    }

    @Test
    void R4_validityIsTheGrantedLifetimeWithBothEndsCounted() {
        for (long seconds : List.of(10L, 11L, 59L, 150L, 151L, 3_600L, 86_400L)) {
            rig.lifetime = Duration.ofSeconds(seconds);
            X509Certificate leaf = TestCertificates.parse(rig.issue().certificate().der());
            Instant notBefore = leaf.getNotBefore().toInstant();
            Instant notAfter = leaf.getNotAfter().toInstant();

            assertThat(Duration.between(notBefore, notAfter).plusSeconds(1))
                    .isEqualTo(rig.lifetime);
            assertThat(Duration.between(notBefore, NOW))
                    .isBetween(Duration.ZERO, Duration.ofSeconds(16));
            assertThat(Duration.between(notBefore, NOW))
                    .isLessThan(rig.lifetime.dividedBy(10).plusSeconds(1));
        }
    }

    @Test
    void R4_R17_neverOutlivesTheIssuerAndRefusesAUselessRemainder() {
        Instant begun = NOW.minus(Duration.ofHours(24)).plus(Duration.ofMinutes(10));
        rig.authorities =
                TestAuthority.with(KeyType.P256, begun, Duration.ofHours(24), signer -> signer);
        Instant end =
                ((Authorities.Selection.Usable) rig.authorities.active(NOW))
                        .authority()
                        .issuer()
                        .validity()
                        .notAfter();

        assertThat(rig.issue().certificate().validity().notAfter()).isEqualTo(end);
        rig.now = end.minus(Duration.ofMinutes(6)).minusSeconds(1);
        assertThat(rig.issue().certificate().validity().notAfter()).isEqualTo(end);
        rig.now = end.minus(Duration.ofMinutes(6)).plusSeconds(1); // a tenth of what was granted
        Answers useless = rig.issue();
        useless.refused(RefusalCode.AUTHORITY_NOT_USABLE);
        rig.assertConsistent(useless);
        rig.now = end.plusSeconds(1);
        rig.issue().refused(RefusalCode.AUTHORITY_NOT_USABLE);
    }

    @Test
    void R4_issuesToAnotherCaOnlyWhereThePathLengthLeavesRoom() throws Exception {
        rig.policy = new CaPolicy(rig.policy);
        // Not one that a caller repeats for ever.
        rig.issue().refused(RefusalCode.PROFILE_NOT_GRANTED);
        assertThat(rig.ledger.commits()).isZero();

        rig.authorities = TestAuthority.at(NOW, 1);
        assertThat(TestCertificates.parse(rig.issue().certificate().der()).getBasicConstraints())
                .isZero();
    }

    /// Grants what another policy does, as a CA.
    private record CaPolicy(PolicySnapshot other) implements PolicySnapshot {
        @Override
        public String version() {
            return other.version();
        }

        @Override
        public List<CertificateProfile> profiles() {
            return List.of();
        }

        @Override
        public boolean mayBlock() {
            return false;
        }

        @Override
        public Explanation explain(PolicyRequest request) {
            return other.explain(request);
        }

        @Override
        public Decision decide(PolicyRequest request) {
            Decision.Granted granted = (Decision.Granted) other.decide(request);
            return new Decision.Granted(
                    granted.spiffeId(),
                    granted.names(),
                    new SubjectName(
                            List.of(
                                    new SubjectName.Attribute(
                                            SubjectName.Type.COMMON_NAME, "Department CA"))),
                    granted.lifetime(),
                    BuiltInProfiles.INTERMEDIATE_CA,
                    List.of(),
                    granted.keyTypes(),
                    null,
                    granted.policyVersion(),
                    granted.rule());
        }
    }

    @Test
    void noLeafHasTheNameOfAnAuthority() throws Exception {
        TestAuthority authority = TestAuthority.at(NOW);
        rig.authorities = authority;
        for (String name : authority.names()) {
            PolicySnapshot usual = rig.policy;
            rig.policy = new NamingPolicy(usual, name);
            rig.issue().refused(RefusalCode.SUBJECT_NOT_GRANTED);
            rig.policy = new NamingPolicy(usual, name.toUpperCase(Locale.ROOT));
            rig.issue().refused(RefusalCode.SUBJECT_NOT_GRANTED);
            rig.policy = usual;
        }
        assertThat(rig.ledger.commits()).isZero();
        rig.policy = new NamingPolicy(rig.policy, "CN=orders");
        rig.issue().issued();
    }

    @Test
    void noLeafHasTheKeyOfAnAuthority() {
        TestAuthority authority = TestAuthority.at(NOW);
        rig.authorities = authority;
        IssuanceFlow flow = rig.flow();
        for (byte[] request : authority.ownRequests()) {
            rig.issue(
                            flow,
                            new IssuanceRequest(
                                    new Evidence.BearerToken("x"),
                                    request,
                                    null,
                                    RequestedCertificate.NOTHING))
                    .refused(RefusalCode.KEY_NOT_ACCEPTED);
        }
        assertThat(rig.ledger.commits()).isZero();
        rig.issue(flow, FlowRig.request(null)).issued();
    }

    /// Grants what another policy does, with a subject.
    private record NamingPolicy(PolicySnapshot other, String subject) implements PolicySnapshot {
        @Override
        public String version() {
            return other.version();
        }

        @Override
        public List<CertificateProfile> profiles() {
            return List.of();
        }

        @Override
        public boolean mayBlock() {
            return false;
        }

        @Override
        public Explanation explain(PolicyRequest request) {
            return other.explain(request);
        }

        @Override
        public Decision decide(PolicyRequest request) {
            Decision.Granted granted = (Decision.Granted) other.decide(request);
            return new Decision.Granted(
                    granted.spiffeId(),
                    granted.names(),
                    EncodedName.of(new X500Principal(subject).getEncoded()),
                    granted.lifetime(),
                    granted.profile(),
                    granted.extendedKeyUsages(),
                    granted.keyTypes(),
                    null,
                    granted.policyVersion(),
                    granted.rule());
        }
    }

    @Test
    void R17_refusesUnderAnIssuerThatIsNotValidYet() {
        rig.authorities = TestAuthority.at(NOW.plus(Duration.ofHours(1)));

        rig.issue().refused(RefusalCode.AUTHORITY_NOT_USABLE);
        assertThat(rig.ledger.commits()).isZero();
    }

    @Test
    void saysOfItsStatusWhatWasChosenAndRefusesWhatCannotBeSaid() throws Exception {
        assertThat(
                        TestCertificates.parse(rig.issue().certificate().der())
                                .getExtensionValue(NO_REV_AVAIL))
                .containsExactly(0x04, 0x02, 0x05, 0x00);
        rig.status.choice =
                new StatusInformation.Choice.Says(
                        CertificateStatus.published(
                                "http://a.example/1.crl", "http://a.example/ocsp"));
        assertThat(
                        TestCertificates.parse(rig.issue().certificate().der())
                                .getNonCriticalExtensionOIDs())
                .contains("2.5.29.31", "1.3.6.1.5.5.7.1.1")
                .doesNotContain(NO_REV_AVAIL);
        int before = rig.ledger.commits();
        rig.status.choice = new StatusInformation.Choice.NotNow("no shard");
        rig.issue().refused(RefusalCode.AUTHORITY_NOT_USABLE);
        assertThat(rig.ledger.commits()).isEqualTo(before);
    }

    @Test
    void givesARenewalWindowFromHalfToTwoThirdsOfTheRemainingLife() {
        IssuanceOutcome.Issued issued = rig.issue().issued();
        Duration left = Duration.between(NOW, issued.certificate().validity().notAfter());

        assertThat(issued.renewFrom()).isEqualTo(NOW.plus(left.dividedBy(2)));
        assertThat(issued.renewUntil()).isEqualTo(NOW.plus(left.multipliedBy(2).dividedBy(3)));
    }

    @Test
    void R10_R13_takesNothingButTheKeyFromTheCertificationRequest() throws Exception {
        byte[] csr =
                TestCertificates.request(
                        TestCertificates.SubjectKeyType.P256.keyPair(),
                        "SHA256withECDSA",
                        new X500Name("CN=admin,O=signet"),
                        new org.bouncycastle.asn1.x509.Extensions(
                                new org.bouncycastle.asn1.x509.Extension(
                                        org.bouncycastle.asn1.x509.Extension.subjectAlternativeName,
                                        true,
                                        new org.bouncycastle.asn1.x509.GeneralNames(
                                                        new org.bouncycastle.asn1.x509.GeneralName(
                                                                6, "spiffe://example.org/admin"))
                                                .getEncoded())));
        Answers answers =
                rig.issue(
                        rig.flow(),
                        new IssuanceRequest(
                                new Evidence.BearerToken("x"),
                                csr,
                                null,
                                RequestedCertificate.NOTHING));

        X509Certificate leaf = TestCertificates.parse(answers.certificate().der());
        assertThat(leaf.getSubjectX500Principal().getName()).isEmpty();
        assertThat(leaf.getSubjectAlternativeNames())
                .extracting(name -> name.get(1))
                .isEqualTo(List.of("spiffe://example.org/ns/shop/sa/orders"));
    }

    @Test
    void R5_oneRequestSeesOnePolicyVersionHoweverOftenItChanges() {
        FlowRig.FakeAttestation attestation = new FlowRig.FakeAttestation();
        rig.attestation = attestation;
        IssuanceFlow flow = rig.flow();
        for (int i = 0; i < 200; i++) {
            String before = "v" + i;
            String during = "v" + (i + 1);
            rig.policy = rig.new FakePolicy(before);
            attestation.before = () -> rig.policy = rig.new FakePolicy(during);
            rig.issue(flow, FlowRig.request(null)).issued();
        }

        assertThat(rig.policiesTaken).hasValue(200);
        assertThat(rig.ledger.rows())
                .allSatisfy(row ->
                        assertThat(row.policyRule()).isEqualTo("rule of " + row.policyVersion()));
        assertThat(rig.ledger.rows().stream().map(IssuanceRecord::policyVersion).distinct())
                .hasSize(200);
    }

    @Test
    void R12_readsNoCertificationRequestOfACallerThatProvedNothing() {
        rig.attestation =
                new FlowRig.FakeAttestation() {
                    @Override
                    public Outcome attest(Evidence evidence, Instant now) {
                        return new Outcome.Refused(Refusal.of(RefusalCode.UNAUTHENTICATED, "no"));
                    }
                };
        Answers answers = rig.issue();

        answers.refused(RefusalCode.UNAUTHENTICATED);
        assertThat(rig.requestsRead).hasValue(0);
        rig.assertConsistent(answers);
    }

    @Test
    void refusesWhatPolicyDenies() {
        FlowRig.FakePolicy policy = rig.new FakePolicy("v1");
        policy.objection =
                request -> {
                    assertThat(request.requested().spiffeId()).isNotNull();
                    assertThat(request.requested().lifetime()).isEqualTo(Duration.ofDays(9));
                    return Optional.of(Refusal.of(RefusalCode.LIFETIME_NOT_GRANTED, "no"));
                };
        rig.policy = policy;
        Answers answers =
                rig.issue(
                        rig.flow(),
                        new IssuanceRequest(
                                new Evidence.BearerToken("x"),
                                FlowRig.CSR,
                                null,
                                new RequestedCertificate(
                                        SpiffeId.parse("spiffe://example.org/a").orElseThrow(),
                                        Duration.ofDays(9),
                                        AlternativeNames.NONE,
                                        null)));

        answers.refused(RefusalCode.LIFETIME_NOT_GRANTED);
        assertThat(rig.requestsRead).hasValue(0);
        rig.assertConsistent(answers);
    }

    private static final Refusal SUSPENDED =
            Refusal.of(RefusalCode.SUSPENDED, "An operator has suspended issuance: key ceremony");

    @Test
    void R6_aSuspensionStopsIssuanceBeforeAnythingIsSigned() {
        rig.suspensions.objection = Optional.of(SUSPENDED);

        Answers answers = rig.issue();

        assertThat(answers.refused(RefusalCode.SUSPENDED).message()).contains("key ceremony");
        assertThat(rig.signer[0].signatures()).isZero();
        rig.assertConsistent(answers);
    }

    @Test
    void R6_aSuspensionThatComesWhileARequestIsServedLeavesItsCertificateUnrecordedAndUnreleased() {
        var reader = rig.reader;
        rig.reader =
                octets -> {
                    rig.suspensions.objection = Optional.of(SUSPENDED);
                    return reader.apply(octets);
                };

        Answers answers = rig.issue();

        answers.refused(RefusalCode.SUSPENDED);
        assertThat(rig.signer[0].signatures()).isOne();
        assertThat(rig.ledger.commits()).isZero();
        rig.assertConsistent(answers);
    }

    @Test
    void R6_whoIsNotKnownDoesNotLearnOfASuspension() {
        rig.suspensions.objection = Optional.of(SUSPENDED);
        var attestation = new FlowRig.FakeAttestation();
        attestation.refusal = Refusal.of(RefusalCode.UNAUTHENTICATED, "no");
        rig.attestation = attestation;

        rig.issue().refused(RefusalCode.UNAUTHENTICATED);
    }

    @Test
    void R6_theServersOwnCertificateIsIssuedDuringASuspension() {
        rig.suspensions.objection = Optional.of(SUSPENDED);

        rig.issue(
                        rig.flow(),
                        new IssuanceRequest(
                                new Evidence.ThisServer("replica"),
                                FlowRig.CSR,
                                null,
                                RequestedCertificate.NOTHING))
                .issued();
    }

    private static final Refusal BLOCKED = Refusal.of(RefusalCode.IDENTITY_BLOCKED, "blocked");

    @Test
    void aBlockedIdentityGetsNothingAndNothingIsSigned() {
        rig.blocks = _ -> Optional.of(BLOCKED);

        Answers answers = rig.issue();

        answers.refused(RefusalCode.IDENTITY_BLOCKED);
        assertThat(rig.signer[0].signatures()).isZero();
        rig.assertConsistent(answers);
    }

    @Test
    void aBlockThatComesWhileARequestIsServedLeavesItsCertificateUnrecordedAndUnreleased() {
        var reader = rig.reader;
        rig.reader =
                octets -> {
                    rig.blocks = _ -> Optional.of(BLOCKED);
                    return reader.apply(octets);
                };

        Answers answers = rig.issue();

        answers.refused(RefusalCode.IDENTITY_BLOCKED);
        assertThat(rig.signer[0].signatures()).isOne();
        assertThat(rig.ledger.commits()).isZero();
        rig.assertConsistent(answers);
    }

    @Test
    void theServersOwnCertificateIsIssuedWhateverIsBlocked() {
        rig.blocks = _ -> Optional.of(BLOCKED);

        rig.issue(
                        rig.flow(),
                        new IssuanceRequest(
                                new Evidence.ThisServer("replica"),
                                FlowRig.CSR,
                                null,
                                RequestedCertificate.NOTHING))
                .issued();
    }

    @Test
    void R18_aRetryAndWhatTheServerFailsDoNotUseUpAnAllowance() {
        rig.limits = new RateLimitSettings("2 per 1h", "unlimited", "unlimited");
        var flow = rig.flow();
        UUID id = FlowRig.requestIdAt(NOW);
        for (int i = 0; i < 10; i++) {
            rig.issue(flow, FlowRig.request(id)).issued();
        }
        var reader = rig.reader;
        rig.reader =
                _ -> {
                    throw new IllegalStateException("a fault of this server");
                };
        rig.issue(flow, FlowRig.request(null)).faulted();
        rig.reader = reader;

        rig.issue(flow, FlowRig.request(null)).issued();
        Answers limited = rig.issue(flow, FlowRig.request(null));

        assertThat(limited.refused(RefusalCode.RATE_LIMITED).retryAfter()).isPositive();
        assertThat(rig.signer[0].signatures()).isEqualTo(11);
        rig.assertConsistent(limited);
    }

    /// Each way in which this server, what it depends on or its operator fails a request.
    private enum OutageOf {
        KEY(RefusalCode.AUTHORITY_NOT_USABLE) {
            @Override
            void begin(FlowRig rig) {
                rig.signer[0].setFault(FailingSigner.Fault.KEY_AWAY);
            }

            @Override
            void end(FlowRig rig) {
                rig.signer[0].setFault(FailingSigner.Fault.NONE);
            }
        },
        STATUS(RefusalCode.AUTHORITY_NOT_USABLE) {
            private final StatusInformation.Choice usual = new FakeStatusInformation().choice;

            @Override
            void begin(FlowRig rig) {
                rig.status.choice = new StatusInformation.Choice.NotNow("no shard");
            }

            @Override
            void end(FlowRig rig) {
                rig.status.choice = usual;
            }
        },
        LEDGER(RefusalCode.LEDGER_UNAVAILABLE) {
            @Override
            void begin(FlowRig rig) {
                rig.ledger.setFault(Fault.LOST);
            }

            @Override
            void end(FlowRig rig) {
                rig.ledger.setFault(Fault.NONE);
            }
        },
        BLOCKED_MEANWHILE(RefusalCode.IDENTITY_BLOCKED) {
            @Override
            void begin(FlowRig rig) {
                AtomicInteger asked = new AtomicInteger();
                rig.blocks =
                        _ ->
                                asked.incrementAndGet() % 2 == 1
                                        ? Optional.empty()
                                        : Optional.of(
                                                Refusal.of(RefusalCode.IDENTITY_BLOCKED, "no"));
            }

            @Override
            void end(FlowRig rig) {
                rig.blocks = _ -> Optional.empty();
            }
        };

        private final RefusalCode code;

        OutageOf(RefusalCode code) {
            this.code = code;
        }

        abstract void begin(FlowRig rig);

        abstract void end(FlowRig rig);
    }

    @ParameterizedTest
    @EnumSource(OutageOf.class)
    void anOutageUsesUpNoAllowanceHoweverOftenItIsRetried(OutageOf outage) {
        rig.limits = new RateLimitSettings("2 per 1h", "2 per 1h", "2 per 1h");
        IssuanceFlow flow = rig.flow();
        outage.begin(rig);
        for (int i = 0; i < 10; i++) {
            rig.issue(flow, FlowRig.request(null)).refused(outage.code);
        }
        outage.end(rig);

        rig.issue(flow, FlowRig.request(null)).issued();
        rig.issue(flow, FlowRig.request(null)).issued();
        Answers limited = rig.issue(flow, FlowRig.request(null));
        limited.refused(RefusalCode.RATE_LIMITED);
        rig.assertConsistent(limited);
    }

    @Test
    void anIssuerThatEndsTooSoonUsesUpNoAllowance() {
        rig.limits = new RateLimitSettings("1 per 1h", "unlimited", "unlimited");
        rig.authorities =
                TestAuthority.with(
                        KeyType.P256,
                        NOW.minus(Duration.ofHours(24)).plus(Duration.ofMinutes(1)),
                        Duration.ofHours(24),
                        signer -> signer);
        IssuanceFlow flow = rig.flow();
        for (int i = 0; i < 3; i++) {
            rig.issue(flow, FlowRig.request(null)).refused(RefusalCode.AUTHORITY_NOT_USABLE);
        }
    }

    @Test
    void aDeadlineGivesTheAllowanceBackAtOnceAndALateRecordTakesItAgain() {
        rig.limits = new RateLimitSettings("1 per 1h", "unlimited", "unlimited");
        UUID id = FlowRig.requestIdAt(NOW);
        rig.ledger.setFault(Fault.HELD, 2);
        IssuanceFlow flow = rig.flow();
        rig.issue(flow, FlowRig.request(id));
        rig.issue(flow, FlowRig.request(null)).refused(RefusalCode.RATE_LIMITED);
        rig.nanos.addAndGet(Duration.ofSeconds(10).toNanos());
        rig.flights.endOverdue();

        Answers second = rig.issue(flow, FlowRig.request(null));
        assertThat(second.outcomes).as("the first one's allowance is free again").isEmpty();
        rig.nanos.addAndGet(Duration.ofSeconds(10).toNanos());
        rig.flights.endOverdue();
        second.refused(RefusalCode.DEADLINE_EXCEEDED);
        rig.ledger.answerHeld();

        assertThat(rig.ledger.rows()).isNotEmpty();
        rig.issue(flow, FlowRig.request(null)).refused(RefusalCode.RATE_LIMITED);
    }

    @Test
    void whatACallerGetsWrongUsesUpItsAllowance() {
        rig.limits = new RateLimitSettings("2 per 1h", "unlimited", "unlimited");
        IssuanceFlow flow = rig.flow();
        IssuanceRequest malformed =
                new IssuanceRequest(
                        new Evidence.BearerToken("x"),
                        new byte[7],
                        null,
                        RequestedCertificate.NOTHING);
        rig.issue(flow, malformed).refused(RefusalCode.CSR_MALFORMED);
        rig.issue(flow, malformed).refused(RefusalCode.CSR_MALFORMED);

        rig.issue(flow, malformed).refused(RefusalCode.RATE_LIMITED);
    }

    @Test
    void noPlaceOnTheBlockingThreadsForAnotherSerialNumberUsesUpNoAllowance() {
        rig.limits = new RateLimitSettings("1 per 1h", "unlimited", "unlimited");
        rig.maxBlocking = 1;
        List<Runnable> waiting = new ArrayList<>();
        rig.blockingThreads = waiting::add;
        IssuanceFlow flow = rig.flow();
        FlowRig.FakePolicy policy = rig.new FakePolicy("v1");
        policy.mayBlock = true;
        rig.policy = policy;
        rig.issue(flow, FlowRig.request(null)); // holds the only place
        rig.policy = rig.new FakePolicy("v1");
        for (int i = 0; i < 3; i++) {
            rig.ledger.setFault(Fault.SERIAL_NUMBER_TAKEN, 1);
            rig.issue(flow, FlowRig.request(null)).refused(RefusalCode.OVERLOADED);
        }
        rig.ledger.setFault(Fault.NONE);

        rig.issue(flow, FlowRig.request(null)).issued();
    }

    @Test
    void tellsTheAuditLinesOfEachIssuanceOnce() {
        UUID id = FlowRig.requestIdAt(NOW);
        var flow = rig.flow();

        var first = rig.issue(flow, FlowRig.request(id)).certificate();
        rig.issue(flow, FlowRig.request(id)).issued();

        assertThat(rig.auditLines.issued)
                .singleElement()
                .satisfies(line -> {
                    assertThat(line.serialNumber()).isEqualTo(first.serialNumber().hex());
                    assertThat(line.requestId()).isEqualTo(id);
                });
    }

    @Test
    void refusesABadCertificationRequestAndFreesThePlace() {
        Answers answers =
                rig.issue(
                        rig.flow(),
                        new IssuanceRequest(
                                new Evidence.BearerToken("x"),
                                new byte[7],
                                null,
                                RequestedCertificate.NOTHING));

        answers.refused(RefusalCode.CSR_MALFORMED);
        assertThat(rig.refusals.count(RefusalCode.CSR_MALFORMED, "bearer-token")).isOne();
        assertThat(rig.signer[0].signatures()).isZero();
        rig.assertConsistent(answers);
    }

    @Test
    void refusesWhileTheClocksDisagree() {
        rig.clockObjection = Optional.of(Refusal.of(RefusalCode.CLOCK_SKEW, "no"));

        rig.issue().refused(RefusalCode.CLOCK_SKEW);
    }

    @Test
    void refusesRequestIdsThatAreNoFreshUuidOfVersion7() {
        IssuanceFlow flow = rig.flow();
        for (UUID bad :
                List.of(
                        UUID.fromString("00000000-0000-0000-0000-000000000000"),
                        UUID.fromString("e8a1f2a4-3b9a-4c2e-9f2b-9d6d1f0f3b11"),
                        FlowRig.requestIdAt(NOW.minus(Duration.ofHours(24)).minusMillis(1)),
                        FlowRig.requestIdAt(NOW.plus(Duration.ofMinutes(5)).plusMillis(1)),
                        new UUID(0xffff_ffff_ffff_7000L, 0x8000_0000_0000_0000L),
                        new UUID(
                                FlowRig.requestIdAt(NOW).getMostSignificantBits(),
                                0x4000_0000_0000_0000L))) {
            Answers answers = rig.issue(flow, FlowRig.request(bad));
            assertThat(answers.refused(RefusalCode.INVALID_ARGUMENT).metadata())
                    .containsEntry("field", "request_id");
        }
        for (UUID good :
                List.of(
                        FlowRig.requestIdAt(NOW.minus(Duration.ofHours(24))),
                        FlowRig.requestIdAt(NOW.plus(Duration.ofMinutes(5))))) {
            rig.issue(flow, FlowRig.request(good)).issued();
        }
    }

    @Test
    void E32_aRequestIdOfAWrongClockSaysBothTimesAndWhatIsWrong() {
        String ahead =
                rig.issue(rig.flow(), FlowRig.request(FlowRig.requestIdAt(NOW.plusSeconds(363))))
                        .refused(RefusalCode.INVALID_ARGUMENT)
                        .message();
        assertThat(ahead)
                .contains(
                        NOW.plusSeconds(363).toString(),
                        "PT6M3S ahead of this server's clock, which shows "
                                + NOW.truncatedTo(ChronoUnit.SECONDS),
                        "Check the clock of the machine that asks");
        String behind =
                rig.issue(
                                rig.flow(),
                                FlowRig.request(FlowRig.requestIdAt(NOW.minus(Duration.ofDays(2)))))
                        .refused(RefusalCode.INVALID_ARGUMENT)
                        .message();
        assertThat(behind)
                .contains(
                        "PT48H behind this server's clock, which shows "
                                + NOW.truncatedTo(ChronoUnit.SECONDS));
    }

    @Test
    void R18_theSameRequestIdGivesTheSameCertificate() {
        UUID id = FlowRig.requestIdAt(NOW);
        IssuanceFlow flow = rig.flow();
        byte[] first = rig.issue(flow, FlowRig.request(id)).certificate().der();

        for (int i = 0; i < 100; i++) {
            Answers again = rig.issue(flow, FlowRig.request(id));
            assertThat(again.certificate().der()).isEqualTo(first);
            assertThat(again.issued().issuerChain()).hasSize(1);
        }
        assertThat(rig.ledger.rows()).hasSize(1);
    }

    @Test
    void R18_theSameRequestIdWithAnotherCsrIsRefused() {
        UUID id = FlowRig.requestIdAt(NOW);
        IssuanceFlow flow = rig.flow();
        rig.issue(flow, FlowRig.request(id)).issued();
        Answers other =
                rig.issue(
                        flow,
                        new IssuanceRequest(
                                new Evidence.BearerToken("x"),
                                TestCertificates.freshRequest(),
                                id,
                                RequestedCertificate.NOTHING));

        other.refused(RefusalCode.REQUEST_ID_REUSED);
        rig.assertConsistent(other);
    }

    @Test
    void neverReleasesAnExpiredCertificateAgain() {
        UUID id = FlowRig.requestIdAt(NOW);
        IssuanceFlow flow = rig.flow();
        rig.issue(flow, FlowRig.request(id)).issued();
        rig.now = NOW.plus(Duration.ofHours(2));

        rig.issue(flow, FlowRig.request(id)).refused(RefusalCode.REQUEST_ID_REUSED);
    }

    @Test
    void sendsTheChainOfTheAuthorityThatSignedARetriedCertificate() {
        UUID id = FlowRig.requestIdAt(NOW);
        Answers first = rig.issue(rig.flow(), FlowRig.request(id));
        Authorities old = rig.authorities;
        Authorities current = TestAuthority.at(NOW);
        rig.authorities = new BothAuthorities(current, old);

        Answers again = rig.issue(rig.flow(), FlowRig.request(id));
        assertThat(again.issued().issuerChain()).isEqualTo(first.issued().issuerChain());
        rig.authorities = current;
        Answers unknown = rig.issue(rig.flow(), FlowRig.request(id));
        unknown.faulted();
        rig.assertConsistent(unknown);
    }

    @Test
    void R7_aJoinTokenGivesOneCertificate() {
        FlowRig.FakeAttestation attestation = new FlowRig.FakeAttestation();
        attestation.joinToken = new JoinTokenHash(new byte[32]);
        attestation.mayBlock = true;
        rig.attestation = attestation;
        IssuanceFlow flow = rig.flow();

        rig.issue(flow, FlowRig.request(null)).issued();
        rig.issue(flow, FlowRig.request(null)).refused(RefusalCode.TOKEN_ALREADY_USED);
        assertThat(rig.ledger.rows()).hasSize(1);
    }

    @Test
    void R18_overloadIsAnsweredAtOnceWithTheTimeToWait() {
        rig.ledger.setFault(Fault.HELD);
        IssuanceFlow flow = rig.flow();
        List<Answers> held = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            held.add(rig.issue(flow, FlowRig.request(null)));
        }
        int read = rig.requestsRead.get();
        Answers tooMany = rig.issue(flow, FlowRig.request(null));

        assertThat(tooMany.refused(RefusalCode.OVERLOADED).retryAfter()).isPositive();
        assertThat(rig.requestsRead).as("costly work for a refused request").hasValue(read);
        assertThat(flow.inFlight()).isEqualTo(8);
        rig.ledger.answerHeld();
        held.forEach(Answers::issued);
        rig.assertConsistent(held.toArray(Answers[]::new));
    }

    // Faults in pairs, around each signature and each commit.

    @ParameterizedTest
    @EnumSource(
            value = FailingSigner.Fault.class,
            names = {"LOST", "SIGNED_ANYWAY", "GARBAGE"})
    void aSignatureThatFailsIsAFaultAndNothingIsRecorded(FailingSigner.Fault fault) {
        IssuanceFlow flow = rig.flow();
        rig.signer[0].setFault(fault);
        Answers answers = rig.issue(flow, FlowRig.request(null));

        answers.faulted();
        assertThat(rig.ledger.commits()).isZero();
        rig.assertConsistent(answers);
        rig.signer[0].setFault(FailingSigner.Fault.NONE);
        rig.issue(flow, FlowRig.request(null)).issued();
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"LOST", "PERSISTED_ANYWAY"})
    void anUnclearCommitIsAnsweredAsAFailureAndARetryGivesTheOneCertificate(Fault fault) {
        UUID id = FlowRig.requestIdAt(NOW);
        IssuanceFlow flow = rig.flow();
        rig.ledger.setFault(fault, 1);
        Answers unclear = rig.issue(flow, FlowRig.request(id));

        assertThat(unclear.refused(RefusalCode.LEDGER_UNAVAILABLE).retryAfter()).isPositive();
        Answers retry = rig.issue(flow, FlowRig.request(id));
        retry.issued();
        assertThat(rig.ledger.rows()).hasSize(1);
        rig.assertConsistent(unclear, retry);
    }

    @Test
    void aLedgerThatFailsAtHandOverIsAFault() {
        IssuanceFlow flow = rig.flow();
        rig.ledger.setFault(Fault.THROWS);
        Answers answers = rig.issue(flow, FlowRig.request(null));

        answers.faulted();
        rig.assertConsistent(answers);
    }

    @Test
    void R1_aTakenSerialNumberIsNeverUsedAgain() {
        IssuanceFlow flow = rig.flow();
        rig.ledger.setFault(Fault.SERIAL_NUMBER_TAKEN, 2);
        Answers answers = rig.issue(flow, FlowRig.request(null));

        assertThat(answers.certificate().serialNumber())
                .isEqualTo(rig.ledger.serialNumbersGiven().getLast());
        assertThat(rig.ledger.serialNumbersGiven()).hasSize(3).doesNotHaveDuplicates();
        rig.ledger.setFault(Fault.SERIAL_NUMBER_TAKEN);
        Answers hopeless = rig.issue(flow, FlowRig.request(null));
        hopeless.faulted();
        assertThat(rig.ledger.serialNumbersGiven()).hasSize(3 + 3);
        rig.assertConsistent(answers, hopeless);
    }

    @Test
    void aFaultInAnyStepIsAnsweredOnce() {
        rig.attestation =
                new FlowRig.FakeAttestation() {
                    @Override
                    public Outcome attest(Evidence evidence, Instant now) {
                        throw new IllegalStateException("attestation");
                    }
                };
        Answers attestation = rig.issue();
        rig.attestation = new FlowRig.FakeAttestation();
        FlowRig.FakePolicy policy = rig.new FakePolicy("v1");
        policy.objection =
                _ -> {
                    throw new StackOverflowError("policy");
                };
        rig.policy = policy;
        Answers decided = rig.issue();
        rig.policy = rig.new FakePolicy("v1");
        rig.reader =
                _ -> {
                    throw new IllegalStateException("reader");
                };
        Answers read = rig.issue();

        for (Answers answers : List.of(attestation, decided, read)) {
            answers.faulted();
        }
        rig.assertConsistent(attestation, decided, read);
    }

    @Test
    void aCallerThatThrowsHarmsNobody() {
        IssuanceFlow flow = rig.flow();
        flow.issue(
                FlowRig.request(null),
                _ -> {
                    throw new IllegalStateException("caller");
                },
                _ -> {});

        assertThat(flow.inFlight()).isZero();
        assertThat(rig.ledger.placesTaken()).isZero();
        rig.issue(flow, FlowRig.request(null)).issued();
    }

    // Time, and stopping.

    @Test
    void answersAtTheDeadlineAndReleasesNothingAfterwards() {
        rig.ledger.setFault(Fault.HELD);
        IssuanceFlow flow = rig.flow();
        Answers slow = rig.issue(flow, FlowRig.request(null));
        rig.nanos.addAndGet(Duration.ofSeconds(10).toNanos() - 1);
        rig.flights.endOverdue();
        assertThat(slow.outcomes).isEmpty();
        rig.nanos.addAndGet(1);
        rig.flights.endOverdue();

        slow.refused(RefusalCode.DEADLINE_EXCEEDED);
        rig.ledger.answerHeld();
        slow.refused(RefusalCode.DEADLINE_EXCEEDED);
        rig.assertConsistent(slow);
    }

    @Test
    void tellsACallerNothingMoreAfterItsAnswer() {
        IssuanceFlow flow = rig.flow();
        Answers issued = rig.issue(flow, FlowRig.request(null));
        rig.clockObjection = Optional.of(Refusal.of(RefusalCode.CLOCK_SKEW, "no"));
        Answers refused = rig.issue(flow, FlowRig.request(null));
        rig.nanos.addAndGet(Duration.ofSeconds(11).toNanos());
        rig.flights.endOverdue();

        issued.issued();
        refused.refused(RefusalCode.CLOCK_SKEW);
        rig.assertConsistent(issued, refused);
    }

    @Test
    void recordsNothingOfARequestWhoseDeadlinePassedBeforeItsCommit() {
        FlowRig.FakeAttestation attestation = new FlowRig.FakeAttestation();
        rig.attestation = attestation;
        IssuanceFlow flow = rig.flow();
        attestation.before =
                () -> {
                    rig.nanos.addAndGet(Duration.ofSeconds(11).toNanos());
                    rig.flights.endOverdue();
                };
        Answers slow = rig.issue(flow, FlowRig.request(null));

        slow.refused(RefusalCode.DEADLINE_EXCEEDED);
        assertThat(rig.ledger.commits()).isZero();
        rig.assertConsistent(slow);
    }

    @Test
    void refusesNewRequestsWhileStoppingAndFinishesAcceptedOnes() {
        rig.ledger.setFault(Fault.HELD);
        IssuanceFlow flow = rig.flow();
        Answers accepted = rig.issue(flow, FlowRig.request(null));
        flow.refuseNew();
        Answers late = rig.issue(flow, FlowRig.request(null));

        late.refused(RefusalCode.SHUTTING_DOWN);
        assertThat(flow.inFlight()).isOne();
        rig.ledger.answerHeld();
        accepted.issued();
        rig.assertConsistent(accepted, late);
    }

    // What may block.

    @Test
    void whatMayBlockRunsOnItsOwnThreadsAndIsBounded() {
        FlowRig.FakeAttestation attestation = new FlowRig.FakeAttestation();
        attestation.mayBlock = true;
        rig.attestation = attestation;
        List<Runnable> waiting = new ArrayList<>();
        rig.blockingThreads = waiting::add;
        rig.maxBlocking = 2;
        IssuanceFlow flow = rig.flow();
        Answers first = rig.issue(flow, FlowRig.request(null));
        Answers second = rig.issue(flow, FlowRig.request(null));
        Answers third = rig.issue(flow, FlowRig.request(null));

        third.refused(RefusalCode.OVERLOADED);
        assertThat(first.outcomes).isEmpty();
        List.copyOf(waiting).forEach(Runnable::run);
        first.issued();
        second.issued();
        waiting.clear();
        Answers fourth = rig.issue(flow, FlowRig.request(null));
        assertThat(waiting).hasSize(1);
        waiting.getFirst().run();
        fourth.issued();
        rig.assertConsistent(first, second, third, fourth);
    }

    @Test
    void aPolicyThatMayBlockAndASignerThatMayBlockGoToTheBlockingThreads() {
        List<Runnable> waiting = new ArrayList<>();
        rig.blockingThreads = waiting::add;
        FlowRig.FakePolicy policy = rig.new FakePolicy("v1");
        policy.mayBlock = true;
        rig.policy = policy;
        rig.issue();
        assertThat(waiting).hasSize(1);

        rig.policy = rig.new FakePolicy("v1");
        rig.authorities = TestAuthority.at(NOW, real -> new FailingSigner(real, true));
        rig.issue();
        assertThat(waiting).hasSize(2);
        rig.authorities = TestAuthority.at(NOW);
        rig.issue().issued();
        assertThat(waiting).hasSize(2);
    }

    @Test
    void refusesToStartWithLifetimesThatTheLedgerHasNoPartitionsFor() {
        IssuanceConfiguration.requirePartitions(Duration.ofDays(6), Duration.ofDays(7));
        assertThatThrownBy(() ->
                        IssuanceConfiguration.requirePartitions(
                                Duration.ofDays(6).plusSeconds(1), Duration.ofDays(7)))
                .hasMessageContaining("signet.policy.max-lifetime");
    }

    @Test
    void R20_metricsHaveConstantLabelsOnly() {
        rig.issue().issued();
        rig.clockObjection = Optional.of(Refusal.of(RefusalCode.CLOCK_SKEW, "secret text"));
        rig.issue();

        assertThat(outcomes("issued")).isEqualTo(1);
        assertThat(outcomes("CLOCK_SKEW")).isEqualTo(1);
        assertThat(rig.registry.get("signet.issuance.duration").timer().count()).isEqualTo(2);
        assertThat(rig.registry.getMeters().toString()).doesNotContain("secret");
        assertThat(rig.registry.find("signet.issuance.requests").counters())
                .hasSize(RefusalCode.values().length + 2);
    }

    private double outcomes(String outcome) {
        return rig.registry
                .get("signet.issuance.requests")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    private record BothAuthorities(Authorities current, Authorities old) implements Authorities {
        @Override
        public boolean isKeyOfAuthority(byte[] sha256) {
            return current.isKeyOfAuthority(sha256) || old.isKeyOfAuthority(sha256);
        }

        @Override
        public boolean isNameOfAuthority(byte[] subject) {
            return current.isNameOfAuthority(subject) || old.isNameOfAuthority(subject);
        }

        @Override
        public Selection active(Instant now) {
            return current.active(now);
        }

        @Override
        public Optional<List<byte[]>> chain(String authorityId) {
            return current.chain(authorityId).or(() -> old.chain(authorityId));
        }

        @Override
        public dev.signet.ca.authority.TrustAnchors trustAnchors() {
            return current.trustAnchors();
        }
    }
}
