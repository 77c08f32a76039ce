package dev.signet.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;

import dev.signet.ca.admin.ActOutcome;
import dev.signet.ca.admin.AdminActs;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.audit.AuditEvents;
import dev.signet.ca.suspension.Suspensions;
import dev.signet.proto.v1.CertificateServiceGrpc.CertificateServiceBlockingStub;
import dev.signet.proto.v1.IssueCertificateRequest;

import io.grpc.StatusRuntimeException;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// The suspension on two replicas that are under load.
class SuspensionIT {

    private static final Actor ANNA = new Actor("oidc", "issuer|anna", null);

    @Test
    void R6_afterASuspensionNoReplicaIssuesUntilItIsResumed() throws Exception {
        try (TestDatabase database = TestDatabase.create();
                ServerRig.Site site = new ServerRig.Site();
                ServerRig here = ServerRig.start(site, database, Map.of());
                ServerRig there = ServerRig.start(site, database, Map.of());
                var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            AtomicBoolean stop = new AtomicBoolean();
            AtomicInteger issued = new AtomicInteger();
            ConcurrentLinkedQueue<String> refusals = new ConcurrentLinkedQueue<>();
            List<Future<Void>> callers = new ArrayList<>();
            for (ServerRig replica : List.of(here, there)) {
                for (int caller = 0; caller < 3; caller++) {
                    String account = "caller-" + caller;
                    callers.add(
                            executor.submit(load(replica, site, account, stop, issued, refusals)));
                }
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> issued.get() > 50);
            assertThat(refusals).isEmpty();

            AdminActs acts = here.server.part(AdminActs.class);
            assertThat(acts.suspend(ANNA, null, "suspected key leak"))
                    .isInstanceOf(ActOutcome.Done.class);
            await().atMost(Duration.ofSeconds(1))
                    .until(() -> there.server.part(Suspensions.class).refusal().isPresent());
            int then = issued.get();
            int refusedBefore = refusals.size();
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> refusals.size() > refusedBefore + 200);
            // What was handed over to be recorded when the suspension came may still be answered.
            assertThat(issued.get()).isLessThanOrEqualTo(then + callers.size());
            assertThat(refusals).containsOnly("SUSPENDED: suspected key leak");

            Instant suspendedAt = here.server.part(Suspensions.class).read().since();
            assertThat(issuedAfter(database, suspendedAt.plusSeconds(1))).isZero();

            acts.resume(ANNA, null, "it was none");
            int resumed = issued.get();
            await().atMost(Duration.ofSeconds(60)).until(() -> issued.get() > resumed + 50);
            stop.set(true);
            for (Future<Void> caller : callers) {
                caller.get();
            }
            assertThat(here.server.part(AuditEvents.class).after(AuditEvents.Criteria.ANY, 0, 10))
                    .extracting(event -> event.event().act())
                    .containsExactly("issuance.suspend", "issuance.resume");
        }
    }

    @Test
    void R6_aServerThatStartsDuringASuspensionServesWhoeverResumesItAndNobodyElse()
            throws Exception {
        try (TestDatabase database = TestDatabase.create();
                ServerRig.Site site = new ServerRig.Site()) {
            try (ServerRig rig = ServerRig.start(site, database, Map.of())) {
                rig.server.part(AdminActs.class).suspend(ANNA, null, "stop");
            }
            try (ServerRig rig = ServerRig.start(site, database, Map.of())) {
                AtomicInteger issued = new AtomicInteger();
                ConcurrentLinkedQueue<String> refusals = new ConcurrentLinkedQueue<>();
                CertificateServiceBlockingStub stub = rig.certificates();
                issue(rig, stub, site, "caller", issued, refusals);
                assertThat(refusals).containsExactly("SUSPENDED: stop");
                // The admin API, which resumes issuance, is ready after gRPC.
                await().atMost(Duration.ofSeconds(60))
                        .untilAsserted(
                                () -> assertThat(rig.get("/readyz").statusCode()).isEqualTo(200));
                rig.server.part(AdminActs.class).resume(ANNA, null, "go on");
                issue(rig, stub, site, "caller", issued, refusals);
                assertThat(issued).hasValue(1);
            }
        }
    }

    private static Callable<Void> load(
            ServerRig replica,
            ServerRig.Site site,
            String account,
            AtomicBoolean stop,
            AtomicInteger issued,
            ConcurrentLinkedQueue<String> refusals) {
        return () -> {
            CertificateServiceBlockingStub stub = replica.certificates();
            while (!stop.get()) {
                issue(replica, stub, site, account, issued, refusals);
            }
            return null;
        };
    }

    private static void issue(
            ServerRig replica,
            CertificateServiceBlockingStub stub,
            ServerRig.Site site,
            String account,
            AtomicInteger issued,
            ConcurrentLinkedQueue<String> refusals)
            throws Exception {
        byte[] csr = ServerRig.csr(ServerRig.newKeys());
        try {
            ServerRig.with(stub, "Bearer " + site.serviceAccountToken("shop", account))
                    .issueCertificate(
                            IssueCertificateRequest.newBuilder()
                                    .setCertificateSigningRequest(ByteString.copyFrom(csr))
                                    .build());
            issued.incrementAndGet();
        } catch (StatusRuntimeException e) {
            String description = String.valueOf(e.getStatus().getDescription());
            refusals.add(
                    ServerRig.reason(e)
                            + ": "
                            + description.substring(description.indexOf(':') + 2));
        }
    }

    private static int issuedAfter(TestDatabase database, Instant moment) {
        return database.ownerJdbcClient()
                .sql(
                        """
                        SELECT count(*) FROM ledger.certificate
                        WHERE issued_at >= ? AND evidence_kind <> 'server'
                        """)
                .param(OffsetDateTime.ofInstant(moment, java.time.ZoneOffset.UTC))
                .query(Integer.class)
                .single();
    }
}
