-- Why: who did what to this CA, what it refused, whether it is halted, and which acts wait for a
-- second person (docs/adr/0015). All of it is append-only for signet_server: a state is the last
-- row, a decision is a row of its own.

CREATE SCHEMA audit;
COMMENT ON SCHEMA audit IS 'Who did what, and what was refused. Insert only: signet_server can neither change nor remove a row. Owned by package dev.signet.ca.audit.';
GRANT USAGE ON SCHEMA audit TO signet_server, signet_maintenance;

CREATE SEQUENCE audit.event_id AS bigint;
COMMENT ON SEQUENCE audit.event_id IS 'Numbers events in the order of their commits: see audit.one_after_another.';
GRANT USAGE ON SEQUENCE audit.event_id TO signet_server;

CREATE TABLE audit.event (
    id            bigint        NOT NULL DEFAULT nextval('audit.event_id'),
    happened_at   timestamptz   NOT NULL DEFAULT clock_timestamp(),
    replica       varchar(256)  NOT NULL,
    act           varchar(64)   NOT NULL,
    actor_kind    varchar(32)   NOT NULL,
    actor_subject varchar(2048) NOT NULL,
    actor_address varchar(64),
    target        varchar(2048) NOT NULL,
    reason        varchar(1024) NOT NULL,
    before        jsonb,
    after         jsonb,
    refusal       varchar(64),
    CONSTRAINT event_pkey PRIMARY KEY (happened_at, id),
    CONSTRAINT event_act_form CHECK (act ~ '^[a-z]+([.-][a-z]+)*$'),
    CONSTRAINT event_content_length CHECK (
        octet_length(before::text) <= 131072 AND octet_length(after::text) <= 131072)
) PARTITION BY RANGE (happened_at);

COMMENT ON TABLE audit.event IS 'One immutable row for each act of an admin or operator and each login. Issuances are in ledger.certificate. Partitioned by month (UTC).';
COMMENT ON COLUMN audit.event.id IS 'Ascends in the order of commits, with gaps: who has read up to one misses nothing by asking for what is greater.';
COMMENT ON COLUMN audit.event.happened_at IS 'When its row was written, by the clock of this database.';
COMMENT ON COLUMN audit.event.replica IS 'Server that wrote it.';
COMMENT ON COLUMN audit.event.act IS 'Permanent name: policy.activate, token.create, login.';
COMMENT ON COLUMN audit.event.actor_kind IS 'How the actor proved itself: oidc, certificate, credential, server.';
COMMENT ON COLUMN audit.event.actor_subject IS 'Whom that names, unique within the kind.';
COMMENT ON COLUMN audit.event.actor_address IS 'Address that it came from; null: the server itself.';
COMMENT ON COLUMN audit.event.target IS 'What it was done to; empty where the act says it all.';
COMMENT ON COLUMN audit.event.reason IS 'As the actor gave it; empty: none was asked for.';
COMMENT ON COLUMN audit.event.before IS 'What the act replaced; null: nothing. No secret.';
COMMENT ON COLUMN audit.event.after IS 'What is there now; null: nothing. No secret.';
COMMENT ON COLUMN audit.event.refusal IS 'Code of the refusal; null: it was done.';

CREATE INDEX event_by_id ON audit.event (id);
CREATE INDEX event_by_act ON audit.event (act, id);
CREATE INDEX event_by_actor ON audit.event (actor_subject, id);
CREATE INDEX event_by_target ON audit.event (target, id);

-- A number is drawn under a lock that is held until commit, so that no smaller one appears later.
-- Acts are few; what is frequent is counted in audit.refusal_count.
CREATE FUNCTION audit.one_after_another() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(5131471623550304342);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION audit.one_after_another() IS 'Lets one transaction at a time write events.';
REVOKE EXECUTE ON FUNCTION audit.one_after_another() FROM PUBLIC;
CREATE TRIGGER event_order BEFORE INSERT ON audit.event
    FOR EACH STATEMENT EXECUTE FUNCTION audit.one_after_another();

