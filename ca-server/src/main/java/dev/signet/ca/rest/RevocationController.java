package dev.signet.ca.rest;

import dev.signet.ca.admin.RevocationActs;
import dev.signet.ca.authority.KnownAuthorities;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.ledger.CertificateRecords;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.ca.revocation.Revocation;
import dev.signet.ca.revocation.RevocationReason;
import dev.signet.ca.revocation.Revocations;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import java.io.IOException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/// Revoking one certificate, and what is revoked.
@RestController
final class RevocationController {

    static final String SERIAL = "[0-9a-fA-F]{40}";
    static final String SHA256 = "[0-9a-fA-F]{64}";

    private static final int DEFAULT_LIMIT = 100;

    private final Revocations revocations;
    private final RevocationActs acts;
    private final CertificateRecords records;
    private final KnownAuthorities authorities;
    private final Writes writes;
    private final Streams streams;

    RevocationController(
            Revocations revocations,
            RevocationActs acts,
            CertificateRecords records,
            KnownAuthorities authorities,
            Writes writes,
            Streams streams) {
        this.revocations = revocations;
        this.acts = acts;
        this.records = records;
        this.authorities = authorities;
        this.writes = writes;
        this.streams = streams;
    }

    /// As [RevocationReason], as RFC 5280 writes it.
    enum Reason {
        UNSPECIFIED,
        KEY_COMPROMISE,
        CA_COMPROMISE,
        AFFILIATION_CHANGED,
        SUPERSEDED,
        CESSATION_OF_OPERATION,
        PRIVILEGE_WITHDRAWN;

        static Reason of(RevocationReason reason) {
            return valueOf(reason.name());
        }

        RevocationReason reason() {
            return RevocationReason.valueOf(name());
        }

        @Override
        public String toString() {
            return reason().text();
        }
    }

    record View(
            @Field("Hexadecimal, 40 digits") String serialNumber,
            @Field("Grows with each revocation") long sequence,
            @Field("Id of the authority that issued it") String authorityId,
            @Field("Its identity; absent: not known") @Nullable String spiffeId,
            @Field("Last second of its life") Instant notAfter,
            @Field("Whether the certificate was in the ledger") boolean onRecord,
            @Field("Why, as RFC 5280 says it") Reason reason,
            @Field("Why, for people") String comment,
            @Field("Who revoked it") ApprovalController.Person by,
            @Field("Bulk revocation that it is part of; absent: none") @Nullable UUID jobId,
            @Field("When") Instant revokedAt) {

        static View of(Revocation revocation) {
            return new View(
                    revocation.serialNumber().hex(),
                    revocation.sequence(),
                    revocation.authorityId(),
                    revocation.spiffeId(),
                    revocation.notAfter(),
                    revocation.onRecord(),
                    Reason.of(revocation.reason()),
                    revocation.comment(),
                    ApprovalController.Person.of(revocation.by()),
                    revocation.jobId(),
                    revocation.revokedAt());
        }
    }

    record NewRevocation(
            @Field(value = "Serial number, hexadecimal; or sha256", pattern = SERIAL)
                    @Nullable String serialNumber,
            @Field(
                            value = "SHA-256 of the certificate, hexadecimal; or serialNumber",
                            pattern = SHA256)
                    @Nullable String sha256,
            @Field("Why, as RFC 5280 says it") Reason reason,
            @Field(value = "Why, for people and the audit trail", least = 1, most = 1024)
                    String comment,
            @Field(
                            value =
                                    "Whether its identity gets no further certificate, until released",
                            byDefault = "false")
                    @Nullable Boolean block,
            @Field("For one that is not on record") @Nullable Unrecorded unrecorded) {}

    record Unrecorded(
            @Field(value = "Id of the authority that issued it", pattern = SHA256)
                    String authorityId,
            @Field("Last second of its life; absent: as the serial number says, to the hour")
                    @Nullable Instant notAfter) {}

    record Revoked(
            @Field("False: it was revoked before, as the revocation says") boolean changed,
            @Field("The revocation") View revocation) {

        static Revoked of(RevocationActs.Revoked revoked) {
            return new Revoked(revoked.changed(), View.of(revoked.revocation()));
        }
    }

    @PostMapping("/v1/revocations")
    @Performs(value = Operation.REVOKE_CERTIFICATE, answers = Revoked.class)
    ResponseEntity<Object> revoke(@RequestBody NewRevocation body, Call call) {
        SerialNumber serialNumber = serialNumber(body);
        RevocationReason reason = body.reason().reason();
        boolean block = Boolean.TRUE.equals(body.block());
        Unrecorded unrecorded = body.unrecorded();
        if (unrecorded != null) {
            check(body, unrecorded);
        }
        return writes.once(
                Operation.REVOKE_CERTIFICATE,
                call,
                body,
                () ->
                        unrecorded == null
                                ? acts.revoke(
                                        call.actor(), serialNumber, reason, body.comment(), block)
                                : acts.revokeUnrecorded(
                                        call.actor(),
                                        serialNumber,
                                        unrecorded.authorityId(),
                                        unrecorded.notAfter(),
                                        reason,
                                        body.comment()),
                revoked -> Writes.Done.ok(Revoked.of(revoked)));
    }

