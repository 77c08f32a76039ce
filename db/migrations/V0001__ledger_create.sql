-- Why: the record of every issuance, which a certificate must be in before it leaves the server
-- (docs/adr/0002), and the two roles that keep the server from changing what it once wrote
-- (docs/adr/0003).

-- Roles belong to the cluster, not to this database: another Signet database may have made them
-- already, or be making them now.
DO $$
DECLARE
    wanted text;
    is_new boolean;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['signet_server', 'signet_maintenance'] LOOP
        is_new := false;
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
                is_new := true;
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;
            END;
        END IF;
        -- Who runs this must be able to SET ROLE. A superuser always is. Since PostgreSQL 16 the
        -- maker of a role is a member of it who may grant it but not SET it: hence is_new.
        IF NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)
           AND (is_new OR NOT pg_catalog.pg_has_role(current_user, wanted, 'MEMBER')) THEN
            EXECUTE format('GRANT %I TO %I', wanted, current_user);
        END IF;
    END LOOP;
END
$$;

CREATE SCHEMA ledger;
COMMENT ON SCHEMA ledger IS 'What this CA has issued. Insert only: signet_server can neither change nor remove a row. Owned by package dev.signet.ca.ledger.';
GRANT USAGE ON SCHEMA ledger TO signet_server, signet_maintenance;

-- Each partition has PRIMARY KEY (serial): see ledger.make_partitions.
-- Lengths are bounded by varchar(n) where a CHECK is not needed: PostgreSQL reads each CHECK of the
-- partition anew for every statement, about a sixth of its processor time where a batch is one row.
CREATE TABLE ledger.certificate (
    serial           bytea          NOT NULL,
    spiffe_id        text           NOT NULL,
    other_sans       varchar(65536),
    subject          varchar(4096),
    key_sha256       bytea          NOT NULL,
    profile          varchar(256)   NOT NULL,
    profile_version  integer        NOT NULL,
    policy_version   varchar(256)   NOT NULL,
    policy_rule      varchar(1024)  NOT NULL,
    evidence_kind    varchar(64)    NOT NULL,
    evidence_subject varchar(8192)  NOT NULL,
    attributes       varchar(65536) NOT NULL,
    authority_id     varchar(256)   NOT NULL,
    not_before       timestamptz    NOT NULL,
    not_after        timestamptz    NOT NULL,
    issued_at        timestamptz    NOT NULL DEFAULT statement_timestamp(),
    request_id       uuid,
    replica          varchar(256)   NOT NULL,
    der              bytea          NOT NULL,
    -- The serial alone says which partition its row is in, so unique in a partition is unique.
    CONSTRAINT certificate_serial_period CHECK (
        octet_length(serial) = 20
        AND (get_byte(serial, 0) << 24) + (get_byte(serial, 1) << 16)
            + (get_byte(serial, 2) << 8) + get_byte(serial, 3)
        = 1073741824 + floor(date_part('epoch', not_after) / 3600)),
    CONSTRAINT certificate_form CHECK (
        starts_with(spiffe_id, 'spiffe://')
        AND octet_length(spiffe_id) <= 2048
        AND octet_length(key_sha256) = 32
        AND not_before <= not_after
        AND octet_length(der) BETWEEN 1 AND 262144)
) PARTITION BY RANGE (not_after);

COMMENT ON TABLE ledger.certificate IS 'One immutable row for each certificate that may have left the server. Partitioned by expiry, a day (UTC) each.';
COMMENT ON COLUMN ledger.certificate.serial IS 'Serial number, 20 octets: 0x40000000 plus the hour since the Unix epoch of not_after, then 128 random bits.';
COMMENT ON COLUMN ledger.certificate.spiffe_id IS 'The one URI SAN.';
COMMENT ON COLUMN ledger.certificate.other_sans IS 'Further SANs as DNS:name or IP:address, comma-separated; null where there is none.';
COMMENT ON COLUMN ledger.certificate.subject IS 'Subject name (RFC 4514); null where it is empty.';
COMMENT ON COLUMN ledger.certificate.key_sha256 IS 'SHA-256 of the DER SubjectPublicKeyInfo.';
COMMENT ON COLUMN ledger.certificate.profile IS 'Name of the leaf profile.';
COMMENT ON COLUMN ledger.certificate.profile_version IS 'Version of that profile.';
COMMENT ON COLUMN ledger.certificate.policy_version IS 'Version of the policy that allowed it.';
COMMENT ON COLUMN ledger.certificate.policy_rule IS 'Rule of that version that allowed it.';
COMMENT ON COLUMN ledger.certificate.evidence_kind IS 'How the caller proved itself: kubernetes, oidc, join-token, current-certificate, server.';
COMMENT ON COLUMN ledger.certificate.evidence_subject IS 'Whom the evidence named, unique within its kind. Not a secret.';
COMMENT ON COLUMN ledger.certificate.attributes IS 'Attested attributes, one JSON object of strings. Text, not jsonb: it is written on every issuance and read seldom; cast it to query it.';
COMMENT ON COLUMN ledger.certificate.authority_id IS 'The authority that signed it.';
COMMENT ON COLUMN ledger.certificate.not_before IS 'First second of its validity.';
COMMENT ON COLUMN ledger.certificate.not_after IS 'Last second of its validity.';
COMMENT ON COLUMN ledger.certificate.issued_at IS 'When its row was written, by the clock of this database.';
COMMENT ON COLUMN ledger.certificate.request_id IS 'Id (UUIDv7) that the caller gave for safe retries; null where it gave none.';
COMMENT ON COLUMN ledger.certificate.replica IS 'Server that issued it.';
COMMENT ON COLUMN ledger.certificate.der IS 'The certificate, DER.';

