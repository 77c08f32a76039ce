package dev.signet.ca.wire;

import dev.signet.ca.authority.Authorities;
import dev.signet.ca.ledger.ClockGuard;
import dev.signet.ca.ledger.LedgerHealth;
import dev.signet.ca.refusal.Refusal;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/// Whether this replica can issue now, and if not, why. Thread-safe; never blocks.
final class Readiness implements ReadinessConditions {

    private final LedgerHealth ledger;
    private final ClockGuard clockGuard;
    private final Authorities authorities;
    private final ServerIdentity identity;
    private final InstantSource clock;
    private final List<Condition> conditions = new CopyOnWriteArrayList<>();
    private volatile boolean serving;
    private volatile boolean draining;

    Readiness(
            LedgerHealth ledger,
            ClockGuard clockGuard,
            Authorities authorities,
            ServerIdentity identity,
            InstantSource clock) {
        this.ledger = ledger;
        this.clockGuard = clockGuard;
        this.authorities = authorities;
        this.identity = identity;
        this.clock = clock;
    }

    private record Condition(String code, Supplier<Optional<String>> objection) {}

    @Override
    public void require(String code, Supplier<Optional<String>> objection) {
        conditions.add(new Condition(code, objection));
    }

    /// @param code permanent, upper case with underscores
    /// @param text for a human; no secret
    record Objection(String code, String text) {}

    /// The gRPC port accepts connections; before that nothing else makes a server ready.
    void serve() {
        serving = true;
    }

    /// From now on not ready, for good.
    void drain() {
        draining = true;
    }

    /// Empty: ready.
    List<Objection> objections() {
        List<Objection> objections = new ArrayList<>(0);
        if (!serving) {
            objections.add(new Objection("STARTING", "the gRPC port is not open yet"));
        }
        if (draining) {
            objections.add(new Objection("SHUTTING_DOWN", "this server is stopping"));
        }
        ledger.problem()
                .ifPresent(
                        problem -> objections.add(new Objection(problem.name(), problem.text())));
        clockGuard.objection().ifPresent(refusal -> objections.add(objection(refusal)));
        switch (authorities.active(clock.instant())) {
            case Authorities.Selection.Usable _ -> {}
            case Authorities.Selection.NotUsable(Refusal refusal) ->
                    objections.add(objection(refusal));
        }
        String missing = identity.objection();
        if (missing != null) {
            objections.add(new Objection("SERVER_CERTIFICATE_MISSING", missing));
        }
        for (Condition condition : conditions) {
            condition
                    .objection()
                    .get()
                    .ifPresent(text -> objections.add(new Objection(condition.code(), text)));
        }
        return objections;
    }

    private static Objection objection(Refusal refusal) {
        return new Objection(refusal.code().name(), refusal.message());
    }
}
