package dev.signet.ca.rest;

import dev.signet.ca.ledger.LedgerUnavailableException;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Optional;

/// In `rest.completed_write`.
final class JdbcCompletedWrites implements CompletedWrites {

    private final JdbcClient jdbc;
    private final InstantSource clock;

    JdbcCompletedWrites(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    @Override
    public boolean take(byte[] key) {
        try {
            // Two keys with the same first eight octets would wait for each other, no more.
            return jdbc.sql("SELECT pg_try_advisory_xact_lock(:lock)")
                    .param("lock", ByteBuffer.wrap(key).getLong())
                    .query(Boolean.class)
                    .single();
        } catch (DataAccessException e) {
            throw new LedgerUnavailableException("The idempotency key could not be taken", e);
        }
    }

    @Override
    public Optional<Completed> find(byte[] key) {
        try {
            return jdbc.sql(
                            """
                            SELECT request_sha256, status, location, entity_tag, body
                            FROM rest.completed_write
                            WHERE key_sha256 = :key
                            """)
                    .param("key", key)
                    .query((row, _) ->
                            new Completed(
                                    HexFormat.of().formatHex(row.getBytes("request_sha256")),
                                    row.getInt("status"),
                                    row.getString("location"),
                                    row.getString("entity_tag"),
                                    row.getString("body")))
                    .optional();
        } catch (DataAccessException e) {
            throw new LedgerUnavailableException("Completed writes could not be looked up", e);
        }
    }

    @Override
    public void add(byte[] key, Completed completed) {
        try {
            jdbc.sql(
                            """
                            INSERT INTO rest.completed_write
                                (key_sha256, request_sha256, status, location, entity_tag, body,
                                 completed_at)
                            VALUES (:key, :request, :status, :location, :tag, :body, :at)
                            """)
                    .param("key", key)
                    .param("request", HexFormat.of().parseHex(completed.request()))
                    .param("status", completed.status())
                    .param("location", completed.location())
                    .param("tag", completed.entityTag())
                    .param("body", completed.body())
                    .param("at", clock.instant().atOffset(ZoneOffset.UTC))
                    .update();
        } catch (DataAccessException e) {
            throw new LedgerUnavailableException("The write could not be put on record", e);
        }
    }

    /// Removes what was done two days ago or longer.
    long forget() {
        try {
            return jdbc.sql("SELECT rest.forget_completed_writes(interval '2 days')")
                    .query(Long.class)
                    .single();
        } catch (DataAccessException e) {
            throw new LedgerUnavailableException("Completed writes could not be forgotten", e);
        }
    }
}
