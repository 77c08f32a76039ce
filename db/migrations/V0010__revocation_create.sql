-- Why: which certificates are revoked, which identities get none any more, and the bulk revocations
-- under way (docs/adr/0016). Insert only for signet_server; a revocation goes when its certificate
-- has long expired, and never before (R15).

CREATE SCHEMA revocation;
COMMENT ON SCHEMA revocation IS 'Revoked certificates and blocked identities. Insert only: signet_server can neither change nor remove a row. Owned by package dev.signet.ca.revocation; package ledger asks it which certificates are revoked.';
GRANT USAGE ON SCHEMA revocation TO signet_server, signet_maintenance;

CREATE TABLE revocation.revocation (
    sequence      bigint        NOT NULL,
    serial        bytea         NOT NULL,
    authority_id  varchar(256)  NOT NULL,
    not_after     timestamptz   NOT NULL,
    spiffe_id     varchar(2048),
    on_record     boolean       NOT NULL,
    reason        varchar(32)   NOT NULL,
    comment       varchar(1024) NOT NULL,
    actor_kind    varchar(32)   NOT NULL,
    actor_subject varchar(2048) NOT NULL,
    job_id        uuid,
    revoked_at    timestamptz   NOT NULL DEFAULT date_trunc('second', clock_timestamp()),
    CONSTRAINT revocation_pkey PRIMARY KEY (sequence),
    CONSTRAINT revocation_serial_key UNIQUE (serial),
    CONSTRAINT revocation_sequence_positive CHECK (sequence > 0),
    CONSTRAINT revocation_serial_period CHECK (
        octet_length(serial) = 20
        AND (get_byte(serial, 0) << 24) + (get_byte(serial, 1) << 16)
            + (get_byte(serial, 2) << 8) + get_byte(serial, 3)
        = 1073741824 + floor(date_part('epoch', not_after) / 3600)),
    CONSTRAINT revocation_reason_known CHECK (reason IN (
        'unspecified', 'keyCompromise', 'cACompromise', 'affiliationChanged', 'superseded',
        'cessationOfOperation', 'privilegeWithdrawn'))
);
COMMENT ON TABLE revocation.revocation IS 'One row for each revoked certificate; a revocation is for good. Removed by revocation.forget_expired alone.';
COMMENT ON COLUMN revocation.revocation.sequence IS 'Ascends in the order of commits: numbers are given under a lock that is held until commit. At least the microseconds since the Unix epoch, so that none falls or repeats when this database is put back to an earlier moment.';
COMMENT ON COLUMN revocation.revocation.serial IS 'Serial number, as in ledger.certificate; or of the certificate of an authority.';
COMMENT ON COLUMN revocation.revocation.authority_id IS 'The authority that issued it.';
COMMENT ON COLUMN revocation.revocation.not_after IS 'Last second of its validity; of one that is not on record at the latest the last second of the hour that its serial number names.';
COMMENT ON COLUMN revocation.revocation.spiffe_id IS 'Its SPIFFE ID; null: not known.';
COMMENT ON COLUMN revocation.revocation.on_record IS 'Whether it was in ledger.certificate. Not: an authority''s own, or one whose record was lost.';
COMMENT ON COLUMN revocation.revocation.reason IS 'Reason of RFC 5280 5.3.1.';
COMMENT ON COLUMN revocation.revocation.comment IS 'Why, for people.';
COMMENT ON COLUMN revocation.revocation.actor_kind IS 'How who revoked it proved itself.';
COMMENT ON COLUMN revocation.revocation.actor_subject IS 'Who revoked it.';
COMMENT ON COLUMN revocation.revocation.job_id IS 'Bulk revocation that it is part of; null: none.';
COMMENT ON COLUMN revocation.revocation.revoked_at IS 'When, by the clock of this database, whole seconds as in a CRL.';

CREATE INDEX revocation_not_after ON revocation.revocation (not_after);
COMMENT ON INDEX revocation.revocation_not_after IS 'What has long expired.';
CREATE INDEX revocation_spiffe_id ON revocation.revocation (spiffe_id text_pattern_ops, sequence);
COMMENT ON INDEX revocation.revocation_spiffe_id IS 'Look-up by SPIFFE ID or prefix of one.';
CREATE INDEX revocation_job ON revocation.revocation (job_id, sequence) WHERE job_id IS NOT NULL;
COMMENT ON INDEX revocation.revocation_job IS 'Look-up by bulk revocation.';

