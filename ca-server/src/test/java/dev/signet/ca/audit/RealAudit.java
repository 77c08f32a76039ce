package dev.signet.ca.audit;

import org.springframework.jdbc.core.simple.JdbcClient;

import java.util.List;

import javax.sql.DataSource;

/// The trail on PostgreSQL for tests of other packages.
public final class RealAudit {

    private final JdbcAuditTrail trail;

    private RealAudit(JdbcAuditTrail trail) {
        this.trail = trail;
    }

    public static RealAudit on(DataSource dataSource) {
        return new RealAudit(
                new JdbcAuditTrail(JdbcClient.create(dataSource), "replica", new NoAuditLines()));
    }

    public AuditTrail trail() {
        return trail;
    }

    /// The oldest first.
    public List<AuditEvent> events() {
        return trail.after(AuditEvents.Criteria.ANY, 0, 1000).stream()
                .map(RecordedEvent::event)
                .toList();
    }
}
