package dev.signet.ca.audit;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Keeps the issuances that it is told of, for tests of other packages.
public final class RecordedAuditLines implements AuditLines {

    public final Queue<Issued> issued = new ConcurrentLinkedQueue<>();

    @Override
    public boolean enabled() {
        return true;
    }

    @Override
    public void issued(Issued line) {
        issued.add(line);
    }

    @Override
    public void event(RecordedEvent event) {}

    @Override
    public void refusals(RefusalCount count) {}

    @Override
    public void refused(RecordedRefusal refusal) {}
}
