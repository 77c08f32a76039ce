package dev.signet.ca.audit;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.UUID;

/// The trail as JSON lines on the standard output, for those who collect it there. Off unless
/// `signet.audit.stdout` is true. What PostgreSQL has is the record; these lines are a copy, and
/// one is left out rather than waited for (metric `signet.audit.lines.dropped`). Thread-safe, never
/// blocks.
public interface AuditLines {

    /// Whether anybody wants them: what a line costs to prepare can be spared otherwise.
    boolean enabled();

    /// An issuance that is on record.
    void issued(Issued issued);

    /// An event that is on record.
    void event(RecordedEvent event);

    /// How often what was refused in a minute.
    void refusals(RefusalCount count);

    /// Who was refused what in a minute.
    void refused(RecordedRefusal refusal);

    /// @param serialNumber hexadecimal
    /// @param at when it was released
    /// @param requestId null: the caller gave none
    record Issued(
            String serialNumber,
            String spiffeId,
            Instant at,
            Instant notAfter,
            String evidenceKind,
            String evidenceSubject,
            String policyVersion,
            String policyRule,
            @Nullable UUID requestId) {}
}
