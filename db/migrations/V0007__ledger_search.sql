-- Why: the ledger is searched by whatever an operator has in hand, at any size (docs/adr/0011). An
-- index on the parent is made on each partition that exists and on each that is attached later.

CREATE INDEX certificate_sha256 ON ledger.certificate USING hash (sha256(der));
COMMENT ON INDEX ledger.certificate_sha256 IS 'Look-up by fingerprint. Hash: a fingerprint is there once, so no bucket grows long.';

CREATE INDEX certificate_key ON ledger.certificate (substring(key_sha256 FROM 1 FOR 8));
COMMENT ON INDEX ledger.certificate_key IS 'Look-up by key; the rest of the digest is compared with the row. No hash index: a key that is used a million times would make one bucket that each insert walks along.';

CREATE INDEX certificate_evidence_subject ON ledger.certificate (hashtext(evidence_subject), issued_at);
COMMENT ON INDEX ledger.certificate_evidence_subject IS 'Look-up by evidence subject, in order of time; the text itself is compared with the row.';

CREATE INDEX certificate_other_sans ON ledger.certificate
    USING gin (string_to_array(replace(other_sans, '\,', chr(10)), ','))
    WITH (gin_pending_list_limit = 256)
    WHERE other_sans IS NOT NULL;
COMMENT ON INDEX ledger.certificate_other_sans IS 'Look-up by further name. A certificate without one costs nothing. A comma in a name, escaped in the column, is a line feed here.';

-- Instead of certificate_issued_at: more columns in a BRIN cost an insert nothing either.
CREATE INDEX certificate_time ON ledger.certificate
    USING brin (issued_at, not_after, evidence_kind text_bloom_ops (n_distinct_per_range = 16))
    WITH (pages_per_range = 32);
COMMENT ON INDEX ledger.certificate_time IS 'Look-up by time of issuance, expiry and kind of evidence: rows lie in order of issuance, so summaries of block ranges do. Written by vacuum, not by inserts.';
DROP INDEX ledger.certificate_issued_at;

-- What vacuum has not summarised yet is read whole by every such look-up: let it come after 10,000
-- inserts, not after a fifth of the partition. It reads the new pages only.
DO $$
DECLARE
    partition regclass;
BEGIN
    FOR partition IN SELECT inhrelid::regclass FROM pg_catalog.pg_inherits
                     WHERE inhparent = 'ledger.certificate'::regclass LOOP
        EXECUTE format(
            'ALTER TABLE %s SET (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 10000)',
            partition);
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION ledger.make_partitions(parent text, first_day date, last_day date) RETURNS integer
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
            EXECUTE format(
                'ALTER TABLE ledger.%I SET (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 10000)',
                partition);
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

CREATE FUNCTION ledger.oldest_day() RETURNS date
    LANGUAGE sql
    STABLE
    SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT to_date(right(min(c.relname), 8), 'YYYYMMDD')
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'ledger.certificate'::regclass
    $$;
COMMENT ON FUNCTION ledger.oldest_day() IS 'Day of expiry of the oldest partition of ledger.certificate; null where there is none.';
REVOKE EXECUTE ON FUNCTION ledger.oldest_day() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.oldest_day() TO signet_server;

COMMENT ON COLUMN ledger.certificate.other_sans IS 'Further SANs as DNS:name, IP:address, email:address or URI:uri, comma-separated, a comma in a URI with a backslash before it; null where there is none.';
COMMENT ON COLUMN ledger.certificate.profile IS 'Name of the profile.';
COMMENT ON COLUMN ledger.certificate.evidence_kind IS 'How the caller proved itself: kubernetes, oidc, join-token, current-certificate, registration-authority, server.';
