package dev.signet.ca.rest;

import com.fasterxml.jackson.annotation.JsonRawValue;

import dev.signet.ca.audit.AuditEvent;
import dev.signet.ca.audit.AuditEvents;
import dev.signet.ca.audit.RecordedEvent;
import dev.signet.ca.audit.RefusalCount;
import dev.signet.ca.audit.RefusalCounts;
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

/// Who did what, and how often what was refused.
@RestController
final class AuditController {

    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_COUNTS = 10_000;
    private static final Duration DEFAULT_PERIOD = Duration.ofHours(24);

    private final AuditEvents events;
    private final RefusalCounts refusals;
    private final Streams streams;
    private final InstantSource clock;

    AuditController(
            AuditEvents events, RefusalCounts refusals, Streams streams, InstantSource clock) {
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

    record Refusals(
            @Field("The youngest minute first, in it the most frequent first; at most 10,000")
                    List<Refused> items) {}

    record Refused(
            @Field("First instant of the minute") Instant minute,
            @Field("Server that refused") String replica,
            @Field("Permanent code") RefusalCode code,
            @Field("Evidence kind or method; * for all that had no place of their own") String kind,
            @Field("Rule or issuer; may be empty") String detail,
            @Field(value = "How often", least = 1) long count,
            @Field("Diagnosis of one of them; may be empty") String sample) {

        static Refused of(RefusalCount count) {
            return new Refused(
                    count.began(),
                    count.replica(),
                    count.code(),
                    count.kind(),
                    count.detail(),
                    count.refusals(),
                    count.sample());
        }
    }

    @GetMapping("/v1/refusals")
    @Performs(Operation.LIST_REFUSALS)
    Refusals refusals(Period period) {
        Instant before = period.before() == null ? clock.instant() : period.before();
        Instant from = period.from() == null ? before.minus(DEFAULT_PERIOD) : period.from();
        return new Refusals(
                refusals.between(from, before, MAX_COUNTS).stream().map(Refused::of).toList());
    }
}
