package dev.signet.ca.rest;

import com.fasterxml.jackson.annotation.JsonRawValue;

import dev.signet.ca.audit.AuditEvent;
import dev.signet.ca.audit.AuditEvents;
import dev.signet.ca.audit.RecordedEvent;
import dev.signet.ca.audit.RecordedRefusal;
import dev.signet.ca.audit.RefusalCount;
import dev.signet.ca.audit.RefusalRecords;
import dev.signet.ca.audit.RefusedRequest;
import dev.signet.ca.refusal.RefusalCode;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;

/// Who did what, and what was refused to whom.
@RestController
final class AuditController {

    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_COUNTS = 10_000;
    private static final Duration DEFAULT_PERIOD = Duration.ofHours(24);

    private final AuditEvents events;
    private final RefusalRecords refusals;
    private final Streams streams;
    private final InstantSource clock;

    AuditController(
            AuditEvents events, RefusalRecords refusals, Streams streams, InstantSource clock) {
        this.events = events;
        this.refusals = refusals;
        this.streams = streams;
        this.clock = clock;
    }

    /// Whether it was done.
    enum Outcome {
        DONE,
        REFUSED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    record Filter(
            @Field(value = "Name of the act: policy.activate, login, ...", most = 64)
                    @Nullable String act,
            @Field(value = "Subject of the actor", most = 2048) @Nullable String actor,
            @Field(value = "What it was done to", most = 2048) @Nullable String target,
            @Field("Whether it was done") @Nullable Outcome outcome,
            @Field("At or after") @Nullable Instant from,
            @Field("Before") @Nullable Instant before) {

        AuditEvents.Criteria criteria() {
            return new AuditEvents.Criteria(
                    act,
                    actor,
                    target,
                    outcome == null ? null : outcome == Outcome.REFUSED,
                    from,
                    before);
        }
    }

    record Query(
            @Field(value = "Name of the act: policy.activate, login, ...", most = 64)
                    @Nullable String act,
            @Field(value = "Subject of the actor", most = 2048) @Nullable String actor,
            @Field(value = "What it was done to", most = 2048) @Nullable String target,
            @Field("Whether it was done") @Nullable Outcome outcome,
            @Field("At or after") @Nullable Instant from,
            @Field("Before") @Nullable Instant before,
            @Field(
                            value =
                                    "Id of an event: those after it, the oldest first, for who"
                                            + " follows the trail; without pageToken")
                    @Nullable Long after,
            @Field(value = "Most entries of the page", least = 1, most = 1000, byDefault = "100")
                    @Nullable Integer limit,
            @Field(value = "nextPageToken of the page before", most = 512)
                    @Nullable String pageToken) {

        Filter filter() {
            return new Filter(act, actor, target, outcome, from, before);
        }
    }

    record Event(
            @Field("Ascends, with gaps") long id,
            @Field("When it was written") Instant at,
            @Field("Server that wrote it") String replica,
            @Field("Name of the act") String act,
            @Field("Who acted") ApprovalController.Person actor,
            @Field("What it was done to; may be empty") String target,
            @Field("Why, as the actor said; may be empty") String reason,
            @Field("What it replaced") @JsonRawValue @Nullable Object before,
            @Field("What is there now") @JsonRawValue @Nullable Object after,
            @Field("Whether it was done") Outcome outcome,
            @Field("Why it was refused") @Nullable RefusalCode refusal) {

        static Event of(RecordedEvent recorded) {
            AuditEvent event = recorded.event();
            return new Event(
                    recorded.id(),
                    recorded.at(),
                    recorded.replica(),
                    event.act(),
                    ApprovalController.Person.of(event.actor()),
                    event.target(),
                    event.reason(),
                    event.before(),
                    event.after(),
                    event.refusal() == null ? Outcome.DONE : Outcome.REFUSED,
                    event.refusal());
        }
    }

    record Page(
            @Field("The youngest first; with after: the oldest first") List<Event> items,
            @Field("For the next page; absent: there is none") @Nullable String nextPageToken) {}

    @GetMapping("/v1/audit-events")
    @Performs(Operation.LIST_AUDIT_EVENTS)
    Page list(Query query) {
        Integer given = query.limit();
        int limit = given == null ? DEFAULT_LIMIT : given;
        Long after = query.after();
        if (after != null) {
            if (query.pageToken() != null) {
                throw RefusedException.field(
                        "after", "it does not go with pageToken (expected: one of them).");
            }
            return new Page(
                    events.after(query.filter().criteria(), after, limit).stream()
                            .map(Event::of)
                            .toList(),
                    null);
        }
        try {
            AuditEvents.Page page =
                    events.search(query.filter().criteria(), limit, query.pageToken());
            return new Page(page.events().stream().map(Event::of).toList(), page.nextPageToken());
        } catch (IllegalArgumentException _) {
            throw RefusedException.badPageToken();
        }
    }

    @GetMapping(path = "/v1/audit-events/export", produces = Streams.NDJSON)
    @Performs(value = Operation.EXPORT_AUDIT_EVENTS, streams = Event.class)
    void export(Filter filter, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        streams.rows(
                request,
                response,
                Event.class,
                "audit-events",
                consumer ->
                        events.forEach(
                                filter.criteria(), event -> consumer.accept(Event.of(event))));
    }

