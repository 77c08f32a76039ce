package dev.signet.ca.rest;

import com.fasterxml.jackson.annotation.JsonInclude;

import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;

/// What a refused request is answered with.
///
/// @rfc 9457
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record Problem(
        @Field("Short name of the status") String title,
        @Field("HTTP status") int status,
        @Field("What was wrong, what was expected, what to do") String detail,
        @Field("Permanent code, docs/errors.md; absent where the server is at fault")
                @Nullable RefusalCode code,
        @Field("Names the log line of a fault of the server") @Nullable String id,
        @Field("How long to wait before a retry can help") @Nullable Long retryAfterSeconds,
        @Field("Each thing that is wrong") List<Detail> errors) {

    static final String MEDIA_TYPE = "application/problem+json";

    /// Metadata key of a refusal that names the request field at fault.
    static final String FIELD = "field";

    private static final String UNAUTHENTICATED_TEXT =
            "No credential, or one that proves nothing here.";
    private static final int MAX_DETAIL = 1024;
    private static final long WAIT_WHEN_OVERLOADED = 1;

    /// One thing that is wrong, in a field or at a place in a document.
    record Detail(
            @Field("Field at fault") @Nullable String field,
            @Field(value = "Line in the document", least = 1) @Nullable Integer line,
            @Field(value = "Column in the document", least = 1) @Nullable Integer column,
            @Field("What is wrong") String message) {}

    static Problem of(Refusal refusal, List<Detail> details) {
        int status = status(refusal.code());
        String field = refusal.metadata().get(FIELD);
        List<Detail> errors =
                details.isEmpty() && field != null
                        ? List.of(new Detail(field, null, null, cut(refusal.message())))
                        : details;
        return new Problem(
                title(status),
                status,
                cut(detail(refusal)),
                refusal.code(),
                null,
                waitSeconds(refusal, status),
                errors);
    }

    private static String detail(Refusal refusal) {
        if (refusal.code() != RefusalCode.UNAUTHENTICATED) {
            return refusal.message();
        }
        return refusal.evidence().isEmpty()
                ? UNAUTHENTICATED_TEXT
                : UNAUTHENTICATED_TEXT + " " + refusal.evidence();
    }

    /// A fault of the server: nothing is told but where to find it.
    static Problem fault(String id) {
        return new Problem(
                title(500),
                500,
                "The server failed. Its log has the cause under this id.",
                null,
                id,
                null,
                List.of());
    }

    /// With another status than the code's own.
    Problem withStatus(int other) {
        return new Problem(title(other), other, detail, code, id, retryAfterSeconds, errors);
    }

    private static @Nullable Long waitSeconds(Refusal refusal, int status) {
        Duration wait = refusal.retryAfter();
        if (wait != null) {
            return Math.max(1, wait.plusMillis(999).toSeconds());
        }
        return status == 429 || status == 503 ? WAIT_WHEN_OVERLOADED : null;
    }

    private static String cut(String message) {
        return message.length() <= MAX_DETAIL ? message : message.substring(0, MAX_DETAIL);
    }

    /// The one place where a code becomes an HTTP status (docs/errors.md).
    static int status(RefusalCode code) {
        return switch (code) {
            case CSR_MALFORMED,
                    CSR_SIGNATURE_INVALID,
                    KEY_NOT_ACCEPTED,
                    KEY_TYPE_NOT_GRANTED,
                    INVALID_ARGUMENT,
                    LIFETIME_NOT_GRANTED ->
                    400;
            case UNAUTHENTICATED, TOKEN_ALREADY_USED -> 401;
            case NOT_PERMITTED,
                    POLICY_DENIED,
                    IDENTITY_NOT_GRANTED,
                    ROLE_REQUIRED,
                    IDENTITY_BLOCKED,
                    NAME_NOT_GRANTED,
                    SUBJECT_NOT_GRANTED,
                    USAGE_NOT_GRANTED,
                    PROFILE_NOT_GRANTED,
                    SECOND_PERSON_REQUIRED ->
                    403;
            case NOT_FOUND -> 404;
            case METHOD_NOT_ALLOWED -> 405;
            case NOT_ACCEPTABLE -> 406;
            case REQUEST_ID_REUSED, CONFLICT, ACTIVATION_NOT_ACKNOWLEDGED, LAST_AUTHORITY -> 409;
            case PRECONDITION_FAILED -> 412;
            case REQUEST_TOO_LARGE -> 413;
            case UNSUPPORTED_MEDIA_TYPE -> 415;
            case POLICY_NOT_ACCEPTED,
                    POLICY_TOO_COSTLY,
                    AUTHORITY_NOT_ACCEPTED,
                    IDEMPOTENCY_KEY_REUSED ->
                    422;
            case PRECONDITION_REQUIRED -> 428;
            case RATE_LIMITED, LOGIN_THROTTLED, TOO_MANY_WATCHES -> 429;
            case OVERLOADED,
                    SUSPENDED,
                    AUTHORITY_NOT_USABLE,
                    CLOCK_SKEW,
                    LEDGER_UNAVAILABLE,
                    ATTESTATION_UNAVAILABLE,
                    SHUTTING_DOWN ->
                    503;
            case DEADLINE_EXCEEDED -> 504;
        };
    }

    static String title(int status) {
        return switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 406 -> "Not Acceptable";
            case 408 -> "Request Timeout";
            case 409 -> "Conflict";
            case 411 -> "Length Required";
            case 412 -> "Precondition Failed";
            case 413 -> "Content Too Large";
            case 414 -> "URI Too Long";
            case 415 -> "Unsupported Media Type";
            case 422 -> "Unprocessable Content";
            case 428 -> "Precondition Required";
            case 429 -> "Too Many Requests";
            case 431 -> "Request Header Fields Too Large";
            case 503 -> "Service Unavailable";
            case 504 -> "Gateway Timeout";
            case 505 -> "HTTP Version Not Supported";
            default -> status >= 500 ? "Internal Server Error" : "Bad Request";
        };
    }
}