CREATE TABLE revocation.block (
    number        bigint        NOT NULL,
    target        varchar(2048) NOT NULL,
    reason        varchar(1024) NOT NULL,
    actor_kind    varchar(32)   NOT NULL,
    actor_subject varchar(2048) NOT NULL,
    blocked_at    timestamptz   NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT block_pkey PRIMARY KEY (number),
    CONSTRAINT block_number_positive CHECK (number > 0),
    CONSTRAINT block_target_form CHECK (starts_with(target, 'spiffe://') AND length(target) > 9),
    CONSTRAINT block_reason_given CHECK (reason <> '')
);
CREATE INDEX block_target ON revocation.block (target, number);
COMMENT ON TABLE revocation.block IS 'Identities that get no certificate, until a row in revocation.block_release.';
COMMENT ON COLUMN revocation.block.number IS 'In the order of commits; given under a lock that is held until commit.';
COMMENT ON COLUMN revocation.block.target IS 'A SPIFFE ID; or, with a slash at its end, all below it.';
COMMENT ON COLUMN revocation.block.reason IS 'Why, for people; not told to callers.';
COMMENT ON COLUMN revocation.block.actor_kind IS 'How who blocked it proved itself.';
COMMENT ON COLUMN revocation.block.actor_subject IS 'Who blocked it.';
COMMENT ON COLUMN revocation.block.blocked_at IS 'When, by the clock of this database.';
COMMENT ON INDEX revocation.block_target IS 'The blocks of an identity.';

CREATE TABLE revocation.block_release (
    number        bigint        NOT NULL,
    reason        varchar(1024) NOT NULL,
    actor_kind    varchar(32)   NOT NULL,
    actor_subject varchar(2048) NOT NULL,
    released_at   timestamptz   NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT block_release_pkey PRIMARY KEY (number),
    CONSTRAINT block_release_block_fkey FOREIGN KEY (number) REFERENCES revocation.block (number),
    CONSTRAINT block_release_reason_given CHECK (reason <> '')
);
COMMENT ON TABLE revocation.block_release IS 'Blocks that are over.';
COMMENT ON COLUMN revocation.block_release.number IS 'Which block.';
COMMENT ON COLUMN revocation.block_release.reason IS 'Why, for people.';
COMMENT ON COLUMN revocation.block_release.actor_kind IS 'How who released it proved itself.';
COMMENT ON COLUMN revocation.block_release.actor_subject IS 'Who released it.';
COMMENT ON COLUMN revocation.block_release.released_at IS 'When, by the clock of this database.';

CREATE TABLE revocation.job (
    id            uuid           NOT NULL,
    selector      varchar(32768) NOT NULL,
    issued_before timestamptz    NOT NULL,
    expected      bigint         NOT NULL,
    exact         boolean        NOT NULL,
    reason        varchar(32)    NOT NULL,
    comment       varchar(1024)  NOT NULL,
    rate          integer        NOT NULL,
    actor_kind    varchar(32)    NOT NULL,
    actor_subject varchar(2048)  NOT NULL,
    created_at    timestamptz    NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT job_pkey PRIMARY KEY (id),
    CONSTRAINT job_rate_range CHECK (rate BETWEEN 1 AND 10000),
    CONSTRAINT job_expected_not_negative CHECK (expected >= 0)
);
CREATE INDEX job_created_at ON revocation.job (created_at, id);
COMMENT ON TABLE revocation.job IS 'Bulk revocations, done in steps by whichever replica is there. Waits until it has a row in revocation.job_start.';
COMMENT ON COLUMN revocation.job.id IS 'UUID of version 7.';
COMMENT ON COLUMN revocation.job.selector IS 'Which certificates, JSON.';
COMMENT ON COLUMN revocation.job.issued_before IS 'Those put on record before this moment: no later one is part of it.';
COMMENT ON COLUMN revocation.job.expected IS 'How many there were in the preview.';
COMMENT ON COLUMN revocation.job.exact IS 'Whether the preview counted them all.';
COMMENT ON COLUMN revocation.job.reason IS 'Reason of each revocation.';
COMMENT ON COLUMN revocation.job.comment IS 'Comment of each revocation.';
COMMENT ON COLUMN revocation.job.rate IS 'Most revocations a second.';
COMMENT ON COLUMN revocation.job.actor_kind IS 'How who made it proved itself.';
COMMENT ON COLUMN revocation.job.actor_subject IS 'Who made it.';
COMMENT ON COLUMN revocation.job.created_at IS 'When, by the clock of this database.';
COMMENT ON INDEX revocation.job_created_at IS 'The youngest first.';

CREATE TABLE revocation.job_start (
    job_id     uuid        NOT NULL,
    started_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT job_start_pkey PRIMARY KEY (job_id),
    CONSTRAINT job_start_job_fkey FOREIGN KEY (job_id) REFERENCES revocation.job (id)
);
COMMENT ON TABLE revocation.job_start IS 'Bulk revocations that may begin: at once, or when a second person has approved.';
COMMENT ON COLUMN revocation.job_start.job_id IS 'Which one.';
COMMENT ON COLUMN revocation.job_start.started_at IS 'When, by the clock of this database.';