    private void check(NewRevocation body, Unrecorded unrecorded) {
        if (body.serialNumber() == null || Boolean.TRUE.equals(body.block())) {
            throw RefusedException.field(
                    "unrecorded",
                    "it does not go with sha256 or block (expected: serialNumber alone).");
        }
        if (authorities.described().stream()
                .noneMatch(authority -> authority.id().equals(unrecorded.authorityId()))) {
            throw RefusedException.field(
                    "unrecorded.authorityId", "it is none of this CA's authorities.");
        }
    }

    private SerialNumber serialNumber(NewRevocation body) {
        String hex = body.serialNumber();
        String sha256 = body.sha256();
        if ((hex == null) == (sha256 == null)) {
            throw RefusedException.field(
                    "serialNumber", "give either this or sha256 (expected: one of them).");
        }
        if (hex != null) {
            return SerialNumber.fromHex(hex).orElseThrow(RevocationController::notOnRecord);
        }
        return records
                .search(
                        CertificateRecords.Criteria.builder()
                                .sha256(HexFormat.of().parseHex(sha256))
                                .build(),
                        1,
                        null)
                .records()
                .stream()
                .findFirst()
                .map(CertificateRecords.CertificateRecord::serialNumber)
                .orElseThrow(RevocationController::notOnRecord);
    }

    private static RefusedException notOnRecord() {
        return RefusedException.of(RefusalCode.NOT_FOUND, "No such certificate is on record.");
    }

    record Filter(
            @Field(value = "Serial number, hexadecimal", pattern = SERIAL)
                    @Nullable String serialNumber,
            @Field(value = "Id of the authority that issued it", pattern = SHA256)
                    @Nullable String authorityId,
            @Field(value = "Beginning of the SPIFFE ID", most = 2048)
                    @Nullable String spiffeIdPrefix,
            @Field("Why, as RFC 5280 says it") @Nullable Reason reason,
            @Field(
                            value = "Bulk revocation that it is part of",
                            pattern = ApprovalController.UUID_FORM)
                    @Nullable String jobId,
            @Field(value = "Who revoked it, exactly", most = 2048) @Nullable String bySubject,
            @Field("Revoked at or after") @Nullable Instant revokedFrom,
            @Field("Revoked before") @Nullable Instant revokedBefore) {

        Revocations.Criteria criteria() {
            return new Revocations.Criteria(
                    serialNumber == null
                            ? null
                            : SerialNumber.fromHex(serialNumber)
                                    .orElse(CertificateController.NOT_OURS),
                    authorityId,
                    spiffeIdPrefix,
                    reason == null ? null : reason.reason(),
                    jobId == null ? null : UUID.fromString(jobId),
                    bySubject,
                    revokedFrom,
                    revokedBefore);
        }
    }

    record Query(
            @Field(value = "Serial number, hexadecimal", pattern = SERIAL)
                    @Nullable String serialNumber,
            @Field(value = "Id of the authority that issued it", pattern = SHA256)
                    @Nullable String authorityId,
            @Field(value = "Beginning of the SPIFFE ID", most = 2048)
                    @Nullable String spiffeIdPrefix,
            @Field("Why, as RFC 5280 says it") @Nullable Reason reason,
            @Field(
                            value = "Bulk revocation that it is part of",
                            pattern = ApprovalController.UUID_FORM)
                    @Nullable String jobId,
            @Field(value = "Who revoked it, exactly", most = 2048) @Nullable String bySubject,
            @Field("Revoked at or after") @Nullable Instant revokedFrom,
            @Field("Revoked before") @Nullable Instant revokedBefore,
            @Field(value = "Most entries of the page", least = 1, most = 1000, byDefault = "100")
                    @Nullable Integer limit,
            @Field(value = "nextPageToken of the page before", most = 512)
                    @Nullable String pageToken) {

        Filter filter() {
            return new Filter(
                    serialNumber,
                    authorityId,
                    spiffeIdPrefix,
                    reason,
                    jobId,
                    bySubject,
                    revokedFrom,
                    revokedBefore);
        }
    }

    record Page(
            @Field("The youngest first") List<View> items,
            @Field("For the next page; absent: there is none") @Nullable String nextPageToken) {}

    @GetMapping("/v1/revocations")
    @Performs(Operation.LIST_REVOCATIONS)
    Page list(Query query) {
        Integer limit = query.limit();
        try {
            Revocations.Page page =
                    revocations.list(
                            query.filter().criteria(),
                            limit == null ? DEFAULT_LIMIT : limit,
                            query.pageToken());
            return new Page(
                    page.revocations().stream().map(View::of).toList(), page.nextPageToken());
        } catch (IllegalArgumentException _) {
            throw RefusedException.badPageToken();
        }
    }

    @GetMapping("/v1/revocations/{serialNumber:" + SERIAL + "}")
    @Performs(Operation.SHOW_REVOCATION)
    View one(
            @PathVariable @Field(value = "Serial number, hexadecimal", pattern = SERIAL)
                    String serialNumber) {
        return SerialNumber.fromHex(serialNumber)
                .flatMap(revocations::find)
                .map(View::of)
                .orElseThrow(() ->
                        RefusedException.of(
                                RefusalCode.NOT_FOUND,
                                "No revocation of this serial number is on record."));
    }

    @GetMapping(path = "/v1/revocations/export", produces = Streams.NDJSON)
    @Performs(value = Operation.EXPORT_REVOCATIONS, streams = View.class)
    void export(Filter filter, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        streams.rows(
                request,
                response,
                View.class,
                "revocations",
                consumer ->
                        revocations.stream(
                                filter.criteria(),
                                revocation -> consumer.accept(View.of(revocation))));
    }
}
