-- Why: software that reads CRLs from a file refuses every certificate that names no CRL when the
-- CRL has an issuing distribution point, as those of status.crl do. One CRL per authority without
-- it, in a table of its own: a server of the release before reads each row of status.crl.

CREATE TABLE status.full_crl (
    authority_id varchar(64)  NOT NULL,
    number       bigint       NOT NULL,
    this_update  timestamptz  NOT NULL,
    next_update  timestamptz  NOT NULL,
    sequence     bigint       NOT NULL,
    entries      integer      NOT NULL,
    der          bytea        NOT NULL,
    replica      varchar(256) NOT NULL,
    recorded_at  timestamptz  NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT full_crl_pkey PRIMARY KEY (authority_id, number),
    CONSTRAINT full_crl_number CHECK (number > 0),
    CONSTRAINT full_crl_updates CHECK (this_update < next_update),
    CONSTRAINT full_crl_counts CHECK (sequence >= 0 AND entries >= 0)
);
COMMENT ON TABLE status.full_crl IS 'CRLs about all certificates of an authority, without an issuing distribution point, as signed. The one with the greatest number is served; the others go after an hour or later.';
COMMENT ON COLUMN status.full_crl.authority_id IS 'The authority that signed it.';
COMMENT ON COLUMN status.full_crl.number IS 'CRL number, as in status.crl: grows, also when this database is restored to an earlier point in time.';
COMMENT ON COLUMN status.full_crl.this_update IS 'As in the CRL.';
COMMENT ON COLUMN status.full_crl.next_update IS 'As in the CRL.';
COMMENT ON COLUMN status.full_crl.sequence IS 'Revocations up to this sequence are in it.';
COMMENT ON COLUMN status.full_crl.entries IS 'Number of certificates in it.';
COMMENT ON COLUMN status.full_crl.der IS 'DER CertificateList.';
COMMENT ON COLUMN status.full_crl.replica IS 'Server that signed it.';
COMMENT ON COLUMN status.full_crl.recorded_at IS 'When, by the clock of this database.';
-- Serial numbers are random: there is nothing to compress.
ALTER TABLE status.full_crl ALTER COLUMN der SET STORAGE EXTERNAL;

CREATE VIEW status.every_crl AS
    SELECT authority_id, shard, number, this_update, next_update, sequence, entries, uris, der
    FROM status.crl
    UNION ALL
    SELECT authority_id, 0, number, this_update, next_update, sequence, entries, '', der
    FROM status.full_crl;
COMMENT ON VIEW status.every_crl IS 'CRLs of shards and full CRLs, which are shard 0.';

GRANT SELECT, INSERT ON status.full_crl TO signet_server;
GRANT SELECT ON status.full_crl TO signet_maintenance;
GRANT SELECT ON status.every_crl TO signet_server, signet_maintenance;

CREATE TRIGGER full_crl_announce AFTER INSERT ON status.full_crl
    FOR EACH STATEMENT EXECUTE FUNCTION status.announce();

CREATE OR REPLACE FUNCTION status.forget_superseded(older_than interval) RETURNS bigint
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    gone bigint;
    gone_full bigint;
BEGIN
    IF older_than IS NULL OR older_than < interval '1 hour' THEN
        RAISE EXCEPTION 'older_than: % (expected: 1 hour or more)', older_than USING ERRCODE = 'invalid_parameter_value';
    END IF;
    DELETE FROM status.crl c
    WHERE c.recorded_at < clock_timestamp() - older_than
      AND 2 <= (SELECT count(*) FROM status.crl newer
                WHERE newer.authority_id = c.authority_id
                  AND newer.shard = c.shard
                  AND newer.number > c.number);
    GET DIAGNOSTICS gone = ROW_COUNT;
    DELETE FROM status.full_crl c
    WHERE c.recorded_at < clock_timestamp() - older_than
      AND 2 <= (SELECT count(*) FROM status.full_crl newer
                WHERE newer.authority_id = c.authority_id
                  AND newer.number > c.number);
    GET DIAGNOSTICS gone_full = ROW_COUNT;
    DELETE FROM status.responder_certificate
    WHERE not_after < clock_timestamp() - interval '90 days';
    RETURN gone + gone_full;
END
$$;
COMMENT ON FUNCTION status.forget_superseded(interval) IS 'Removes CRLs that two newer ones of the same shard have followed and that are older than that (1 hour or more), and certificates of responders 90 days after their end. Returns how many CRLs.';
