package dev.signet.ca.halt;

import org.springframework.jdbc.core.simple.JdbcClient;

import javax.sql.DataSource;

/// The halt on PostgreSQL for tests of other packages.
public final class RealHalts {

    private RealHalts() {}

    /// Looks when something is changed through it, never else.
    public static Halts on(DataSource dataSource) {
        return new JdbcHalts(JdbcClient.create(dataSource), System::nanoTime);
    }
}
