package dev.signet.ca.ledger;

import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

import javax.sql.DataSource;

/// Transactions in the role signet_server that commit durably, whatever session they got: both are
/// set in the transaction itself, in the round trip that begins it. Thread-safe.
final class JdbcServerTransactions extends JdbcTransactionManager {

    private static final long serialVersionUID = 1L;

    private static final String SET =
            "SET LOCAL ROLE signet_server; SET LOCAL synchronous_commit = on";

    JdbcServerTransactions(DataSource dataSource) {
        super(dataSource);
    }

    @Override
    protected void prepareTransactionalConnection(
            Connection connection, TransactionDefinition definition) throws SQLException {
        super.prepareTransactionalConnection(connection, definition);
        try (Statement statement = connection.createStatement()) {
            statement.execute(SET);
        }
    }
}
