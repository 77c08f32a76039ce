package dev.signet.ca.wire;

import dev.signet.ca.admin.ActOutcome;
import dev.signet.ca.admin.HolderRevocation;
import dev.signet.ca.admin.RevocationActs;
import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.ca.revocation.Revocation;
import dev.signet.ca.revocation.RevocationReason;
import dev.signet.proto.v1.RevokeCertificateRequest;
import dev.signet.proto.v1.RevokeCertificateResponse;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/// CertificateService.RevokeCertificate. It waits for PostgreSQL: a few at a time on threads of
/// their own, one more is refused at once. A certificate can be revoked once, and after that gets
/// no further than the access check: no caller can keep this busy. Thread-safe.
final class OwnRevocation {

    private static final int AT_A_TIME = 4;
    private static final int MAX_COMMENT_LENGTH = 1024;

    private final HolderRevocation holders;
    private final Executor executor;
    private final Semaphore places = new Semaphore(AT_A_TIME);

    /// @param executor starts a thread for each task
    OwnRevocation(HolderRevocation holders, Executor executor) {
        this.holders = holders;
        this.executor = executor;
    }

    void revoke(
            RevokeCertificateRequest request,
            Caller caller,
            Answer<RevokeCertificateResponse> answer) {
        Optional<RevocationReason> reason = reason(request);
        if (reason.isEmpty()) {
            answer.refuse(
                    RefusalStatus.invalidField(
                            "reason",
                            "reason is none that a holder may give (expected: key compromise,"
                                    + " superseded, cessation of operation, or unspecified)"));
            return;
        }
        if (request.getComment().length() > MAX_COMMENT_LENGTH) {
            answer.refuse(
                    RefusalStatus.invalidField(
                            "comment", "comment is longer than 1024 characters"));
            return;
        }
        List<X509Certificate> chain = caller.certificates();
        if (!places.tryAcquire()) {
            answer.refuse(
                    Refusal.of(
                            RefusalCode.OVERLOADED,
                            "too many revocations are being served; retry later"));
            return;
        }
        boolean started = false;
        try {
            executor.execute(() -> {
                try {
                    settle(holders.revoke(chain, null, reason.get(), request.getComment()), answer);
                } catch (LedgerUnavailableException e) {
                    answer.refuse(
                            Refusal.withDiagnosis(
                                    RefusalCode.LEDGER_UNAVAILABLE,
                                    "The revocation could not be put on record. Retry.",
                                    String.valueOf(e.getMessage())));
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

    private static void settle(
            ActOutcome<RevocationActs.Revoked> outcome, Answer<RevokeCertificateResponse> answer) {
        switch (outcome) {
            case ActOutcome.Done<RevocationActs.Revoked>(RevocationActs.Revoked revoked) -> {
                Revocation revocation = revoked.revocation();
                answer.send(
                        RevokeCertificateResponse.newBuilder()
                                .setSerialNumber(revocation.serialNumber().hex())
                                .setRevokedAt(Protobuf.timestamp(revocation.revokedAt()))
                                .build());
            }
            case ActOutcome.Refused<RevocationActs.Revoked>(Refusal refusal) ->
                    answer.refuse(refusal);
            case ActOutcome.Pending<RevocationActs.Revoked> _ ->
                    answer.fault(new IllegalStateException("a holder's act waits for nobody"));
        }
    }

    private static Optional<RevocationReason> reason(RevokeCertificateRequest request) {
        return switch (request.getReason()) {
            case REVOCATION_REASON_UNSPECIFIED -> Optional.of(RevocationReason.UNSPECIFIED);
            case REVOCATION_REASON_KEY_COMPROMISE -> Optional.of(RevocationReason.KEY_COMPROMISE);
            case REVOCATION_REASON_SUPERSEDED -> Optional.of(RevocationReason.SUPERSEDED);
            case REVOCATION_REASON_CESSATION_OF_OPERATION ->
                    Optional.of(RevocationReason.CESSATION_OF_OPERATION);
            case UNRECOGNIZED -> Optional.empty();
        };
    }
}
