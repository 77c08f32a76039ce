-- Why: a count says how often, not who. "Why was payments refused an hour ago" needs subject,
-- address, requested name, rule and policy version of a refusal (docs/operating.md). A bounded
-- number of rows a minute and replica, whatever callers do; insert only, as all of audit.

CREATE TABLE audit.refusal (
    refused_at     timestamptz   NOT NULL,
    process        uuid          NOT NULL,
    began_at       timestamptz   NOT NULL,
    number         integer       NOT NULL,
    last_at        timestamptz   NOT NULL,
    refusals       bigint        NOT NULL,
    replica        varchar(256)  NOT NULL,
    code           varchar(64)   NOT NULL,
    kind           varchar(64)   NOT NULL,
    subject        varchar(2048) NOT NULL,
    address        varchar(64)   NOT NULL,
    spiffe_id      varchar(2048) NOT NULL,
    names          varchar(512)  NOT NULL,
    rule           varchar(256)  NOT NULL,
    policy_version varchar(256)  NOT NULL,
    request_id     varchar(64)   NOT NULL,
    message        varchar(512)  NOT NULL,
    diagnosis      varchar(512)  NOT NULL,
    CONSTRAINT refusal_pkey PRIMARY KEY (refused_at, process, began_at, number),
    CONSTRAINT refusal_positive CHECK (refusals > 0)
) PARTITION BY RANGE (refused_at);

CREATE INDEX refusal_by_spiffe_id ON audit.refusal (spiffe_id text_pattern_ops, refused_at);

COMMENT ON TABLE audit.refusal IS 'Who was refused what and why: one row for equal refusals of a minute, a bounded number of rows a minute and replica. Partitioned by day (UTC).';
COMMENT ON COLUMN audit.refusal.refused_at IS 'When the first of them was refused, by the clock of the replica.';
COMMENT ON COLUMN audit.refusal.process IS 'Random, one for each run of a server: a row that is written twice is there once.';
COMMENT ON COLUMN audit.refusal.began_at IS 'First instant of the minute, by the clock of the replica.';
COMMENT ON COLUMN audit.refusal.number IS 'Of the row among those of its minute and process.';
COMMENT ON COLUMN audit.refusal.last_at IS 'When the last of them was refused.';
COMMENT ON COLUMN audit.refusal.refusals IS 'How many.';
COMMENT ON COLUMN audit.refusal.replica IS 'Server that refused.';
COMMENT ON COLUMN audit.refusal.code IS 'Code of the refusals.';
COMMENT ON COLUMN audit.refusal.kind IS 'Evidence kind or method.';
COMMENT ON COLUMN audit.refusal.subject IS 'Whom the evidence names; empty: the evidence was not verified.';
COMMENT ON COLUMN audit.refusal.address IS 'Address that the request came from; empty: the server itself.';
COMMENT ON COLUMN audit.refusal.spiffe_id IS 'Identity that the request was about: requested, or named by the evidence or the rule; empty: not known. A claim where subject is empty.';
COMMENT ON COLUMN audit.refusal.names IS 'Names requested beside it, truncated.';
COMMENT ON COLUMN audit.refusal.rule IS 'Rule that decided; empty: none did.';
COMMENT ON COLUMN audit.refusal.policy_version IS 'Policy in force; empty: it was not asked.';
COMMENT ON COLUMN audit.refusal.request_id IS 'Request id of the first of them; empty: it had none.';
COMMENT ON COLUMN audit.refusal.message IS 'What the caller was told, truncated.';
COMMENT ON COLUMN audit.refusal.diagnosis IS 'What the caller was not told, truncated. No secret.';

GRANT SELECT, INSERT ON audit.refusal TO signet_server;
GRANT SELECT ON audit.refusal TO signet_maintenance;

CREATE OR REPLACE FUNCTION audit.ensure_partitions() RETURNS integer
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET timezone = 'UTC'
    AS $$
DECLARE
    today date := clock_timestamp()::date;
BEGIN
    -- Two replicas at once: the second waits, then finds nothing to do.
    PERFORM pg_advisory_xact_lock(5131471623550304343);
    -- Events carry this database's time. Refusals carry a replica's, and may be written late.
    RETURN audit.make_partitions('event', 'month', today, today + 62)
        + audit.make_partitions('refusal_count', 'day', today - 2, today + 7)
        + audit.make_partitions('refusal', 'day', today - 2, today + 7);
END
$$;
COMMENT ON FUNCTION audit.ensure_partitions() IS 'Makes the missing partitions of this and the coming two months (events) and of the coming week (refusals and their counts); returns how many it made. Safe to call at any time from any number of replicas.';

CREATE OR REPLACE FUNCTION audit.drop_expired_partitions(event_retention interval, count_retention interval) RETURNS SETOF text
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '300ms'
    SET timezone = 'UTC'
    AS $$
DECLARE
    partition record;
    retention interval;
BEGIN
    IF event_retention < interval '30 days' OR count_retention < interval '3 days' THEN
        RAISE EXCEPTION 'retention: %, % (expected: 30 days and 3 days or more, or null for ever)',
            event_retention, count_retention USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM pg_advisory_xact_lock(5131471623550304343);
    FOR partition IN
        SELECT c.relname AS name,
               substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''([^'']+)''\)')::timestamptz AS upper_bound,
               i.inhparent = 'audit.event'::regclass AS of_events
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent IN (
            'audit.event'::regclass, 'audit.refusal_count'::regclass, 'audit.refusal'::regclass)
        ORDER BY c.relname
    LOOP
        retention := CASE WHEN partition.of_events THEN event_retention ELSE count_retention END;
        CONTINUE WHEN retention IS NULL OR partition.upper_bound > clock_timestamp() - retention;
        EXECUTE format('DROP TABLE audit.%I', partition.name);
        RETURN NEXT partition.name;
    END LOOP;
END
$$;
COMMENT ON FUNCTION audit.drop_expired_partitions(interval, interval) IS 'Drops partitions whose every row is older than its retention: of events 30 days or more, of refusals and their counts 3 days or more; null: for ever. Returns their names.';

SELECT audit.ensure_partitions();
