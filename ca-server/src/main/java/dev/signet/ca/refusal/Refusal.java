package dev.signet.ca.refusal;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Map;

/// An expected refusal, as a value.
///
/// @param code permanent reason
/// @param message one sentence for the caller: what was wrong, what was expected, what to do. Holds
///   no secret and nothing that the caller may not know
/// @param diagnosis what the operator's log may know beyond the message; never sent. Holds no
///   secret
/// @param retryAfter how long to wait before a retry can help; null where a retry does not help or
///   any time will do
/// @param metadata details for `ErrorInfo.metadata`: keys in lowerCamelCase, values for the caller
public record Refusal(
        RefusalCode code,
        String message,
        String diagnosis,
        @Nullable Duration retryAfter,
        Map<String, String> metadata) {

    /// Metadata key for [RefusalCode#UNAUTHENTICATED], and the only one that is sent with it: what
    /// a caller that proved nothing is told of its own evidence.
    public static final String EVIDENCE = "evidence";

    public Refusal {
        metadata = Map.copyOf(metadata);
    }

    public static Refusal of(RefusalCode code, String message) {
        return new Refusal(code, message, "", null, Map.of());
    }

    /// For refusals whose cause the caller must not learn: the message is the code's public text.
    public static Refusal withDiagnosis(RefusalCode code, String message, String diagnosis) {
        return new Refusal(code, message, diagnosis, null, Map.of());
    }

    public Refusal retryAfter(Duration wait) {
        return new Refusal(code, message, diagnosis, wait, metadata);
    }

    /// Names the cause to a caller that proved nothing.
    ///
    /// @param evidence made of what the caller itself sent and of this server's time, and of
    ///   nothing else that this server has; bounded, printable
    public Refusal telling(String evidence) {
        return new Refusal(code, message, diagnosis, retryAfter, Map.of(EVIDENCE, evidence));
    }

    /// See [#EVIDENCE]; empty: nothing.
    public String evidence() {
        return metadata.getOrDefault(EVIDENCE, "");
    }
}
