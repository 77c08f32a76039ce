package dev.signet.ca.wire;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;

import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Map;

/// The one place where a refusal becomes a gRPC status with its details (docs/errors.md).
final class RefusalStatus {

    /// `ErrorInfo.domain` of every refusal.
    static final String DOMAIN = "signet.dev";

    /// Says nothing about the cause. What may follow is of the caller's own evidence alone.
    static final String UNAUTHENTICATED_TEXT =
            "no evidence, or evidence that does not prove anything here";

    static final Metadata.Key<com.google.rpc.Status> DETAILS =
            Metadata.Key.of(
                    "grpc-status-details-bin",
                    ProtoUtils.metadataMarshaller(com.google.rpc.Status.getDefaultInstance()));

    /// Metadata key of a refusal that names the request field at fault.
    private static final String FIELD = "field";

    private static final int MAX_MESSAGE_LENGTH = 1024;
    private static final Duration WAIT_WHEN_OVERLOADED = Duration.ofSeconds(1);

    private RefusalStatus() {}

    /// Retryable codes are those that a standard client retries: UNAVAILABLE (another replica or a
    /// later moment may do) and RESOURCE_EXHAUSTED (after the given wait).
    static Status.Code code(RefusalCode code) {
        return switch (code) {
            case UNAUTHENTICATED, TOKEN_ALREADY_USED -> Status.Code.UNAUTHENTICATED;
            case NOT_PERMITTED,
                    POLICY_DENIED,
                    POLICY_TOO_COSTLY,
                    IDENTITY_NOT_GRANTED,
                    ROLE_REQUIRED,
                    IDENTITY_BLOCKED,
                    NAME_NOT_GRANTED,
                    SUBJECT_NOT_GRANTED,
                    USAGE_NOT_GRANTED,
                    PROFILE_NOT_GRANTED,
                    SECOND_PERSON_REQUIRED ->
                    Status.Code.PERMISSION_DENIED;
            case CSR_MALFORMED,
                    CSR_SIGNATURE_INVALID,
                    KEY_NOT_ACCEPTED,
                    KEY_TYPE_NOT_GRANTED,
                    INVALID_ARGUMENT,
                    LIFETIME_NOT_GRANTED,
                    NOT_ACCEPTABLE,
                    UNSUPPORTED_MEDIA_TYPE,
                    REQUEST_TOO_LARGE,
                    POLICY_NOT_ACCEPTED,
                    AUTHORITY_NOT_ACCEPTED ->
                    Status.Code.INVALID_ARGUMENT;
            case REQUEST_ID_REUSED, IDEMPOTENCY_KEY_REUSED -> Status.Code.ALREADY_EXISTS;
            case NOT_FOUND -> Status.Code.NOT_FOUND;
            case METHOD_NOT_ALLOWED -> Status.Code.UNIMPLEMENTED;
            case PRECONDITION_REQUIRED,
                    PRECONDITION_FAILED,
                    CONFLICT,
                    ACTIVATION_NOT_ACKNOWLEDGED,
                    LAST_AUTHORITY ->
                    Status.Code.FAILED_PRECONDITION;
            case OVERLOADED, TOO_MANY_WATCHES, RATE_LIMITED, LOGIN_THROTTLED ->
                    Status.Code.RESOURCE_EXHAUSTED;
            case SUSPENDED,
                    AUTHORITY_NOT_USABLE,
                    CLOCK_SKEW,
                    LEDGER_UNAVAILABLE,
                    ATTESTATION_UNAVAILABLE,
                    SHUTTING_DOWN ->
                    Status.Code.UNAVAILABLE;
            case DEADLINE_EXCEEDED -> Status.Code.DEADLINE_EXCEEDED;
        };
    }

    static Status status(Refusal refusal) {
        return code(refusal.code()).toStatus().withDescription(message(refusal));
    }