CREATE TABLE audit.refusal_count (
    began_at  timestamptz   NOT NULL,
    process   uuid          NOT NULL,
    replica   varchar(256)  NOT NULL,
    code      varchar(64)   NOT NULL,
    kind      varchar(64)   NOT NULL,
    detail    varchar(256)  NOT NULL,
    refusals  bigint        NOT NULL,
    sample    varchar(512)  NOT NULL,
    CONSTRAINT refusal_count_pkey PRIMARY KEY (began_at, process, code, kind, detail),
    CONSTRAINT refusal_count_positive CHECK (refusals > 0)
) PARTITION BY RANGE (began_at);

COMMENT ON TABLE audit.refusal_count IS 'How often what was refused in a minute: a bounded number of rows a minute and replica, whatever callers do. Partitioned by day (UTC).';
COMMENT ON COLUMN audit.refusal_count.began_at IS 'First instant of the minute, by the clock of the replica.';
COMMENT ON COLUMN audit.refusal_count.process IS 'Random, one for each run of a server: a count that is written twice is there once.';
COMMENT ON COLUMN audit.refusal_count.replica IS 'Server that refused.';
COMMENT ON COLUMN audit.refusal_count.code IS 'Code of the refusals.';
COMMENT ON COLUMN audit.refusal_count.kind IS 'Evidence kind or method; * in the row of what had no place of its own.';
COMMENT ON COLUMN audit.refusal_count.detail IS 'Rule or issuer, a name from the configuration; empty: none; * in the row of what had no place of its own.';
COMMENT ON COLUMN audit.refusal_count.refusals IS 'How many.';
COMMENT ON COLUMN audit.refusal_count.sample IS 'Diagnosis of one of them, truncated. No secret.';

GRANT SELECT, INSERT ON audit.event, audit.refusal_count TO signet_server;
GRANT SELECT ON audit.event, audit.refusal_count TO signet_maintenance;

CREATE FUNCTION audit.make_partitions(parent text, unit text, first_day date, last_day date) RETURNS integer
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '2s'
    SET timezone = 'UTC'
    AS $$
DECLARE
    step interval := ('1 ' || unit)::interval;
    first timestamptz;
    partition text;
    made integer := 0;
BEGIN
    FOR first IN SELECT generate_series(date_trunc(unit, first_day::timestamptz), last_day::timestamptz, step) LOOP
        partition := parent || '_' || to_char(first, CASE unit WHEN 'month' THEN 'YYYYMM' ELSE 'YYYYMMDD' END);
        CONTINUE WHEN to_regclass('audit.' || quote_ident(partition)) IS NOT NULL;
        EXECUTE format(
            'CREATE TABLE audit.%I (LIKE audit.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)',
            partition, parent);
        EXECUTE format(
            'ALTER TABLE audit.%I ATTACH PARTITION audit.%I FOR VALUES FROM (%L) TO (%L)',
            parent, partition, first, first + step);
        made := made + 1;
    END LOOP;
    RETURN made;
END
$$;
COMMENT ON FUNCTION audit.make_partitions(text, text, date, date) IS 'Makes the missing partitions of audit.event (month) or audit.refusal_count (day). For the owner.';
REVOKE EXECUTE ON FUNCTION audit.make_partitions(text, text, date, date) FROM PUBLIC;

CREATE FUNCTION audit.ensure_partitions() RETURNS integer
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
    -- Events carry this database's time. Counts carry a replica's, and may be written late.
    RETURN audit.make_partitions('event', 'month', today, today + 62)
        + audit.make_partitions('refusal_count', 'day', today - 2, today + 7);
END
$$;
COMMENT ON FUNCTION audit.ensure_partitions() IS 'Makes the missing partitions of this and the coming two months (events) and of the coming week (counts); returns how many it made. Safe to call at any time from any number of replicas.';
REVOKE EXECUTE ON FUNCTION audit.ensure_partitions() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.ensure_partitions() TO signet_server;

