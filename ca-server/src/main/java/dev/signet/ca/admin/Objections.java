package dev.signet.ca.admin;

import dev.signet.ca.audit.PrintableText;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import java.util.Map;
import java.util.Optional;

/// Refusals that several acts have in common.
final class Objections {

    /// What a person can do whose credential has an origin that nobody knows.
    static final String UNKNOWN_ORIGIN =
            "Your certificate, or one that it was renewed from, is not on record here, so nobody can"
                    + " tell who made it. Log in again by a join token or an OIDC token, and repeat"
                    + " this with what you get.";

    private static final int MAX_REASON_LENGTH = 1024;

    private Objections() {}

    static Optional<Refusal> toReason(String reason) {
        if (!reason.isBlank()
                && reason.length() <= MAX_REASON_LENGTH
                && PrintableText.isPrintable(reason)) {
            return Optional.empty();
        }
        return Optional.of(
                invalid(
                        "reason",
                        "The reason is none (expected: 1 to 1024 printable characters on one line;"
                                + " it is kept in the audit trail)."));
    }

    static Refusal invalid(String field, String message) {
        return new Refusal(RefusalCode.INVALID_ARGUMENT, message, "", null, Map.of("field", field));
    }

    static Refusal stale(String what) {
        return Refusal.of(
                RefusalCode.PRECONDITION_FAILED,
                what + " has changed since you looked. Look again, then decide.");
    }

    static Refusal conflict(String message) {
        return Refusal.of(RefusalCode.CONFLICT, message);
    }

    static Refusal notFound(String message) {
        return Refusal.of(RefusalCode.NOT_FOUND, message);
    }
}
