package dev.signet.ca.ledger;

import java.sql.Connection;
import java.sql.SQLException;

/// Gives connections in the role signet_maintenance, for what the server may not do: remove what
/// its retention has passed. Thread-safe; the caller closes what it got.
public interface JdbcMaintenance {

    /// Connects anew; waits as long as `signet.database.connect-timeout`.
    Connection connect() throws SQLException;
}