CREATE TABLE revocation.job_step (
    job_id   uuid         NOT NULL,
    step     integer      NOT NULL,
    revoked  bigint       NOT NULL,
    position varchar(128) NOT NULL,
    final    boolean      NOT NULL,
    made_at  timestamptz  NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT job_step_pkey PRIMARY KEY (job_id, step),
    CONSTRAINT job_step_job_fkey FOREIGN KEY (job_id) REFERENCES revocation.job (id),
    CONSTRAINT job_step_figures CHECK (step > 0 AND revoked >= 0)
);
CREATE INDEX job_step_final ON revocation.job_step (job_id) WHERE final;
COMMENT ON TABLE revocation.job_step IS 'How far a bulk revocation has come, written in the transaction of the revocations of the step: after a crash it goes on behind the last one.';
COMMENT ON COLUMN revocation.job_step.job_id IS 'Which one.';
COMMENT ON COLUMN revocation.job_step.step IS 'From 1 on.';
COMMENT ON COLUMN revocation.job_step.revoked IS 'Certificates revoked up to and with this step.';
COMMENT ON COLUMN revocation.job_step.position IS 'Behind which certificate the next step begins.';
COMMENT ON COLUMN revocation.job_step.final IS 'Whether there is none behind it.';
COMMENT ON COLUMN revocation.job_step.made_at IS 'When, by the clock of this database.';
COMMENT ON INDEX revocation.job_step_final IS 'Which bulk revocations are over.';

CREATE TABLE revocation.job_cancellation (
    job_id        uuid          NOT NULL,
    reason        varchar(1024) NOT NULL,
    actor_kind    varchar(32)   NOT NULL,
    actor_subject varchar(2048) NOT NULL,
    cancelled_at  timestamptz   NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT job_cancellation_pkey PRIMARY KEY (job_id),
    CONSTRAINT job_cancellation_job_fkey FOREIGN KEY (job_id) REFERENCES revocation.job (id)
);
COMMENT ON TABLE revocation.job_cancellation IS 'Bulk revocations that were ended; what they had revoked stays revoked.';
COMMENT ON COLUMN revocation.job_cancellation.job_id IS 'Which one.';
COMMENT ON COLUMN revocation.job_cancellation.reason IS 'Why, for people.';
COMMENT ON COLUMN revocation.job_cancellation.actor_kind IS 'How who ended it proved itself.';
COMMENT ON COLUMN revocation.job_cancellation.actor_subject IS 'Who ended it.';
COMMENT ON COLUMN revocation.job_cancellation.cancelled_at IS 'When, by the clock of this database.';

GRANT SELECT, INSERT ON revocation.revocation, revocation.block, revocation.block_release,
    revocation.job, revocation.job_start, revocation.job_step, revocation.job_cancellation
    TO signet_server;

CREATE FUNCTION revocation.announce() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    PERFORM pg_notify('signet', TG_ARGV[0]);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION revocation.announce() IS 'Tells all replicas to look.';
REVOKE EXECUTE ON FUNCTION revocation.announce() FROM PUBLIC;
CREATE TRIGGER revocation_announce AFTER INSERT ON revocation.revocation
    FOR EACH STATEMENT EXECUTE FUNCTION revocation.announce('revocation');
CREATE TRIGGER block_announce AFTER INSERT ON revocation.block
    FOR EACH STATEMENT EXECUTE FUNCTION revocation.announce('block');
CREATE TRIGGER block_release_announce AFTER INSERT ON revocation.block_release
    FOR EACH STATEMENT EXECUTE FUNCTION revocation.announce('block');

-- The days keep a clock that is wrong by hours from making a live certificate look expired, and
-- leave each revocation on a CRL that was issued after the expiry. The greatest sequence stays, so
-- that numbers go on from it.
CREATE FUNCTION revocation.forget_expired(retention interval, at_most integer) RETURNS integer
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    removed integer;
BEGIN
    IF retention IS NULL OR retention < interval '2 days' THEN
        RAISE EXCEPTION 'retention: % (expected: 2 days or more)', retention USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF at_most IS NULL OR at_most NOT BETWEEN 1 AND 100000 THEN
        RAISE EXCEPTION 'at_most: % (expected: 1 to 100000)', at_most USING ERRCODE = 'invalid_parameter_value';
    END IF;
    DELETE FROM revocation.revocation
    WHERE sequence IN (
        SELECT r.sequence FROM revocation.revocation r
        WHERE r.not_after < clock_timestamp() - retention
          AND r.sequence < (SELECT max(sequence) FROM revocation.revocation)
        ORDER BY r.not_after
        LIMIT at_most
        FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS removed = ROW_COUNT;
    -- Of what is over, the last step says it all.
    DELETE FROM revocation.job_step s
    WHERE NOT s.final AND s.made_at < clock_timestamp() - retention
      AND EXISTS (SELECT FROM revocation.job_step f WHERE f.job_id = s.job_id AND f.final);
    RETURN removed;
END
$$;
COMMENT ON FUNCTION revocation.forget_expired(interval, integer) IS 'Removes at most so many revocations of certificates that expired longer ago than the retention (2 days or more). Returns how many. Safe to call at any time from any number of replicas.';
REVOKE EXECUTE ON FUNCTION revocation.forget_expired(interval, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION revocation.forget_expired(interval, integer) TO signet_maintenance;
