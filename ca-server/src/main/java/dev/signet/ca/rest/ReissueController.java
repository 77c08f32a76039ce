package dev.signet.ca.rest;

import dev.signet.ca.admin.ReissueActs;
import dev.signet.ca.ledger.Replacements;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.ca.reissue.Reissue;
import dev.signet.ca.reissue.Reissues;

import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Orders to renew ahead of time.
@RestController
final class ReissueController {

    private static final String NUMBER = "[0-9]{1,18}";
    private static final int DEFAULT_LIMIT = 100;

    private final Reissues reissues;
    private final ReissueActs acts;
    private final Writes writes;

    ReissueController(Reissues reissues, ReissueActs acts, Writes writes) {
        this.reissues = reissues;
        this.acts = acts;
        this.writes = writes;
    }

    record Wanted(
            @Field(
                            value = "Certificates that one of these authorities issued",
                            most = 16,
                            byDefault = "any authority")
                    @Nullable List<String> authorityIds,
            @Field(
                            value = "Certificates whose SPIFFE ID begins with this",
                            most = 2048,
                            byDefault = "any identity")
                    @Nullable String spiffeIdPrefix,
            @Field(value = "Most renewals a second on average", least = 1, most = 1_000_000)
                    int perSecond,
            @Field(
                            value = "End of the window, 30 days ahead at most",
                            byDefault = "as soon as the rate allows")
                    @Nullable Instant before) {

        Replacements.Scope scope() {
            return ReissueController.scope(authorityIds, spiffeIdPrefix);
        }
    }

    private static Replacements.Scope scope(
            @Nullable List<String> authorityIds, @Nullable String spiffeIdPrefix) {
        return new Replacements.Scope(
                authorityIds == null ? Set.of() : new TreeSet<>(authorityIds),
                spiffeIdPrefix == null ? "" : spiffeIdPrefix);
    }

    record NewReissue(
            @Field(
                            value = "Certificates that one of these authorities issued",
                            most = 16,
                            byDefault = "any authority")
                    @Nullable List<String> authorityIds,
            @Field(
                            value = "Certificates whose SPIFFE ID begins with this",
                            most = 2048,
                            byDefault = "any identity")
                    @Nullable String spiffeIdPrefix,
            @Field(value = "Most renewals a second on average", least = 1, most = 1_000_000)
                    int perSecond,
            @Field(
                            value = "End of the window, 30 days ahead at most",
                            byDefault = "as soon as the rate allows")
                    @Nullable Instant before,
            @Field(value = "Why, for the audit trail", least = 1, most = 1024) String reason) {

        Replacements.Scope scope() {
            return ReissueController.scope(authorityIds, spiffeIdPrefix);
        }
    }

    record Plan(
            @Field("Certificates that would be named") long certificates,
            @Field("Identities that hold them") long identities,
            @Field("First instant of the window") Instant start,
            @Field("Last instant of the window") Instant end) {}

    record Progress(
            @Field("Certificates that the order names") long certificates,
            @Field("Of them, replaced since") long replaced,
            @Field("Of them, expired without having been replaced") long expired,
            @Field("Of them, neither") long left,
            @Field("Identities that hold them") long identities,
            @Field("Of them, that have not renewed all") long identitiesLeft) {

        static Progress of(Replacements.Count count) {
            return new Progress(
                    count.certificates(),
                    count.replaced(),
                    count.expired(),
                    count.left(),
                    count.identities(),
                    count.identitiesLeft());
        }
    }

    record View(
            @Field("Names it; ascends") String number,
            @Field("Certificates that one of these authorities issued; empty: any")
                    List<String> authorityIds,
            @Field("Certificates whose SPIFFE ID begins with this; empty: any")
                    String spiffeIdPrefix,
            @Field("First instant of the window; only certificates issued before it are named")
                    Instant start,
            @Field("Last instant of the window") Instant end,
            @Field("Most renewals a second that the window was made for") int perSecond,
            @Field("Certificates that it named when it was made") long certificates,
            @Field("Why") String reason,
            @Field("Who ordered it") ApprovalController.Person by,
            @Field("When it was taken back") @Nullable Instant cancelledAt,
            @Field("How far they have got; absent in lists") @Nullable Progress progress) {

        static View of(Reissue reissue, @Nullable Progress progress) {
            return new View(
                    Long.toString(reissue.order().number()),
                    reissue.order().authorityIds().stream().sorted().toList(),
                    reissue.order().spiffeIdPrefix(),
                    reissue.order().start(),
                    reissue.order().end(),
                    reissue.perSecond(),
                    reissue.certificates(),
                    reissue.reason(),
                    ApprovalController.Person.of(reissue.by()),
                    reissue.order().cancelledAt(),
                    progress);
        }
    }

