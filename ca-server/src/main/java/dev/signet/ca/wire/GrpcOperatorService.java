package dev.signet.ca.wire;

import com.google.protobuf.UnsafeByteOperations;

import dev.signet.ca.admin.OperatorActs;
import dev.signet.ca.attestation.CreatedJoinToken;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.ledger.CertificateRecords;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.proto.v1.CertificateRecord;
import dev.signet.proto.v1.CreateJoinTokenRequest;
import dev.signet.proto.v1.CreateJoinTokenResponse;
import dev.signet.proto.v1.ListCertificatesRequest;
import dev.signet.proto.v1.ListCertificatesResponse;
import dev.signet.proto.v1.OperatorServiceGrpc;

import io.grpc.ServerServiceDefinition;

import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/// signet.v1.OperatorService. Its acts wait for PostgreSQL: each runs on a thread of its own, a
/// bounded number at a time, one more is refused at once. Thread-safe.
final class GrpcOperatorService {

    /// The credential names nobody in particular.
    private static final String OPERATOR = "operator-credential";

    private static final int MAX_PREFIX_LENGTH = 2048;
    private static final int MAX_PAGE_TOKEN_LENGTH = 512;

    private final OperatorActs acts;
    private final Executor executor;
    private final Semaphore places;

    /// @param executor starts a thread for each task
    GrpcOperatorService(OperatorActs acts, Executor executor, int atATime) {
        this.acts = acts;
        this.executor = executor;
        this.places = new Semaphore(atATime);
    }

    ServerServiceDefinition definition(UnaryCalls calls) {
        return Lenient.service(
                OperatorServiceGrpc.getServiceDescriptor(),
                List.of(
                        calls.serve(
                                OperatorServiceGrpc.getCreateJoinTokenMethod(),
                                (request, _, answer) -> run(answer, () -> create(request, answer))),
                        calls.serve(
                                OperatorServiceGrpc.getListCertificatesMethod(),
                                (request, _, answer) -> run(answer, () -> list(request, answer)))));
    }

    private void run(Answer<?> answer, Runnable act) {
        if (!places.tryAcquire()) {
            answer.refuse(
                    Refusal.of(
                            RefusalCode.OVERLOADED,
                            "too many operator calls are being served; retry later"));
            return;
        }
        boolean started = false;
        try {
            executor.execute(() -> {
                try {
                    act.run();
                } catch (RuntimeException | AssertionError e) {
                    answer.fault(e);
                } finally {
                    places.release();
                }
            });
            started = true;
        } finally {
            if (!started) {
                places.release();
            }
        }
    }

    private void create(CreateJoinTokenRequest request, Answer<CreateJoinTokenResponse> answer) {
        Duration timeToLive = null;
        if (request.hasTimeToLive()) {
            Optional<Duration> parsed = Protobuf.wholeSeconds(request.getTimeToLive());
            if (parsed.isEmpty()) {
                answer.refuse(
                        RefusalStatus.invalidField(
                                "time_to_live",
                                "time_to_live is not a whole number of seconds from 1 s to 24 h"));
                return;
            }
            timeToLive = parsed.get();
        }
        switch (acts.createJoinToken(request.getSpiffeIdPattern(), timeToLive, OPERATOR)) {
            case OperatorActs.TokenOutcome.Created(CreatedJoinToken token) ->
                    answer.send(
                            CreateJoinTokenResponse.newBuilder()
                                    .setToken(token.secret())
                                    .setTokenId(token.tokenId())
                                    .setExpiresAt(Protobuf.timestamp(token.expiresAt()))
                                    .build());
            case OperatorActs.TokenOutcome.Refused(Refusal refusal) -> answer.refuse(refusal);
        }
    }

    private void list(ListCertificatesRequest request, Answer<ListCertificatesResponse> answer) {
        if (request.getSpiffeIdPrefix().length() > MAX_PREFIX_LENGTH
                || request.getPageToken().length() > MAX_PAGE_TOKEN_LENGTH) {
            answer.refuse(
                    UnaryCalls.malformed(
                            "spiffe_id_prefix or page_token is longer than documented"));
            return;
        }
        SerialNumber serialNumber = null;
        if (!request.getSerialNumber().isEmpty()) {
            Optional<SerialNumber> parsed = SerialNumber.fromHex(request.getSerialNumber());
            if (parsed.isEmpty()) {
                answer.refuse(
                        RefusalStatus.invalidField(
                                "serial_number",
                                "serial_number is not one of this CA (expected: 40 hexadecimal"
                                        + " digits)"));
                return;
            }
            serialNumber = parsed.get();
        }
        Optional<Instant> from =
                request.hasIssuedFrom()
                        ? Protobuf.instant(request.getIssuedFrom())
                        : Optional.empty();
        Optional<Instant> before =
                request.hasIssuedBefore()
                        ? Protobuf.instant(request.getIssuedBefore())
                        : Optional.empty();
        if ((request.hasIssuedFrom() && from.isEmpty())
                || (request.hasIssuedBefore() && before.isEmpty())) {
            answer.refuse(UnaryCalls.malformed("issued_from or issued_before is not a timestamp"));
            return;
        }
        OperatorActs.Query query =
                new OperatorActs.Query(
                        request.getSpiffeIdPrefix(),
                        serialNumber,
                        from.orElse(null),
                        before.orElse(null),
                        request.getPageSize(),
                        request.getPageToken());
        switch (acts.listCertificates(query)) {
            case OperatorActs.ListOutcome.Page page -> answer.send(message(page));
            case OperatorActs.ListOutcome.Refused(Refusal refusal) -> answer.refuse(refusal);
        }
    }

    private static ListCertificatesResponse message(OperatorActs.ListOutcome.Page page) {
        ListCertificatesResponse.Builder response = ListCertificatesResponse.newBuilder();
        page.certificates().forEach(record -> response.addCertificates(message(record)));
        String next = page.nextPageToken();
        if (next != null) {
            response.setNextPageToken(next);
        }
        return response.build();
    }

    private static CertificateRecord message(CertificateRecords.CertificateRecord row) {
        return CertificateRecord.newBuilder()
                .setSerialNumber(row.serialNumber().hex())
                .setSpiffeId(row.spiffeId())
                .setIssuedAt(Protobuf.timestamp(row.issuedAt()))
                .setNotBefore(Protobuf.timestamp(row.validity().notBefore()))
                .setNotAfter(Protobuf.timestamp(row.validity().notAfter()))
                .setEvidenceKind(row.evidenceKind())
                .setEvidenceSubject(row.evidenceSubject())
                .setPolicyVersion(row.policyVersion())
                .setPolicyRule(row.policyRule())
                .setProfile(row.profile() + " v" + row.profileVersion())
                .setAuthorityId(row.authorityId())
                .setReplica(row.replica())
                .setKeySha256(HexFormat.of().formatHex(row.keySha256()))
                .setCertificate(UnsafeByteOperations.unsafeWrap(row.der()))
                .build();
    }
}