CREATE INDEX certificate_spiffe_id ON ledger.certificate (spiffe_id text_pattern_ops, not_after);
COMMENT ON INDEX ledger.certificate_spiffe_id IS 'Look-up by SPIFFE ID or prefix of one. Each further index costs about 110 octets of WAL an issuance.';
CREATE INDEX certificate_issued_at ON ledger.certificate USING brin (issued_at) WITH (pages_per_range = 32);
COMMENT ON INDEX ledger.certificate_issued_at IS 'Look-up by time of issuance: rows lie in that order, so a summary of block ranges does; an insert writes nothing to it.';

CREATE TABLE ledger.issuance_request (
    request_id    uuid  NOT NULL,
    caller_sha256 bytea NOT NULL,
    csr_sha256    bytea NOT NULL,
    serial        bytea NOT NULL,
    CONSTRAINT issuance_request_pkey PRIMARY KEY (request_id),
    CONSTRAINT issuance_request_version CHECK (get_byte(uuid_send(request_id), 6) >> 4 = 7),
    CONSTRAINT issuance_request_caller_sha256_length CHECK (octet_length(caller_sha256) = 32),
    CONSTRAINT issuance_request_csr_sha256_length CHECK (octet_length(csr_sha256) = 32),
    CONSTRAINT issuance_request_serial_length CHECK (octet_length(serial) = 20)
) PARTITION BY RANGE (request_id);

COMMENT ON TABLE ledger.issuance_request IS 'Which certificate a request id was given, so that a retry gets the same one. Partitioned by the id, which begins with its time: a day (UTC) each.';
COMMENT ON COLUMN ledger.issuance_request.request_id IS 'UUID of version 7, made by the caller.';
COMMENT ON COLUMN ledger.issuance_request.caller_sha256 IS 'SHA-256 over evidence kind and subject: an id is its first caller''s alone.';
COMMENT ON COLUMN ledger.issuance_request.csr_sha256 IS 'SHA-256 of the DER certification request: tells a retry from another request.';
COMMENT ON COLUMN ledger.issuance_request.serial IS 'Serial number of the certificate in ledger.certificate, written in the same transaction.';

CREATE TABLE ledger.join_token_redemption (
    token_hash  bytea       NOT NULL,
    serial      bytea       NOT NULL,
    redeemed_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT join_token_redemption_pkey PRIMARY KEY (token_hash),
    CONSTRAINT join_token_redemption_token_hash_length CHECK (octet_length(token_hash) = 32),
    CONSTRAINT join_token_redemption_serial_length CHECK (octet_length(serial) = 20)
);

COMMENT ON TABLE ledger.join_token_redemption IS 'Join tokens that were used up: one row, written in the transaction of the one certificate that the token gave.';
COMMENT ON COLUMN ledger.join_token_redemption.token_hash IS 'SHA-256 of the token.';
COMMENT ON COLUMN ledger.join_token_redemption.serial IS 'Serial number of the certificate that it gave.';
COMMENT ON COLUMN ledger.join_token_redemption.redeemed_at IS 'When, by the clock of this database.';

GRANT SELECT, INSERT ON ledger.certificate, ledger.issuance_request, ledger.join_token_redemption TO signet_server;

