package dev.signet.issuer.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.signet.client.ClientErrors;
import dev.signet.client.SubjectRequest;
import dev.signet.issuer.TestClock;
import dev.signet.issuer.TestRequests;
import dev.signet.issuer.api.IssuerRef;
import dev.signet.issuer.connection.TestConnections;
import dev.signet.issuer.request.RequestReader;
import dev.signet.issuer.request.RequestedContent;
import dev.signet.issuer.request.Usages;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

class SignerTest {

    private static final IssuerRef ISSUER = IssuerRef.cluster("ci");

    private final TestClock clock = new TestClock();
    private final TestConnections ca = new TestConnections();
    private final List<IssuerRef> reopened = new ArrayList<>();
    private final Signer signer =
            new Signer(
                    ca.connections,
                    "prod",
                    clock,
                    new Random(1),
                    new SimpleMeterRegistry(),
                    reopened::add);

    @BeforeEach
    void ready() {
        ca.ready(ISSUER, TestClock.START);
    }

    private static final byte[] PEM = TestRequests.request().dns("a.example.org").pem();

    private static SigningRequest request(String uid, boolean authority) {
        try {
            var read = RequestReader.readPem(PEM);
            return new SigningRequest(
                    new SigningRequest.ResourceIdentity("CertificateRequest", "shop", "web", uid),
                    TestClock.START,
                    Map.of("requester.username", "alice", "hint.team", "forged"),
                    read,
                    Optional.of(
                            RequestedContent.of(read, Usages.of(List.of(), authority), authority)),
                    read.spiffeId(),
                    Duration.ofDays(90));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private Outcome sign(String uid) {
        return signer.sign(ISSUER, request(uid, false));
    }

    @Test
    void saysWhoAsksForWhat() {
        assertThat(sign("u1")).isInstanceOf(Outcome.Issued.class);
        SubjectRequest asked = ca.asked.get(0);
        assertThat(asked.subject()).isEqualTo("prod/CertificateRequest/shop/web/u1");
        assertThat(asked.attributes())
                .containsEntry("cluster", "prod")
                .containsEntry("kind", "CertificateRequest")
                .containsEntry("namespace", "shop")
                .containsEntry("name", "web")
                .containsEntry("uid", "u1")
                .containsEntry("issuer.kind", "SignetClusterIssuer")
                .containsEntry("issuer.name", "ci")
                .containsEntry("requester.username", "alice")
                .doesNotContainKey("issuer.namespace");
        assertThat(asked.profile()).isEqualTo("web");
        assertThat(asked.names().dnsNames()).containsExactly("a.example.org");
    }

    @Test
    void cutsTheLifetimeToTheIssuersMost() {
        sign("u1");
        assertThat(ca.asked.get(0).lifetime()).isEqualTo(Duration.ofHours(720));
    }

    @Test
    void asksForACaByAnotherProfile() {
        signer.sign(ISSUER, request("u1", true));
        assertThat(ca.asked.get(0).profile()).isEqualTo("sub-ca");
    }

    @Test
    void R18_aRetryStormOfOneResourceAsksByOneId() {
        for (int i = 0; i < 100; i++) {
            sign("u1");
        }
        sign("u2");
        assertThat(ca.asked.subList(0, 100).stream().map(SubjectRequest::requestId).distinct())
                .hasSize(1);
        assertThat(ca.asked.get(100).requestId()).isNotEqualTo(ca.asked.get(0).requestId());
    }

    @Test
    void anIssuerThatIsNotThereOrNotReadyIsWaitedFor() {
        assertThat(signer.sign(IssuerRef.cluster("other"), request("u1", false)))
                .asInstanceOf(type(Outcome.Pending.class))
                .satisfies(pending -> assertThat(pending.reason()).isEqualTo("IssuerNotFound"));
        ca.notReady(ISSUER);
        assertThat(sign("u1"))
                .asInstanceOf(type(Outcome.Pending.class))
                .satisfies(pending -> assertThat(pending.reason()).isEqualTo("IssuerNotReady"));
        ca.unknown(ISSUER);
        assertThat(sign("u1")).isInstanceOf(Outcome.Later.class);
        assertThat(ca.asked).isEmpty();
    }

    @Test
    void aRefusalByPolicyIsFinalAndShutsNothing() {
        ca.answer =
                () -> {
                    throw ClientErrors.refused("POLICY_DENIED");
                };
        assertThat(sign("u1"))
                .asInstanceOf(type(Outcome.Failed.class))
                .satisfies(failed -> assertThat(failed.reason()).isEqualTo("PolicyDenied"));
        sign("u2");
        assertThat(ca.asked).hasSize(2);
    }

    @Test
    void R18_aCaThatIsAwayIsAskedOnceAWaitHoweverManyRequestsThereAre() {
        ca.answer =
                () -> {
                    throw ClientErrors.away("UNAVAILABLE", null);
                };
        for (int second = 0; second < 300; second++) {
            for (int i = 0; i < 100; i++) {
                assertThat(sign("u" + i)).isInstanceOf(Outcome.Pending.class);
            }
            clock.advance(Duration.ofSeconds(1));
        }
        // 1, 2, 4, .. 60 s, each at least half: of 30,000 attempts.
        assertThat(ca.asked).hasSizeBetween(7, 16);
    }

    @Test
    void theHintOfTheCaIsHeeded() {
        ca.answer =
                () -> {
                    throw ClientErrors.away("OVERLOADED", Duration.ofSeconds(40));
                };
        assertThat(sign("u1"))
                .asInstanceOf(type(Outcome.Pending.class))
                .satisfies(pending ->
                        assertThat(pending.again()).isGreaterThanOrEqualTo(Duration.ofSeconds(40)));
        clock.advance(Duration.ofSeconds(39));
        sign("u2");
        assertThat(ca.asked).hasSize(1);
        clock.advance(Duration.ofSeconds(2));
        sign("u2");
        assertThat(ca.asked).hasSize(2);
    }

    @Test
    void oneSuccessOpensItForAllAndTellsThem() {
        var good = ca.answer;
        ca.answer =
                () -> {
                    throw ClientErrors.away("UNAVAILABLE", null);
                };
        sign("u1");
        ca.answer = good;
        clock.advance(Duration.ofSeconds(2));
        assertThat(sign("u1")).isInstanceOf(Outcome.Issued.class);
        assertThat(reopened).containsExactly(ISSUER);
        assertThat(sign("u2")).isInstanceOf(Outcome.Issued.class);
    }

    @Test
    void oneIssuersTroubleIsNotAnothers() {
        IssuerRef other = IssuerRef.namespaced("shop", "own");
        TestConnections otherCa = new TestConnections();
        ca.connections.listen(issuer -> {});
        ca.answer =
                () -> {
                    throw ClientErrors.away("UNAVAILABLE", null);
                };
        sign("u1");
        ca.answer = otherCa.answer;
        ca.ready(other, TestClock.START);
        assertThat(signer.sign(other, request("u2", false))).isInstanceOf(Outcome.Issued.class);
    }

    @Test
    void afterTheRetryWindowItHasFailed() {
        ca.answer =
                () -> {
                    throw ClientErrors.away("UNAVAILABLE", null);
                };
        sign("u1");
        clock.advance(TestConnections.retryWindow().minusSeconds(1));
        assertThat(sign("u1")).isInstanceOf(Outcome.Pending.class);
        clock.advance(Duration.ofSeconds(2));
        assertThat(sign("u1"))
                .asInstanceOf(type(Outcome.Failed.class))
                .satisfies(failed -> assertThat(failed.reason()).isEqualTo("RetryWindowExpired"));
    }

    @Test
    void theWindowBeginsAnewWhereTheIssuerBecameReadyLater() {
        ca.ready(ISSUER, TestClock.START.plus(Duration.ofHours(2)));
        clock.advance(Duration.ofHours(2).plusMinutes(9));
        ca.answer =
                () -> {
                    throw ClientErrors.away("UNAVAILABLE", null);
                };
        assertThat(sign("u1")).isInstanceOf(Outcome.Pending.class);
    }

    @Test
    void anIssuerAtFaultIsWaitedForBeyondTheWindow() {
        ca.answer =
                () -> {
                    throw ClientErrors.refused("UNAUTHENTICATED");
                };
        clock.advance(TestConnections.retryWindow().multipliedBy(3));
        assertThat(sign("u1")).isInstanceOf(Outcome.Pending.class);
    }

    @Test
    void whatIsTooOldForItsIdHasFailedUnasked() {
        clock.advance(Duration.ofHours(24));
        assertThat(sign("u1")).isInstanceOf(Outcome.Failed.class);
        assertThat(ca.asked).isEmpty();
    }

    @Test
    void aLimitOfOneIdentityHoldsUpNobodyElse() {
        ca.answer =
                () -> {
                    throw ClientErrors.away("RATE_LIMITED", Duration.ofMinutes(1));
                };
        assertThat(sign("u1")).isInstanceOf(Outcome.Pending.class);
        ca.answer = new TestConnections().answer;
        assertThat(sign("u2")).isInstanceOf(Outcome.Issued.class);
    }

    @Test
    void R18_aLimitThatMeetsAllHoldsUpAll() {
        ca.answer =
                () -> {
                    throw ClientErrors.away("RATE_LIMITED", Duration.ofMinutes(1));
                };
        for (int i = 0; i < 1000; i++) {
            sign("u" + i);
        }
        assertThat(ca.asked).hasSize(8);
    }

    @Test
    void whatIsNotSayableIsNotSaid() {
        var long1 = "x".repeat(1025);
        SigningRequest one = request("u1", false);
        signer.sign(
                ISSUER,
                new SigningRequest(
                        one.resource(),
                        one.approved(),
                        Map.of("requester.groups", long1, "requester.username", "a\nb"),
                        one.certification(),
                        one.requested(),
                        one.spiffeId(),
                        one.lifetime()));
        assertThat(ca.asked.get(0).attributes())
                .doesNotContainKeys("requester.groups", "requester.username");
    }

    @Test
    void everyCodeOfTheTableHasItsConsequence() {
        Consequence.byCode()
                .forEach((code, consequence) -> {
                    TestConnections fresh = new TestConnections();
                    fresh.ready(ISSUER, TestClock.START);
                    fresh.answer =
                            () -> {
                                throw ClientErrors.refused(code);
                            };
                    Outcome outcome =
                            new Signer(
                                            fresh.connections,
                                            "prod",
                                            clock,
                                            new Random(1),
                                            new SimpleMeterRegistry(),
                                            issuer -> {})
                                    .sign(ISSUER, request("u1", false));
                    assertThat(outcome)
                            .as(code)
                            .isInstanceOf(
                                    consequence == Consequence.FAILS
                                            ? Outcome.Failed.class
                                            : Outcome.Pending.class);
                });
    }
}
