package dev.signet.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;

import dev.signet.ca.admin.ActOutcome;
import dev.signet.ca.admin.RecoveryActs;
import dev.signet.ca.admin.ReissueActs;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.authority.KnownAuthorities;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.ledger.Replacements;
import dev.signet.ca.recovery.Losses;
import dev.signet.ca.recovery.UnrecordedCertificates;
import dev.signet.ca.reissue.Reissue;
import dev.signet.ca.revocation.RevocationCause;
import dev.signet.ca.revocation.RevocationLoss;
import dev.signet.ca.revocation.RevocationReason;
import dev.signet.ca.revocation.Revocations;
import dev.signet.ca.revocation.Revocations.Outcome;
import dev.signet.proto.v1.AcknowledgeTrustBundleRequest;
import dev.signet.proto.v1.CertificateServiceGrpc;
import dev.signet.proto.v1.IssueCertificateRequest;
import dev.signet.proto.v1.IssuedCertificate;
import dev.signet.proto.v1.RenewCertificateRequest;
import dev.signet.proto.v1.TrustServiceGrpc;
import dev.signet.proto.v1.WatchRevocationsRequest;
import dev.signet.proto.v1.WatchRevocationsResponse;

import io.grpc.Context;
import io.grpc.StatusRuntimeException;

import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509CRLHolder;
import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/// docs/runbooks/restore.md, gone through: PostgreSQL is put back to an earlier moment.
class RestoreDrillIT {

    private static final Actor ANNA = new Actor("oidc", "issuer|anna", null);

    private final Set<String> serials = new HashSet<>();

    private record Held(KeyPair keys, IssuedCertificate certificate) {
        SerialNumber serialNumber() {
            return SerialNumber.fromHex(certificate.getSerialNumber()).orElseThrow();
        }
    }