CREATE FUNCTION ledger.uuid_at(moment timestamptz) RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT
    SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT (lpad(to_hex(floor(extract(epoch FROM moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
    $$;
COMMENT ON FUNCTION ledger.uuid_at(timestamptz) IS 'The smallest UUID of version 7 of a moment, with all further bits zero: a partition bound.';
REVOKE EXECUTE ON FUNCTION ledger.uuid_at(timestamptz) FROM PUBLIC;

-- Made beside the table and attached to it: that takes a lock under which reads and inserts go on;
-- CREATE TABLE ... PARTITION OF would stop both.
CREATE FUNCTION ledger.make_partitions(parent text, first_day date, last_day date) RETURNS integer
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '2s'
    SET timezone = 'UTC'
    AS $$
DECLARE
    day date;
    partition text;
    made integer := 0;
BEGIN
    FOR day IN SELECT generate_series(first_day, last_day, interval '1 day')::date LOOP
        partition := parent || '_' || to_char(day, 'YYYYMMDD');
        CONTINUE WHEN to_regclass('ledger.' || quote_ident(partition)) IS NOT NULL;
        EXECUTE format(
            'CREATE TABLE ledger.%I (LIKE ledger.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)',
            partition, parent);
        IF parent = 'certificate' THEN
            EXECUTE format('ALTER TABLE ledger.%I ADD CONSTRAINT %I PRIMARY KEY (serial)', partition, partition || '_pkey');
            EXECUTE format(
                'ALTER TABLE ledger.%I ATTACH PARTITION ledger.%I FOR VALUES FROM (%L) TO (%L)',
                parent, partition, day::timestamptz, (day + 1)::timestamptz);
        ELSE
            EXECUTE format(
                'ALTER TABLE ledger.%I ATTACH PARTITION ledger.%I FOR VALUES FROM (%L) TO (%L)',
                parent, partition, ledger.uuid_at(day::timestamptz), ledger.uuid_at((day + 1)::timestamptz));
        END IF;
        made := made + 1;
    END LOOP;
    RETURN made;
END
$$;
COMMENT ON FUNCTION ledger.make_partitions(text, date, date) IS 'Makes the missing daily partitions of ledger.certificate or ledger.issuance_request. For the owner.';
REVOKE EXECUTE ON FUNCTION ledger.make_partitions(text, date, date) FROM PUBLIC;

CREATE FUNCTION ledger.ensure_partitions(days_ahead integer) RETURNS integer
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET timezone = 'UTC'
    AS $$
DECLARE
    today date := clock_timestamp()::date;
BEGIN
    IF days_ahead IS NULL OR days_ahead NOT BETWEEN 1 AND 400 THEN
        RAISE EXCEPTION 'days_ahead: % (expected: 1 to 400)', days_ahead USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- Two replicas at once: the second waits, then finds nothing to do.
    PERFORM pg_advisory_xact_lock(5131471623550304340);
    RETURN ledger.make_partitions('certificate', today - 1, today + days_ahead)
        -- Ids are at most a day old and minutes ahead; a day more on either side for clocks.
        + ledger.make_partitions('issuance_request', today - 2, today + 2);
END
$$;
COMMENT ON FUNCTION ledger.ensure_partitions(integer) IS 'Makes the missing partitions from yesterday to so many days ahead (1 to 400); returns how many it made. Safe to call at any time from any number of replicas.';
REVOKE EXECUTE ON FUNCTION ledger.ensure_partitions(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.ensure_partitions(integer) TO signet_server;

-- Inserts wait while a partition is dropped, and while that waits for a long look-up to end: hence
-- a short lock_timeout. What was not dropped is dropped next time.
CREATE FUNCTION ledger.drop_expired_partitions(retention interval) RETURNS SETOF text
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '300ms'
    SET timezone = 'UTC'
    AS $$
DECLARE
    kept_from timestamptz;
    partition record;
BEGIN
    -- The day keeps a clock that is wrong by hours from making a live certificate look expired.
    IF retention IS NULL OR retention < interval '1 day' THEN
        RAISE EXCEPTION 'retention: % (expected: 1 day or more)', retention USING ERRCODE = 'invalid_parameter_value';
    END IF;
    kept_from := clock_timestamp() - retention;
    PERFORM pg_advisory_xact_lock(5131471623550304340);
    FOR partition IN
        SELECT c.relname AS name,
               substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''([^'']+)''\)') AS upper_bound,
               i.inhparent = 'ledger.certificate'::regclass AS of_certificates
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent IN ('ledger.certificate'::regclass, 'ledger.issuance_request'::regclass)
        ORDER BY c.relname
    LOOP
        IF partition.of_certificates THEN
            CONTINUE WHEN partition.upper_bound::timestamptz > kept_from;
        ELSE
            -- A request id is accepted for a day: a certificate's retention does not matter to it.
            CONTINUE WHEN partition.upper_bound::uuid > ledger.uuid_at(clock_timestamp() - interval '2 days');
        END IF;
        EXECUTE format('DROP TABLE ledger.%I', partition.name);
        RETURN NEXT partition.name;
    END LOOP;
END
$$;
COMMENT ON FUNCTION ledger.drop_expired_partitions(interval) IS 'Drops partitions whose every certificate expired longer ago than the retention (1 day or more), and those of request ids that no retry may use any more. Returns their names.';
REVOKE EXECUTE ON FUNCTION ledger.drop_expired_partitions(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.drop_expired_partitions(interval) TO signet_maintenance;

SELECT ledger.ensure_partitions(7);
