package dev.signet.ca.rest;

import dev.signet.ca.recovery.UnrecordedCertificate;
import dev.signet.ca.recovery.UnrecordedCertificates;
import dev.signet.ca.revocation.RevocationLoss;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/// What others know and this CA's record has lost.
@RestController
final class RecoveryController {

    private static final int DEFAULT_LIMIT = 100;

    private final UnrecordedCertificates certificates;
    private final RevocationLoss loss;

    RecoveryController(UnrecordedCertificates certificates, RevocationLoss loss) {
        this.certificates = certificates;
        this.loss = loss;
    }

    record View(
            @Field(
                            "Certificates that verify as ours, were presented by their holders, have"
                                    + " not expired, and are not on record")
                    long unrecordedCertificates,
            @Field(
                            "Revocations that clients of this replica have seen and that are not on"
                                    + " record; absent: none were shown since it started")
                    @Nullable LostRevocations lostRevocations) {}

    record LostRevocations(
            @Field("When the last one on record was recorded; absent: none is")
                    @Nullable Instant after,
            @Field("When the last one that a client has seen was recorded") Instant upTo,
            @Field("How often a client showed such a one") long clients,
            @Field("When it was first shown") Instant firstShown,
            @Field("When it was last shown") Instant lastShown) {

        static LostRevocations of(RevocationLoss.Suspicion suspicion) {
            long known = suspicion.knownSequence();
            return new LostRevocations(
                    known == 0 ? null : recordedAt(known),
                    recordedAt(suspicion.greatestSequence()),
                    suspicion.clients(),
                    suspicion.first(),
                    suspicion.last());
        }

        /// A sequence is at least the microseconds since the epoch at which it was given.
        private static Instant recordedAt(long sequence) {
            return Instant.EPOCH.plus(sequence, ChronoUnit.MICROS);
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
        return new View(
                certificates.count(), loss.suspicion().map(LostRevocations::of).orElse(null));
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
