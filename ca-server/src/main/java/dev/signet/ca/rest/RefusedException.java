package dev.signet.ca.rest;

import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import java.util.List;
import java.util.Map;

/// Carries a refusal from a handler to the one place that writes problems, through the servlet
/// stack, which knows no other way out. Has no stack trace: it is no fault.
final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Refusal refusal;
    private final transient List<Problem.Detail> details;

    RefusedException(Refusal refusal) {
        this(refusal, List.of());
    }

    RefusedException(Refusal refusal, List<Problem.Detail> details) {
        super(refusal.code().name(), null, false, false);
        this.refusal = refusal;
        this.details = List.copyOf(details);
    }

    static RefusedException of(RefusalCode code, String message) {
        return new RefusedException(Refusal.of(code, message));
    }

    /// INVALID_ARGUMENT that names the field at fault.
    static RefusedException field(String field, String message) {
        return new RefusedException(
                new Refusal(
                        RefusalCode.INVALID_ARGUMENT,
                        field + ": " + message,
                        "",
                        null,
                        Map.of(Problem.FIELD, field)));
    }

    static RefusedException badPageToken() {
        return field(
                "pageToken",
                "it is none (expected: nextPageToken of an answer to the same query).");
    }

    Refusal refusal() {
        return refusal;
    }

    List<Problem.Detail> details() {
        return details;
    }
}
