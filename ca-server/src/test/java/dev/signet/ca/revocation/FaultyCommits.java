package dev.signet.ca.revocation;

import org.springframework.jdbc.datasource.DelegatingDataSource;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;

import javax.sql.DataSource;

/// Connections whose every commit fails: lost, or done all the same.
final class FaultyCommits extends DelegatingDataSource {

    private final boolean persisted;

    FaultyCommits(DataSource target, boolean persisted) {
        super(target);
        this.persisted = persisted;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = super.getConnection();
        return (Connection)
                Proxy.newProxyInstance(
                        getClass().getClassLoader(),
                        new Class<?>[] {Connection.class},
                        (_, method, arguments) -> {
                            if (method.getName().equals("commit")) {
                                if (persisted) {
                                    connection.commit();
                                } else {
                                    connection.rollback();
                                }
                                throw new SQLException("the connection is gone", "08006");
                            }
                            try {
                                return method.invoke(connection, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }
}
