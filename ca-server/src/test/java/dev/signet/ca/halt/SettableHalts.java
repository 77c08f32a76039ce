package dev.signet.ca.halt;

import dev.signet.ca.audit.Actor;
import dev.signet.ca.refusal.Refusal;

import java.util.Optional;

/// A switch in memory, for tests of other packages.
public final class SettableHalts implements Halts {

    /// What stands in the way of issuance; empty: nothing.
    public volatile Optional<Refusal> objection = Optional.empty();

    @Override
    public HaltState current() {
        return HaltState.NEVER;
    }

    @Override
    public Optional<Refusal> objection() {
        return objection;
    }

    @Override
    public HaltState read() {
        return HaltState.NEVER;
    }

    @Override
    public Change change(Actor actor, boolean halted, String reason, long expected) {
        throw new UnsupportedOperationException("set the field instead");
    }
}
