package dev.signet.ca.audit;

/// Nobody wants lines.
final class NoAuditLines implements AuditLines {

    @Override
    public boolean enabled() {
        return false;
    }

    @Override
    public void issued(Issued issued) {}

    @Override
    public void event(RecordedEvent event) {}

    @Override
    public void refusals(RefusalCount count) {}

    @Override
    public void refused(RecordedRefusal refusal) {}
}