    static Metadata trailers(Refusal refusal) {
        ErrorInfo.Builder info =
                ErrorInfo.newBuilder().setDomain(DOMAIN).setReason(refusal.code().name());
        com.google.rpc.Status.Builder status =
                com.google.rpc.Status.newBuilder()
                        .setCode(code(refusal.code()).value())
                        .setMessage(message(refusal));
        if (refusal.code() != RefusalCode.UNAUTHENTICATED) {
            info.putAllMetadata(refusal.metadata());
        } else if (!refusal.evidence().isEmpty()) {
            info.putMetadata(Refusal.EVIDENCE, refusal.evidence());
        }
        status.addDetails(Any.pack(info.build()));
        Duration wait = waitTime(refusal);
        if (wait != null) {
            status.addDetails(
                    Any.pack(
                            RetryInfo.newBuilder().setRetryDelay(Protobuf.duration(wait)).build()));
        }
        String field = field(refusal);
        if (field != null) {
            status.addDetails(
                    Any.pack(
                            BadRequest.newBuilder()
                                    .addFieldViolations(
                                            BadRequest.FieldViolation.newBuilder()
                                                    .setField(field)
                                                    .setDescription(message(refusal))
                                                    .setReason(refusal.code().name()))
                                    .build()));
        }
        Metadata trailers = new Metadata();
        trailers.put(DETAILS, status.build());
        return trailers;
    }

    /// INVALID_ARGUMENT that names the request field at fault.
    static Refusal invalidField(String field, String message) {
        return new Refusal(RefusalCode.INVALID_ARGUMENT, message, "", null, Map.of(FIELD, field));
    }

    private static @Nullable Duration waitTime(Refusal refusal) {
        if (refusal.retryAfter() != null) {
            return refusal.retryAfter();
        }
        return code(refusal.code()) == Status.Code.RESOURCE_EXHAUSTED ? WAIT_WHEN_OVERLOADED : null;
    }

    private static @Nullable String field(Refusal refusal) {
        return switch (refusal.code()) {
            case CSR_MALFORMED, CSR_SIGNATURE_INVALID, KEY_NOT_ACCEPTED, KEY_TYPE_NOT_GRANTED ->
                    "certificate_signing_request";
            case LIFETIME_NOT_GRANTED -> "lifetime";
            case INVALID_ARGUMENT -> refusal.metadata().get(FIELD);
            case UNAUTHENTICATED,
                    NOT_PERMITTED,
                    REQUEST_ID_REUSED,
                    TOKEN_ALREADY_USED,
                    POLICY_DENIED,
                    POLICY_TOO_COSTLY,
                    IDENTITY_NOT_GRANTED,
                    ROLE_REQUIRED,
                    AUTHORITY_NOT_USABLE,
                    AUTHORITY_NOT_ACCEPTED,
                    ACTIVATION_NOT_ACKNOWLEDGED,
                    LAST_AUTHORITY,
                    CLOCK_SKEW,
                    OVERLOADED,
                    TOO_MANY_WATCHES,
                    LEDGER_UNAVAILABLE,
                    ATTESTATION_UNAVAILABLE,
                    SHUTTING_DOWN,
                    DEADLINE_EXCEEDED,
                    NAME_NOT_GRANTED,
                    SUBJECT_NOT_GRANTED,
                    USAGE_NOT_GRANTED,
                    PROFILE_NOT_GRANTED,
                    RATE_LIMITED,
                    SUSPENDED,
                    IDENTITY_BLOCKED,
                    NOT_FOUND,
                    METHOD_NOT_ALLOWED,
                    NOT_ACCEPTABLE,
                    UNSUPPORTED_MEDIA_TYPE,
                    REQUEST_TOO_LARGE,
                    PRECONDITION_REQUIRED,
                    PRECONDITION_FAILED,
                    IDEMPOTENCY_KEY_REUSED,
                    CONFLICT,
                    POLICY_NOT_ACCEPTED,
                    SECOND_PERSON_REQUIRED,
                    LOGIN_THROTTLED ->
                    null;
        };
    }

    private static String message(Refusal refusal) {
        String message =
                refusal.code() != RefusalCode.UNAUTHENTICATED
                        ? refusal.message()
                        : refusal.evidence().isEmpty()
                                ? UNAUTHENTICATED_TEXT
                                : UNAUTHENTICATED_TEXT + ". " + refusal.evidence();
        return message.length() <= MAX_MESSAGE_LENGTH
                ? message
                : message.substring(0, MAX_MESSAGE_LENGTH);
    }
}