CREATE FUNCTION audit.drop_expired_partitions(event_retention interval, count_retention interval) RETURNS SETOF text
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
        WHERE i.inhparent IN ('audit.event'::regclass, 'audit.refusal_count'::regclass)
        ORDER BY c.relname
    LOOP
        retention := CASE WHEN partition.of_events THEN event_retention ELSE count_retention END;
        CONTINUE WHEN retention IS NULL OR partition.upper_bound > clock_timestamp() - retention;
        EXECUTE format('DROP TABLE audit.%I', partition.name);
        RETURN NEXT partition.name;
    END LOOP;
END
$$;
COMMENT ON FUNCTION audit.drop_expired_partitions(interval, interval) IS 'Drops partitions whose every row is older than its retention: of events 30 days or more, of counts 3 days or more; null: for ever. Returns their names.';
REVOKE EXECUTE ON FUNCTION audit.drop_expired_partitions(interval, interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.drop_expired_partitions(interval, interval) TO signet_maintenance;

SELECT audit.ensure_partitions();

CREATE SCHEMA halt;
COMMENT ON SCHEMA halt IS 'Whether issuance is halted. Insert only. Owned by package dev.signet.ca.halt.';
GRANT USAGE ON SCHEMA halt TO signet_server;

CREATE TABLE halt.state_change (
    number        bigint        NOT NULL,
    halted        boolean       NOT NULL,
    reason        varchar(1024) NOT NULL,
    actor_kind    varchar(32)   NOT NULL,
    actor_subject varchar(2048) NOT NULL,
    changed_at    timestamptz   NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT state_change_pkey PRIMARY KEY (number),
    CONSTRAINT state_change_number_positive CHECK (number > 0),
    CONSTRAINT state_change_reason_given CHECK (reason <> '')
);
COMMENT ON TABLE halt.state_change IS 'Each halt and each lift; the row with the greatest number says what is. No row: issuance goes on.';
COMMENT ON COLUMN halt.state_change.number IS 'One more than that of the state which the actor has seen: of two who change the same state, one fails.';
COMMENT ON COLUMN halt.state_change.halted IS 'True: no certificate is issued but this CA''s own servers''.';
COMMENT ON COLUMN halt.state_change.reason IS 'Why; callers are told the reason of a halt.';
COMMENT ON COLUMN halt.state_change.actor_kind IS 'How who changed it proved itself.';
COMMENT ON COLUMN halt.state_change.actor_subject IS 'Who changed it.';
COMMENT ON COLUMN halt.state_change.changed_at IS 'When, by the clock of this database.';
GRANT SELECT, INSERT ON halt.state_change TO signet_server;

CREATE FUNCTION halt.announce() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    PERFORM pg_notify('signet', 'halt');
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION halt.announce() IS 'Tells all replicas to look.';
REVOKE EXECUTE ON FUNCTION halt.announce() FROM PUBLIC;
CREATE TRIGGER state_change_announce AFTER INSERT ON halt.state_change
    FOR EACH STATEMENT EXECUTE FUNCTION halt.announce();

CREATE SCHEMA admin;
COMMENT ON SCHEMA admin IS 'Acts that wait for a second person. Insert only. Owned by package dev.signet.ca.admin.';
GRANT USAGE ON SCHEMA admin TO signet_server;

CREATE TABLE admin.approval (
    id               uuid          NOT NULL,
    act              varchar(64)   NOT NULL,
    target           varchar(2048) NOT NULL,
    expected         varchar(128)  NOT NULL,
    reason           varchar(1024) NOT NULL,
    proposer_kind    varchar(32)   NOT NULL,
    proposer_subject varchar(2048) NOT NULL,
    proposer_address varchar(64),
    proposed_at      timestamptz   NOT NULL,
    expires_at       timestamptz   NOT NULL,
    CONSTRAINT approval_pkey PRIMARY KEY (id),
    CONSTRAINT approval_life CHECK (
        expires_at > proposed_at AND expires_at <= proposed_at + interval '31 days')
);
CREATE INDEX approval_proposed ON admin.approval (proposed_at, id);
COMMENT ON TABLE admin.approval IS 'Each act that was proposed to a second person. Decided by a row in admin.approval_decision, or by time.';
COMMENT ON COLUMN admin.approval.id IS 'UUID of version 7.';
COMMENT ON COLUMN admin.approval.act IS 'Permanent name as in audit.event.';
COMMENT ON COLUMN admin.approval.target IS 'What it is to be done to.';
COMMENT ON COLUMN admin.approval.expected IS 'State that the proposer has seen: when it has changed, the act is refused.';
COMMENT ON COLUMN admin.approval.reason IS 'As the proposer gave it.';
COMMENT ON COLUMN admin.approval.proposer_kind IS 'How the proposer proved itself.';
COMMENT ON COLUMN admin.approval.proposer_subject IS 'Who proposed; cannot approve.';
COMMENT ON COLUMN admin.approval.proposer_address IS 'Address that it came from.';
COMMENT ON COLUMN admin.approval.proposed_at IS 'When, by the clock of the server.';
COMMENT ON COLUMN admin.approval.expires_at IS 'First instant at which it cannot be approved any more.';

CREATE TABLE admin.approval_decision (
    approval_id     uuid          NOT NULL,
    approved        boolean       NOT NULL,
    reason          varchar(1024) NOT NULL,
    decider_kind    varchar(32)   NOT NULL,
    decider_subject varchar(2048) NOT NULL,
    decider_address varchar(64),
    decided_at      timestamptz   NOT NULL,
    CONSTRAINT approval_decision_pkey PRIMARY KEY (approval_id),
    CONSTRAINT approval_decision_approval_fkey FOREIGN KEY (approval_id) REFERENCES admin.approval (id)
);
COMMENT ON TABLE admin.approval_decision IS 'Who approved or rejected: one row, written in the transaction of the act, so that it is done once.';
COMMENT ON COLUMN admin.approval_decision.approval_id IS 'Which proposal.';
COMMENT ON COLUMN admin.approval_decision.approved IS 'True: it was done. False: it will never be.';
COMMENT ON COLUMN admin.approval_decision.reason IS 'As whoever decided gave it.';
COMMENT ON COLUMN admin.approval_decision.decider_kind IS 'How whoever decided proved itself.';
COMMENT ON COLUMN admin.approval_decision.decider_subject IS 'Who decided.';
COMMENT ON COLUMN admin.approval_decision.decider_address IS 'Address that it came from.';
COMMENT ON COLUMN admin.approval_decision.decided_at IS 'When, by the clock of the server.';

CREATE TABLE admin.first_admin (
    only_row      boolean       NOT NULL DEFAULT true,
    actor_kind    varchar(32)   NOT NULL,
    actor_subject varchar(2048) NOT NULL,
    logged_in_at  timestamptz   NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT first_admin_pkey PRIMARY KEY (only_row),
    CONSTRAINT first_admin_only_row CHECK (only_row)
);
COMMENT ON TABLE admin.first_admin IS 'Who first logged in as admin. Once it has its row no server makes a bootstrap token any more.';
COMMENT ON COLUMN admin.first_admin.only_row IS 'Keeps it at one row.';
COMMENT ON COLUMN admin.first_admin.actor_kind IS 'How it proved itself.';
COMMENT ON COLUMN admin.first_admin.actor_subject IS 'Who.';
COMMENT ON COLUMN admin.first_admin.logged_in_at IS 'When, by the clock of this database.';

GRANT SELECT, INSERT ON admin.approval, admin.approval_decision, admin.first_admin TO signet_server;
