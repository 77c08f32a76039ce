package dev.signet.ca.suspension;

import org.springframework.jdbc.core.simple.JdbcClient;

import javax.sql.DataSource;

/// The suspension on PostgreSQL for tests of other packages.
public final class RealSuspensions {

    private RealSuspensions() {}

    /// Looks when something is changed through it, never else.
    public static Suspensions on(DataSource dataSource) {
        return new JdbcSuspensions(JdbcClient.create(dataSource), System::nanoTime);
    }
}
