package dev.signet.ca.ledger;

import com.zaxxer.hikari.HikariDataSource;

/// Connections in the role signet_server for a program that is no server: nothing is migrated,
/// nothing is prepared.
public final class JdbcLookUps {

    private JdbcLookUps() {}

    /// Connects at once; the caller closes it.
    ///
    /// @throws RuntimeException when PostgreSQL does not answer, or refuses the login
    public static HikariDataSource open(DatabaseSettings settings) {
        return new JdbcDatabase(settings).readers();
    }
}