    record Period(
            @Field(value = "At or after", byDefault = "24 hours before `before`")
                    @Nullable Instant from,
            @Field(value = "Before", byDefault = "now") @Nullable Instant before) {}

    record RefusalQuery(
            @Field(value = "The identity begins with this", most = 2048)
                    @Nullable String spiffeIdPrefix,
            @Field(value = "Whom the evidence names, exactly", most = 2048)
                    @Nullable String subject,
            @Field(value = "Address that it came from, exactly", most = 64)
                    @Nullable String address,
            @Field("Permanent code") @Nullable RefusalCode code,
            @Field(value = "At or after", byDefault = "24 hours before `before`")
                    @Nullable Instant from,
            @Field(value = "Before", byDefault = "now") @Nullable Instant before,
            @Field(value = "Maximum entries of the page", least = 1, most = 1000, byDefault = "100")
                    @Nullable Integer limit,
            @Field(value = "nextPageToken of the page before", most = 512)
                    @Nullable String pageToken) {}

    record Refusals(
            @Field("The newest first") List<Refused> items,
            @Field("For the next page; absent: there is none") @Nullable String nextPageToken) {}

    record Refused(
            @Field("When; of equal refusals of a minute the first") Instant at,
            @Field("When the last of them was refused") Instant lastAt,
            @Field(value = "How many equal ones in that minute", least = 1) long count,
            @Field("Server that refused") String replica,
            @Field("Permanent code") RefusalCode code,
            @Field("Evidence kind or method") String kind,
            @Field("Whether the evidence was verified: otherwise the identity is a claim")
                    boolean verified,
            @Field("Identity that it was about; may be empty") String spiffeId,
            @Field("Names requested beside it; may be empty") String names,
            @Field("Whom the evidence names; may be empty") String subject,
            @Field("Address that it came from; empty: the server itself") String address,
            @Field("Rule that decided; may be empty") String rule,
            @Field("Policy in force; empty: it was not asked") String policyVersion,
            @Field("Request id of the first; may be empty") String requestId,
            @Field("What the caller was told; may be empty") String message,
            @Field("What the caller was not told; may be empty") String diagnosis) {

        static Refused of(RecordedRefusal refused) {
            RefusedRequest request = refused.request();
            return new Refused(
                    refused.firstAt(),
                    refused.lastAt(),
                    refused.refusals(),
                    refused.replica(),
                    request.refusal().code(),
                    request.kind(),
                    request.verified(),
                    request.spiffeId(),
                    request.names(),
                    request.subject(),
                    request.address(),
                    request.rule(),
                    request.policyVersion(),
                    request.requestId(),
                    request.refusal().message(),
                    request.refusal().diagnosis());
        }
    }

    @GetMapping("/v1/refusals")
    @Performs(Operation.LIST_REFUSALS)
    Refusals refusals(RefusalQuery query) {
        Instant before = query.before() == null ? clock.instant() : query.before();
        Instant from = query.from() == null ? before.minus(DEFAULT_PERIOD) : query.from();
        Integer given = query.limit();
        try {
            RefusalRecords.Page page =
                    refusals.search(
                            new RefusalRecords.Criteria(
                                    query.spiffeIdPrefix(),
                                    query.subject(),
                                    query.address(),
                                    query.code(),
                                    from,
                                    before),
                            given == null ? DEFAULT_LIMIT : given,
                            query.pageToken());
            return new Refusals(
                    page.refusals().stream().map(Refused::of).toList(), page.nextPageToken());
        } catch (IllegalArgumentException _) {
            throw RefusedException.badPageToken();
        }
    }

    record RefusalCounts(
            @Field("The newest minute first, in it the most frequent first; at most 10,000")
                    List<CountedRefusal> items) {}

    record CountedRefusal(
            @Field("First instant of the minute") Instant minute,
            @Field("Server that refused") String replica,
            @Field("Permanent code") RefusalCode code,
            @Field("Evidence kind or method; * for all that had no place of their own") String kind,
            @Field("Rule that decided; may be empty") String detail,
            @Field(value = "How often", least = 1) long count,
            @Field("Diagnosis of one of them; may be empty") String sample) {

        static CountedRefusal of(RefusalCount count) {
            return new CountedRefusal(
                    count.began(),
                    count.replica(),
                    count.code(),
                    count.kind(),
                    count.detail(),
                    count.refusals(),
                    count.sample());
        }
    }

    @GetMapping("/v1/refusal-counts")
    @Performs(Operation.LIST_REFUSAL_COUNTS)
    RefusalCounts refusalCounts(Period period) {
        Instant before = period.before() == null ? clock.instant() : period.before();
        Instant from = period.from() == null ? before.minus(DEFAULT_PERIOD) : period.from();
        return new RefusalCounts(
                refusals.counts(from, before, MAX_COUNTS).stream()
                        .map(CountedRefusal::of)
                        .toList());
    }
}