    @Test
    void R15_nothingFallsOrRepeatsAndWhatWasLostIsReported() throws Exception {
        try (TestDatabase database = TestDatabase.create();
                ServerRig.Site site = new ServerRig.Site()) {
            Held early;
            Held late;
            Held revokedEarly;
            Held revokedLate;
            long knownSequence;
            long lostSequence;
            long lostOrder;
            long lostBundleVersion;
            BigInteger lostCrlNumber;
            TestDatabase backup;
            try (ServerRig rig = ServerRig.start(site, database, Map.of())) {
                early = issue(rig, "early");
                revokedEarly = issue(rig, "revoked-early");
                revokedLate = issue(rig, "revoked-late");
                knownSequence = revoke(rig, revokedEarly);
                backup = database.copy();
                // The copy threw the server's connections out: it takes a moment to have others.
                late =
                        await().atMost(Duration.ofSeconds(30))
                                .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
                                .until(() -> issue(rig, "late"), Objects::nonNull);
                lostSequence = revoke(rig, revokedLate);
                lostOrder = order(rig);
                lostBundleVersion = rig.server.trustBundle().version();
                lostCrlNumber = crlNumberOnce(rig, 2);
                assertThat(watched(rig, 0))
                        .satisfies(known -> {
                            assertThat(known.sequence()).isEqualTo(lostSequence);
                            assertThat(known.serials()).hasSize(2);
                        });
            }

            // Numbers of CRLs and bundles count seconds; no restore takes less than one.
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> Instant.now().getEpochSecond() > lostCrlNumber.longValueExact());
            try (backup;
                    ServerRig rig = ServerRig.start(site, backup, Map.of())) {
                // A client that has seen the later revocation comes back and says so.
                Watched again = watched(rig, lostSequence);
                assertThat(again.unknown()).isTrue();
                assertThat(again.serials())
                        .containsExactly(revokedEarly.certificate().getSerialNumber());
                assertThat(rig.server.part(RevocationLoss.class).suspicion())
                        .hasValueSatisfying(lost -> {
                            assertThat(lost.greatestSequence()).isEqualTo(lostSequence);
                            assertThat(lost.knownSequence()).isEqualTo(knownSequence);
                        });
                Losses losses = rig.server.part(Losses.class);
                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(() ->
                                assertThat(losses.open().revocations())
                                        .hasValueSatisfying(lost ->
                                                assertThat(lost.upTo()).isEqualTo(lostSequence)));
                // Another replica says the same, and nothing more once it is acknowledged on it.
                try (ServerRig other = ServerRig.start(site, backup, Map.of())) {
                    Losses there = other.server.part(Losses.class);
                    assertThat(there.open().revocations()).isEqualTo(losses.open().revocations());
                    RecoveryActs acts = other.server.part(RecoveryActs.class);
                    Actor officer = new Actor("oidc", "issuer|olga", null);
                    assertThat(acts.acknowledge(officer, lostSequence + 1, null, "too much"))
                            .isInstanceOf(ActOutcome.Refused.class);
                    assertThat(acts.acknowledge(officer, null, null, "nothing"))
                            .isInstanceOf(ActOutcome.Refused.class);
                    assertThat(acts.acknowledge(officer, lostSequence, null, "revoked again"))
                            .isInstanceOf(ActOutcome.Done.class);
                    assertThat(acts.acknowledge(officer, lostSequence, null, "once more"))
                            .isInstanceOf(ActOutcome.Refused.class);
                }
                assertThat(losses.open().revocations()).isEmpty();
                // Sequences are times: this is the span to look through.
                assertThat(at(lostSequence)).isAfterOrEqualTo(at(knownSequence));

                // The revocation is repeated, and comes behind the one that was lost.
                assertThat(revoke(rig, revokedLate)).isGreaterThan(lostSequence);
                assertThat(order(rig)).isGreaterThan(lostOrder);
                assertThat(crlNumberOnce(rig, 2)).isGreaterThan(lostCrlNumber);

                // The holder of a lost certificate renews, and shows it.
                Held renewed = renew(rig, late);
                renew(rig, early);
                UnrecordedCertificates unrecorded = rig.server.part(UnrecordedCertificates.class);
                await().atMost(Duration.ofSeconds(20)).until(() -> unrecorded.count() == 1);
                assertThat(unrecorded.list(10).getFirst().serialNumber())
                        .isEqualTo(late.serialNumber());
                // What it got instead is on record.
                renew(rig, renewed);
                assertThat(unrecorded.count()).isEqualTo(1);
                // It can be revoked although the ledger has never heard of it.
                var lost = unrecorded.list(10).getFirst();
                assertThat(
                                rig.server
                                        .part(Revocations.class)
                                        .revokeUnrecorded(
                                                lost.serialNumber(),
                                                lost.authorityId(),
                                                lost.notAfter(),
                                                lost.spiffeId(),
                                                cause()))
                        .isInstanceOf(Outcome.Revoked.class);

                assertThat(rig.server.trustBundle().version())
                        .isGreaterThanOrEqualTo(lostBundleVersion);
                assertBundleOvertakes(rig, renewed, lostBundleVersion + 5);
            }
        }
    }

    /// A client that verifies with a version which is not on record gets a greater one.
    private static void assertBundleOvertakes(ServerRig rig, Held held, long version)
            throws Exception {
        long before = rig.server.trustBundle().version();
        TrustServiceGrpc.newBlockingStub(
                        rig.channel(held.keys(), ServerRig.chain(held.certificate())))
                .acknowledgeTrustBundle(
                        AcknowledgeTrustBundleRequest.newBuilder().setVersion(version).build());
        await().atMost(Duration.ofSeconds(20))
                .until(() -> rig.server.trustBundle().version() > version);
        assertThat(before).isLessThan(version);
    }

    private static Instant at(long sequence) {
        return Instant.EPOCH.plus(sequence, ChronoUnit.MICROS);
    }

    private static RevocationCause cause() {
        return new RevocationCause(RevocationReason.KEY_COMPROMISE, "drill", ANNA);
    }

    private static long revoke(ServerRig rig, Held held) {
        return switch (rig.server.part(Revocations.class).revoke(held.serialNumber(), cause())) {
            case Outcome.Revoked(var revocation) -> revocation.sequence();
            case Outcome.AlreadyRevoked _, Outcome.NotOnRecord _, Outcome.Expired _ ->
                    throw new AssertionError("not revoked");
        };
    }

    /// Of the issuing CA's CRL, once it has that many entries.
    private static BigInteger crlNumberOnce(ServerRig rig, int entries) throws Exception {
        String authority =
                rig.server.part(KnownAuthorities.class).described().stream()
                        .filter(known -> known.role().equals("issuing"))
                        .findFirst()
                        .orElseThrow()
                        .id();
        URI uri =
                URI.create(
                        "http://127.0.0.1:"
                                + rig.server.httpPort()
                                + "/crl/"
                                + authority
                                + "/1.crl");
        AtomicReference<X509CRLHolder> crl = new AtomicReference<>();
        try (HttpClient http = HttpClient.newHttpClient()) {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> {
                        crl.set(
                                new X509CRLHolder(
                                        http.send(
                                                        HttpRequest.newBuilder(uri).build(),
                                                        HttpResponse.BodyHandlers.ofByteArray())
                                                .body()));
                        return crl.get().getRevokedCertificates().size() == entries;
                    });
        }
        return CRLNumber.getInstance(crl.get().getExtension(Extension.cRLNumber).getParsedValue())
                .getCRLNumber();
    }

    private static long order(ServerRig rig) {
        return switch (rig.server
                .part(ReissueActs.class)
                .startReissue(
                        ANNA,
                        new Replacements.Scope(Set.of(), "spiffe://signet.test/nobody"),
                        1,
                        null,
                        "drill")) {
            case ActOutcome.Done<Reissue>(Reissue reissue) -> reissue.order().number();
            case ActOutcome.Pending<Reissue> _, ActOutcome.Refused<Reissue> _ ->
                    throw new AssertionError("not ordered");
        };
    }

    private record Watched(long sequence, boolean unknown, List<String> serials) {}

    /// What a client gets that has seen everything up to that sequence.
    private static Watched watched(ServerRig rig, long after) throws Exception {
        Context.CancellableContext context = Context.current().withCancellation();
        try {
            return context.call(() -> {
                Iterator<WatchRevocationsResponse> responses =
                        TrustServiceGrpc.newBlockingStub(rig.channel())
                                .watchRevocations(
                                        WatchRevocationsRequest.newBuilder()
                                                .setAfterSequence(after)
                                                .build());
                List<String> serials = new ArrayList<>();
                boolean unknown = false;
                while (true) {
                    WatchRevocationsResponse response = responses.next();
                    unknown |= response.getAfterSequenceUnknown();
                    response.getRevokedList().forEach(group -> serials.addAll(serials(group)));
                    if (response.hasAsOf()) {
                        return new Watched(response.getSequence(), unknown, serials);
                    }
                }
            });
        } finally {
            context.cancel(null);
        }
    }

    private static List<String> serials(dev.signet.proto.v1.RevokedSerialNumbers group) {
        String period = "%08x".formatted(group.getExpiryPeriod());
        String randoms = java.util.HexFormat.of().formatHex(group.getRandomBytes().toByteArray());
        List<String> serials = new ArrayList<>();
        for (int at = 0; at < randoms.length(); at += 32) {
            serials.add(period + randoms.substring(at, at + 32));
        }
        return serials;
    }

    private Held issue(ServerRig rig, String account) throws Exception {
        KeyPair keys = ServerRig.newKeys();
        return kept(
                new Held(
                        keys,
                        ServerRig.with(
                                        rig.certificates(),
                                        "Bearer " + rig.site.serviceAccountToken("shop", account))
                                .issueCertificate(
                                        IssueCertificateRequest.newBuilder()
                                                .setCertificateSigningRequest(
                                                        ByteString.copyFrom(ServerRig.csr(keys)))
                                                .build())
                                .getCertificate()));
    }

    private Held renew(ServerRig rig, Held held) throws Exception {
        KeyPair keys = ServerRig.newKeys();
        return kept(
                new Held(
                        keys,
                        CertificateServiceGrpc.newBlockingStub(
                                        rig.channel(
                                                held.keys(), ServerRig.chain(held.certificate())))
                                .renewCertificate(
                                        RenewCertificateRequest.newBuilder()
                                                .setCertificateSigningRequest(
                                                        ByteString.copyFrom(ServerRig.csr(keys)))
                                                .build())
                                .getCertificate()));
    }

    private Held kept(Held held) {
        assertThat(serials.add(held.certificate().getSerialNumber())).isTrue();
        return held;
    }
}
