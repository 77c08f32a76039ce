package dev.signet.ca.rest;

import dev.signet.ca.admin.Approval;
import dev.signet.ca.admin.Approvals;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.refusal.RefusalCode;

import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/// Acts that wait for a second person.
@RestController
final class ApprovalController {

    static final String UUID_FORM = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

    private static final int DEFAULT_LIMIT = 100;

    private final Approvals approvals;
    private final Writes writes;

    ApprovalController(Approvals approvals, Writes writes) {
        this.approvals = approvals;
        this.writes = writes;
    }

    /// As [Approval.State], in lower case.
    enum State {
        PENDING,
        APPROVED,
        REJECTED,
        EXPIRED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    record Person(
            @Field("How it proved itself") String kind,
            @Field("Whom that names") String subject,
            @Field("Where it came from") @Nullable String address) {
        static Person of(Actor actor) {
            return new Person(actor.kind(), actor.subject(), actor.address());
        }
    }

    record View(
            @Field("Names it") UUID id,
            @Field("What is to be done") String act,
            @Field("What it is to be done to") String target,
            @Field("Why, as the proposer says") String reason,
            @Field("Who proposed it") Person proposedBy,
            @Field("When") Instant proposedAt,
            @Field("When it can no longer be approved") Instant expiresAt,
            @Field("Where it stands") State state,
            @Field("Who decided") @Nullable Person decidedBy,
            @Field("When that was") @Nullable Instant decidedAt,
            @Field("Why, as whoever decided says") @Nullable String decisionReason) {

        static View of(Approval approval) {
            Actor decidedBy = approval.decidedBy();
            return new View(
                    approval.id(),
                    approval.act(),
                    approval.target(),
                    approval.reason(),
                    Person.of(approval.proposedBy()),
                    approval.proposedAt(),
                    approval.expiresAt(),
                    State.valueOf(approval.state().name()),
                    decidedBy == null ? null : Person.of(decidedBy),
                    approval.decidedAt(),
                    approval.decisionReason().isEmpty() ? null : approval.decisionReason());
        }
    }

    record Query(
            @Field("Only those that stand so") @Nullable State state,
            @Field(value = "Most entries of the page", least = 1, most = 1000, byDefault = "100")
                    @Nullable Integer limit,
            @Field(value = "nextPageToken of the page before", most = 512)
                    @Nullable String pageToken) {}

    record Page(
            @Field("The youngest first") List<View> items,
            @Field("For the next page; absent: there is none") @Nullable String nextPageToken) {}

    record Reason(
            @Field(value = "Why, for the audit trail", least = 1, most = 1024) String reason) {}

    @GetMapping("/v1/approvals")
    @Performs(Operation.LIST_APPROVALS)
    Page list(Query query) {
        Integer limit = query.limit();
        State state = query.state();
        try {
            Approvals.Page page =
                    approvals.list(
                            state == null ? null : Approval.State.valueOf(state.name()),
                            limit == null ? DEFAULT_LIMIT : limit,
                            query.pageToken());
            return new Page(page.approvals().stream().map(View::of).toList(), page.nextPageToken());
        } catch (IllegalArgumentException _) {
            throw RefusedException.badPageToken();
        }
    }

    @GetMapping("/v1/approvals/{id:" + UUID_FORM + "}")
    @Performs(Operation.SHOW_APPROVAL)
    View one(@PathVariable @Field(value = "Names it", pattern = UUID_FORM) String id) {
        return approvals
                .find(UUID.fromString(id))
                .map(View::of)
                .orElseThrow(() ->
                        RefusedException.of(
                                RefusalCode.NOT_FOUND, "No such approval is on record."));
    }

    @PostMapping("/v1/approvals/{id:" + UUID_FORM + "}/approval")
    @Performs(value = Operation.APPROVE, answers = View.class)
    ResponseEntity<Object> approve(
            @PathVariable @Field(value = "Names it", pattern = UUID_FORM) String id,
            @RequestBody Reason body,
            Call call) {
        return writes.once(
                Operation.APPROVE,
                call,
                body,
                () -> approvals.approve(call.actor(), UUID.fromString(id), body.reason()),
                approval -> Writes.Done.ok(View.of(approval)));
    }

    @PostMapping("/v1/approvals/{id:" + UUID_FORM + "}/rejection")
    @Performs(value = Operation.REJECT, answers = View.class)
    ResponseEntity<Object> reject(
            @PathVariable @Field(value = "Names it", pattern = UUID_FORM) String id,
            @RequestBody Reason body,
            Call call) {
        return writes.once(
                Operation.REJECT,
                call,
                body,
                () -> approvals.reject(call.actor(), UUID.fromString(id), body.reason()),
                approval -> Writes.Done.ok(View.of(approval)));
    }
}
