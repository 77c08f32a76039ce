package dev.signet.ca.admin;

import dev.signet.ca.admin.Attempted.Act;
import dev.signet.ca.audit.Actor;
import dev.signet.ca.audit.AuditEvent;
import dev.signet.ca.privilege.Principal;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import org.jspecify.annotations.Nullable;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/// Proposals: made here, and done here once a second person approves. Thread-safe.
final class FourEyes implements Approvals {

    private static final int MAX_LIMIT = 1000;

    private final ApprovalSettings settings;
    private final JdbcApprovalStore store;
    private final JdbcAuditedActs acts;
    private final Origins origins;
    private final Map<String, ApprovableAct> approvable;
    private final InstantSource clock;
    private final SecureRandom random;

    FourEyes(
            ApprovalSettings settings,
            JdbcApprovalStore store,
            JdbcAuditedActs acts,
            Origins origins,
            Collection<? extends ApprovableAct> approvable,
            InstantSource clock,
            SecureRandom random) {
        this.settings = settings;
        this.store = store;
        this.acts = acts;
        this.origins = origins;
        this.approvable =
                approvable.stream()
                        .collect(Collectors.toUnmodifiableMap(ApprovableAct::name, act -> act));
        this.clock = clock;
        this.random = random;
    }

    boolean needed(String act) {
        return settings.needsSecondPerson(act);
    }

    /// @param expected state that the proposer has seen, and that is
    <T> Attempted<T> propose(
            Actor actor, String act, String target, String expected, String reason) {
        if (!origins.known(actor)) {
            return new Act(act, actor, target, reason).refused(unknownOrigin());
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        Optional<UUID> same = store.waiting(act, target, expected, now);
        if (same.isPresent()) {
            return new Act(act, actor, target, reason)
                    .refused(
                            Objections.conflict(
                                    "The same act waits for a second person already: approval "
                                            + same.get()
                                            + "."));
        }
        Approval approval =
                new Approval(
                        id(now),
                        act,
                        target,
                        reason,
                        actor,
                        now,
                        now.plus(settings.timeToLive()),
                        Approval.State.PENDING,
                        null,
                        null,
                        "");
        store.add(new Proposal(approval, expected, origins.of(actor)));
        AuditEvent event =
                new Act("approval.propose", actor, approval.id().toString(), reason)
                        .done("", null, Map.of("act", act, "target", target, "expected", expected))
                        .event();
        return new Attempted<>(new ActOutcome.Pending<>(approval), event);
    }

    @Override
    public Page list(Approval.@Nullable State state, int limit, @Nullable String pageToken) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException(
                    "limit: " + limit + " (expected: 1 to " + MAX_LIMIT + ")");
        }
        UUID after = pageToken == null ? null : UUID.fromString(pageToken);
        List<Approval> found = store.list(state, after, limit + 1, clock.instant());
        if (found.size() <= limit) {
            return new Page(found, null);
        }
        List<Approval> approvals = List.copyOf(found.subList(0, limit));
        return new Page(approvals, approvals.getLast().id().toString());
    }

    @Override
    public Optional<Approval> find(UUID id) {
        return store.find(id, clock.instant()).map(Proposal::approval);
    }

    @Override
    public ActOutcome<Approval> approve(Actor actor, UUID id, String reason) {
        return acts.perform(() -> {
            Act act = new Act("approval.approve", actor, id.toString(), reason);
            Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
            Optional<Proposal> found = store.find(id, now);
            Optional<Refusal> objection =
                    Objections.toReason(reason)
                            .or(() -> toDecision(found))
                            .or(() -> toSecondPerson(found.orElseThrow(), actor));
            if (objection.isPresent()) {
                return act.refused(objection.get());
            }
            Proposal proposal = found.orElseThrow();
            if (!store.decide(id, true, actor, reason, now)) {
                return act.refused(decided());
            }
            Attempted<?> executed = execute(actor, proposal);
            if (executed.outcome() instanceof ActOutcome.Refused<?>(Refusal refusal)) {
                return act.refused(refusal);
            }
            acts.also(executed.event());
            return act.done(
                    store.find(id, now).orElseThrow().approval(),
                    null,
                    Map.of(
                            "act",
                            proposal.approval().act(),
                            "target",
                            proposal.approval().target()));
        });
    }

    @Override
    public ActOutcome<Approval> reject(Actor actor, UUID id, String reason) {
        return acts.perform(() -> {
            Act act = new Act("approval.reject", actor, id.toString(), reason);
            Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
            Optional<Proposal> found = store.find(id, now);
            Optional<Refusal> objection = Objections.toReason(reason).or(() -> toDecision(found));
            if (objection.isPresent()) {
                return act.refused(objection.get());
            }
            return store.decide(id, false, actor, reason, now)
                    ? act.done(store.find(id, now).orElseThrow().approval(), null, null)
                    : act.refused(decided());
        });
    }

    private Attempted<?> execute(Actor actor, Proposal proposal) {
        ApprovableAct act = approvable.get(proposal.approval().act());
        if (act == null) {
            throw new IllegalStateException(
                    "approval " + proposal.approval().id() + " of an unknown act");
        }
        return act.execute(actor, proposal);
    }

    private static Optional<Refusal> toDecision(Optional<Proposal> found) {
        if (found.isEmpty()) {
            return Optional.of(Objections.notFound("There is no such approval."));
        }
        return switch (found.get().approval().state()) {
            case PENDING -> Optional.empty();
            case APPROVED, REJECTED -> Optional.of(decided());
            case EXPIRED ->
                    Optional.of(
                            Objections.conflict(
                                    "The proposal has expired. Propose the act again."));
        };
    }

    private static Refusal decided() {
        return Objections.conflict("Somebody has decided on this proposal before.");
    }

    /// Nobody alone gets an act of four eyes done, whatever credentials that one can make.
    private Optional<Refusal> toSecondPerson(Proposal proposal, Actor actor) {
        Actor proposer = proposal.approval().proposedBy();
        if (actor.kind().equals(Principal.CREDENTIAL)) {
            return Optional.of(
                    secondPerson(
                            "The operator credential is the host's and names no person, so it"
                                    + " approves nothing. Log in as one."));
        }
        if (!origins.known(actor)) {
            return Optional.of(unknownOrigin());
        }
        if (proposer.isSameAs(actor)) {
            return Optional.of(
                    secondPerson("You proposed this act. Somebody else has to approve it."));
        }
        Set<String> theirs = new HashSet<>(proposal.origins());
        theirs.add(Principal.origin(proposer.kind(), proposer.subject()));
        return origins.of(actor).stream()
                .filter(theirs::contains)
                .findFirst()
                .map(shared ->
                        secondPerson(
                                "You and the proposer may be one person: "
                                        + shared
                                        + " had a hand in both of your credentials. Somebody whose"
                                        + " credential the proposer did not make, and who did not"
                                        + " make the proposer's, has to approve it."));
    }

    private static Refusal unknownOrigin() {
        return secondPerson(Objections.UNKNOWN_ORIGIN);
    }

    private static Refusal secondPerson(String message) {
        return Refusal.of(RefusalCode.SECOND_PERSON_REQUIRED, message);
    }

    /// RFC 9562, version 7.
    private UUID id(Instant now) {
        long high = now.toEpochMilli() << 16 | 0x7000 | random.nextInt(1 << 12);
        long low = random.nextLong() >>> 2 | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }
}
