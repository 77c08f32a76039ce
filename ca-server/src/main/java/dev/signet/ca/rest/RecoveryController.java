package dev.signet.ca.rest;

import dev.signet.ca.admin.RecoveryActs;
import dev.signet.ca.recovery.Losses;
import dev.signet.ca.recovery.UnrecordedCertificate;
import dev.signet.ca.recovery.UnrecordedCertificates;

import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/// What others know and this CA's record has lost.
@RestController
final class RecoveryController {

    private static final int DEFAULT_LIMIT = 100;

    private final UnrecordedCertificates certificates;
    private final Losses losses;
    private final RecoveryActs acts;
    private final Writes writes;

    RecoveryController(
            UnrecordedCertificates certificates, Losses losses, RecoveryActs acts, Writes writes) {
        this.certificates = certificates;
        this.losses = losses;
        this.acts = acts;
        this.writes = writes;
    }

    record View(
            @Field(
                            "Certificates that verify as ours, were presented by their holders, have"
                                    + " not expired, and are neither on record nor revoked nor"
                                    + " acknowledged")
                    long unrecordedCertificates,
            @Field("When the last of those was presented; absent: there is none")
                    @Nullable Instant certificatesUpTo,
            @Field(
                            "Revocations that clients have seen, on any replica, and that are neither on"
                                    + " record nor acknowledged; absent: there are none")
                    @Nullable LostRevocations lostRevocations) {

        static View of(Losses.Open open) {
            return new View(
                    open.certificates(),
                    open.certificatesUpTo(),
                    open.revocations().map(LostRevocations::of).orElse(null));
        }
    }

    record LostRevocations(
            @Field("When the last one on record was recorded; absent: none was")
                    @Nullable Instant after,
            @Field("When the last one that a client has seen was recorded") Instant upTo,
            @Field("Servers that such a one was shown to") List<String> replicas,
            @Field("When it was first shown") Instant firstShown,
            @Field("When a later one was last shown") Instant lastShown) {

        static LostRevocations of(Losses.LostRevocations lost) {
            return new LostRevocations(
                    lost.after() == 0 ? null : recordedAt(lost.after()),
                    recordedAt(lost.upTo()),
                    lost.replicas(),
                    lost.firstShown(),
                    lost.lastShown());
        }

        /// A sequence is at least the microseconds since the epoch at which it was given.
        private static Instant recordedAt(long sequence) {
            return Instant.EPOCH.plus(sequence, ChronoUnit.MICROS);
        }
    }

    record Acknowledge(
            @Field(
                            "Lost revocations up to then were dealt with: lostRevocations.upTo as it"
                                    + " was shown; absent: they stay open")
                    @Nullable Instant revocationsUpTo,
            @Field(
                            "Certificates presented up to then were dealt with: certificatesUpTo as it"
                                    + " was shown; absent: they stay open")
                    @Nullable Instant certificatesUpTo,
            @Field(value = "What was done, for the audit trail", least = 1, most = 1024)
                    String reason) {

        @Nullable Long sequence() {
            return revocationsUpTo == null
                    ? null
                    : ChronoUnit.MICROS.between(Instant.EPOCH, revocationsUpTo);
        }
    }

    record CertificateView(
            @Field("Its serial number, 40 hexadecimal digits") String serialNumber,
            @Field("Its URI SAN") String spiffeId,
            @Field("Id of the issuing CA whose key signed it") String authorityId,
            @Field("First second of its validity") Instant notBefore,
            @Field("Last second of its validity") Instant notAfter,
            @Field("When a caller first proved itself by it") Instant presentedAt,
            @Field("The certificate") String pem) {

        static CertificateView of(UnrecordedCertificate certificate) {
            return new CertificateView(
                    certificate.serialNumber().hex(),
                    certificate.spiffeId(),
                    certificate.authorityId(),
                    certificate.notBefore(),
                    certificate.notAfter(),
                    certificate.presentedAt(),
                    CertificateController.pem(certificate.der()));
        }
    }

    record Query(
            @Field(value = "Most entries", least = 1, most = 1000, byDefault = "100")
                    @Nullable Integer limit) {}

    record Page(@Field("The first presented first") List<CertificateView> items) {}

    @GetMapping("/v1/recovery")
    @Performs(Operation.SHOW_RECOVERY)
    View show() {
        return View.of(losses.open());
    }

    @PostMapping("/v1/recovery/acknowledge")
    @Performs(value = Operation.ACKNOWLEDGE_RECOVERY, answers = View.class)
    ResponseEntity<Object> acknowledge(@RequestBody Acknowledge body, Call call) {
        return writes.once(
                Operation.ACKNOWLEDGE_RECOVERY,
                call,
                body,
                () ->
                        acts.acknowledge(
                                call.actor(),
                                body.sequence(),
                                body.certificatesUpTo(),
                                body.reason()),
                open -> Writes.Done.ok(View.of(open)));
    }

    @GetMapping("/v1/recovery/unrecorded-certificates")
    @Performs(Operation.LIST_UNRECORDED_CERTIFICATES)
    Page list(Query query) {
        Integer limit = query.limit();
        return new Page(
                certificates.list(limit == null ? DEFAULT_LIMIT : limit).stream()
                        .map(CertificateView::of)
                        .toList());
    }
}
