package dev.signet.ca.rest;

import dev.signet.ca.recovery.UnrecordedCertificate;
import dev.signet.ca.recovery.UnrecordedCertificates;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import java.time.Instant;
import java.util.List;

/// What others know and this CA's record has lost.
@RestController
final class RecoveryController {

    private static final int DEFAULT_LIMIT = 100;

    private final UnrecordedCertificates certificates;

    RecoveryController(UnrecordedCertificates certificates) {
        this.certificates = certificates;
    }

    record View(
            @Field(
                            "Certificates that verify as ours, were presented by their holders, have"
                                    + " not expired, and are not on record")
                    long unrecordedCertificates) {}

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
        return new View(certificates.count());
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
