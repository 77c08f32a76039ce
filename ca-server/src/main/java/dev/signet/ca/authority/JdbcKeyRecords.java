package dev.signet.ca.authority;

import com.zaxxer.hikari.HikariDataSource;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/// What is on record of authorities and their keys, for [KeyExamination]. Thread-safe.
public final class JdbcKeyRecords {

    private final AuthorityStore authorities;
    private final JdbcKeyStore keys;

    private JdbcKeyRecords(AuthorityStore authorities, JdbcKeyStore keys) {
        this.authorities = authorities;
        this.keys = keys;
    }

    /// @param dataSource in the role signet_server; stays the caller's
    public static JdbcKeyRecords over(HikariDataSource dataSource) {
        JdbcClient jdbc = JdbcClient.create(dataSource);
        return new JdbcKeyRecords(
                new JdbcAuthorityStore(jdbc, TransactionOperations.withoutTransaction()),
                new JdbcKeyStore(jdbc));
    }

    AuthorityStore authorities() {
        return authorities;
    }

    JdbcKeyStore keys() {
        return keys;
    }
}
