package dev.signet.ca.suspension;

import dev.signet.ca.audit.Actor;
import dev.signet.ca.refusal.Refusal;

import java.util.Optional;

/// A switch in memory, for tests of other packages.
public final class SettableSuspensions implements Suspensions {

    /// What stands in the way of issuance; empty: nothing.
    public volatile Optional<Refusal> objection = Optional.empty();

    @Override
    public SuspensionState current() {
        return SuspensionState.NEVER;
    }

    @Override
    public Optional<Refusal> refusal() {
        return objection;
    }

    @Override
    public SuspensionState read() {
        return SuspensionState.NEVER;
    }

    @Override
    public Change change(Actor actor, boolean suspended, String reason, long expected) {
        throw new UnsupportedOperationException("set the field instead");
    }
}
