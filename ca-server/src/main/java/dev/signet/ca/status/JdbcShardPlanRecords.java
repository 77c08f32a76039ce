package dev.signet.ca.status;

import dev.signet.ca.ledger.LedgerUnavailableException;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.util.List;

/// In `status.shard_plan`.
final class JdbcShardPlanRecords implements ShardPlanRecords {

    private final JdbcClient jdbc;

    JdbcShardPlanRecords(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public List<Plan> all() {
        try {
            return jdbc.sql("SELECT authority_id, bits, base_url FROM status.shard_plan")
                    .query((row, _) ->
                            new Plan(
                                    row.getString("authority_id"),
                                    row.getInt("bits"),
                                    row.getString("base_url")))
                    .list();
        } catch (DataAccessException e) {
            throw new LedgerUnavailableException("The shards of CRLs could not be read", e);
        }
    }

    @Override
    public void add(Plan plan) {
        try {
            jdbc.sql(
                            """
                            INSERT INTO status.shard_plan (authority_id, bits, base_url)
                            VALUES (:authority, :bits, :url)
                            ON CONFLICT DO NOTHING
                            """)
                    .param("authority", plan.authorityId())
                    .param("bits", plan.bits())
                    .param("url", plan.baseUrl())
                    .update();
        } catch (DataAccessException e) {
            throw new LedgerUnavailableException("The shards of CRLs were not put on record", e);
        }
    }
}
