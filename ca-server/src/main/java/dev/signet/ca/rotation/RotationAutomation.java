package dev.signet.ca.rotation;

import dev.signet.ca.audit.Actor;
import dev.signet.ca.audit.AuditEvent;
import dev.signet.ca.audit.AuditTrail;
import dev.signet.ca.authority.AuthorityDescription;
import dev.signet.ca.authority.AuthorityLifeCycle;
import dev.signet.ca.authority.AuthorityLifeCycle.Change;
import dev.signet.ca.authority.AuthorityLifeCycle.Changed;
import dev.signet.ca.authority.KnownAuthorities;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.ca.rotation.RotationPlan.Step;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionOperations;

import tools.jackson.databind.json.JsonMapper;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/// Prepares and activates authorities ahead of expiry, one step at each look, in any number of
/// replicas at once: what another one did meanwhile makes the step of this one fail, and the next
/// look finds what is left to do. A crash between two steps leaves a state that the next look goes
/// on from. Each step and its audit event are one commit. Thread-safe.
final class RotationAutomation implements RotationState {

    private static final Logger log = LoggerFactory.getLogger(RotationAutomation.class);
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String REASON = "automatic rotation ahead of expiry";

    private final RotationSettings settings;
    private final KnownAuthorities authorities;
    private final AuthorityLifeCycle lifeCycle;
    private final GatedActivations activations;
    private final AuditTrail trail;
    private final TransactionOperations transactions;
    private final InstantSource clock;
    private final Actor actor;

    private volatile String doing = "";
    private volatile String warning = "";

    RotationAutomation(
            RotationSettings settings,
            KnownAuthorities authorities,
            AuthorityLifeCycle lifeCycle,
            GatedActivations activations,
            AuditTrail trail,
            TransactionOperations transactions,
            InstantSource clock,
            String replica) {
        this.settings = settings;
        this.authorities = authorities;
        this.lifeCycle = lifeCycle;
        this.activations = activations;
        this.trail = trail;
        this.transactions = transactions;
        this.clock = clock;
        this.actor = new Actor("server", replica, null);
    }

    @Override
    public boolean automatic() {
        return settings.automatic();
    }

    @Override
    public String doing() {
        return doing;
    }

    @Override
    public Optional<String> warning() {
        return warning.isEmpty() ? Optional.empty() : Optional.of(warning);
    }

    /// Takes the next step, if any. Never throws.
    synchronized void look() {
        try {
            step();
        } catch (RuntimeException e) {
            say("failed: " + e.getMessage());
            log.warn("Rotation did not go on; trying again", e);
        }
        warn();
    }

    private void step() {
        long basis = authorities.generation();
        List<AuthorityDescription> all = authorities.described();
        List<String> waits = new ArrayList<>();
        for (Step step : RotationPlan.next(all, clock.instant(), settings.prepareWhenLeft())) {
            Optional<String> wait = taken(step, basis, all);
            if (wait.isEmpty()) {
                waits.add("done: " + name(step));
                break;
            }
            waits.add(wait.get());
        }
        say(String.join("; ", waits));
    }

    /// @return why it was not taken; empty: it was, or another replica was faster
    private Optional<String> taken(Step step, long basis, List<AuthorityDescription> all) {
        return switch (step) {
            case Step.AskOperator(String what) -> Optional.of(what);
            case Step other when !settings.automatic() ->
                    Optional.of("due, and signet.rotation.automatic is off: " + name(other));
            case Step.PrepareIssuing(String rootId) ->
                    settle(
                            "authority.prepare",
                            step,
                            () -> lifeCycle.prepareIssuingUnder(rootId, basis, REASON));
            case Step.PrepareRoot() ->
                    settle(
                            "authority.prepare",
                            step,
                            () ->
                                    lifeCycle.prepareRoot(
                                            settings.crossSign() && rootSigns(all), basis, REASON));
            case Step.Activate(String id) ->
                    settle(
                            "authority.activate",
                            step,
                            () -> activations.activate(id, false, basis, REASON).change());
        };
    }

    /// A root that has ended signs no other any more.
    private boolean rootSigns(List<AuthorityDescription> all) {
        return RotationPlan.active("root", all)
                .filter(AuthorityDescription::keyHere)
                .filter(root -> root.validity().contains(clock.instant()))
                .isPresent();
    }

    private Optional<String> settle(String act, Step step, Supplier<Change> taken) {
        Change change =
                Objects.requireNonNull(
                        transactions.execute(_ -> {
                            Change made = taken.get();
                            if (made instanceof Change.Done(List<Changed> changed, _)) {
                                trail.record(event(act, changed));
                            }
                            return made;
                        }));
        return switch (change) {
            case Change.Done(List<Changed> changed, long generation) -> {
                log.info("Rotation: {} (generation {}): {}", name(step), generation, changed);
                yield Optional.empty();
            }
            case Change.Refused(Refusal refusal)
                    when refusal.code() == RefusalCode.PRECONDITION_FAILED -> {
                log.debug("Rotation: another replica was faster at {}", name(step));
                yield Optional.empty();
            }
            case Change.Refused(Refusal refusal) ->
                    Optional.of(name(step) + ": " + refusal.message());
        };
    }

    private AuditEvent event(String act, List<Changed> changed) {
        return new AuditEvent(
                act,
                actor,
                changed.getLast().id(),
                REASON,
                null,
                JSON.writeValueAsString(changed),
                null);
    }

    private static String name(Step step) {
        return switch (step) {
            case Step.AskOperator(String what) -> what;
            case Step.PrepareIssuing(String rootId) -> "prepare an issuing CA under root " + rootId;
            case Step.PrepareRoot() -> "prepare a root";
            case Step.Activate(String id) -> "activate issuing CA " + id;
        };
    }

    private void say(String now) {
        if (!now.equals(doing) && !now.isEmpty()) {
            log.info("Rotation: {}", now);
        }
        doing = now;
    }

    private void warn() {
        Instant now = clock.instant();
        List<AuthorityDescription> all = authorities.described();
        StringBuilder text = new StringBuilder();
        for (String role : List.of("issuing", "root")) {
            RotationPlan.active(role, all)
                    .filter(active ->
                            RotationPlan.left(active, now) <= RotationSettings.OVERDUE_WHEN_LEFT)
                    .ifPresent(active ->
                            text.append(text.isEmpty() ? "" : "; ")
                                    .append(role.equals("root") ? "root " : "issuing CA ")
                                    .append(active.id())
                                    .append(" has a third of its life or less left and ends at ")
                                    .append(active.validity().notAfter()));
        }
        for (Step step : RotationPlan.next(all, now, settings.prepareWhenLeft())) {
            if (step instanceof Step.AskOperator(String what)) {
                text.append(text.isEmpty() ? "" : "; ").append(what);
            }
        }
        if (!text.isEmpty() && !doing.isEmpty() && !text.toString().contains(doing)) {
            text.append("; ").append(doing);
        }
        String next = text.toString();
        if (!next.isEmpty() && !next.equals(warning)) {
            log.warn("Rotation: {}", next);
        }
        warning = next;
    }
}