    record Query(
            @Field(value = "Most entries", least = 1, most = 1000, byDefault = "100")
                    @Nullable Integer limit) {
        int most() {
            Integer requested = limit;
            return requested == null ? DEFAULT_LIMIT : requested;
        }
    }

    record Page(@Field("The youngest first") List<View> items) {}

    record LeftView(
            @Field("Whose") String spiffeId,
            @Field("Certificates neither replaced nor expired") long certificates) {}

    record LeftPage(@Field("In the order of SPIFFE IDs") List<LeftView> items) {}

    @PostMapping("/v1/reissues/plan")
    @Performs(Operation.PLAN_REISSUE)
    Plan plan(@RequestBody Wanted body) {
        return switch (reissues.plan(body.scope(), body.perSecond(), body.before())) {
            case Reissues.Planned.Refused(Refusal refusal) -> throw new RefusedException(refusal);
            case Reissues.Planned.Possible(Reissues.Plan plan) ->
                    new Plan(plan.certificates(), plan.identities(), plan.start(), plan.end());
        };
    }

    @PostMapping("/v1/reissues")
    @Performs(value = Operation.START_REISSUE, status = 201, answers = View.class)
    ResponseEntity<Object> start(@RequestBody NewReissue body, Call call) {
        return writes.once(
                Operation.START_REISSUE,
                call,
                body,
                () ->
                        acts.startReissue(
                                call.actor(),
                                body.scope(),
                                body.perSecond(),
                                body.before(),
                                body.reason()),
                reissue ->
                        Writes.Done.created(
                                View.of(reissue, null),
                                "/v1/reissues/" + reissue.order().number()));
    }

    @GetMapping("/v1/reissues")
    @Performs(Operation.LIST_REISSUES)
    Page list(Query query) {
        return new Page(
                reissues.list(query.most()).stream()
                        .map(reissue -> View.of(reissue, null))
                        .toList());
    }

    @GetMapping("/v1/reissues/{number:" + NUMBER + "}")
    @Performs(Operation.SHOW_REISSUE)
    View one(@PathVariable @Field(value = "Names it", pattern = NUMBER) String number) {
        Reissue reissue = find(number);
        return View.of(reissue, Progress.of(reissues.progress(reissue)));
    }

    @GetMapping("/v1/reissues/{number:" + NUMBER + "}/left")
    @Performs(Operation.LIST_REISSUE_LEFT)
    LeftPage left(
            @PathVariable @Field(value = "Names it", pattern = NUMBER) String number, Query query) {
        return new LeftPage(
                reissues.left(find(number), query.most()).stream()
                        .map(left -> new LeftView(left.spiffeId(), left.certificates()))
                        .toList());
    }

    @PostMapping("/v1/reissues/{number:" + NUMBER + "}/cancellation")
    @Performs(value = Operation.CANCEL_REISSUE, answers = View.class)
    ResponseEntity<Object> cancel(
            @PathVariable @Field(value = "Names it", pattern = NUMBER) String number,
            @RequestBody ApprovalController.Reason body,
            Call call) {
        return writes.once(
                Operation.CANCEL_REISSUE,
                call,
                body,
                () -> acts.cancelReissue(call.actor(), Long.parseLong(number), body.reason()),
                _ -> Writes.Done.ok(View.of(find(number), null)));
    }

    private Reissue find(String number) {
        return reissues.find(Long.parseLong(number))
                .orElseThrow(() ->
                        RefusedException.of(
                                RefusalCode.NOT_FOUND,
                                "There is no order to renew of this number."));
    }
}
