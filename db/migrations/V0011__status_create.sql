-- Why: CRLs, the shards that certificates point at, and the certificates of OCSP responders
-- (docs/adr/0017). A CRL is on record before anybody gets it, so that all replicas serve the same
-- octets for a number and numbers only grow.

CREATE SCHEMA status;
COMMENT ON SCHEMA status IS 'What this CA says about the status of its certificates. Insert only for signet_server. Owned by package dev.signet.ca.status.';
GRANT USAGE ON SCHEMA status TO signet_server, signet_maintenance;

CREATE TABLE status.shard_plan (
    authority_id varchar(64)  NOT NULL,
    bits         smallint     NOT NULL,
    base_url     varchar(512) NOT NULL,
    planned_at   timestamptz  NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT shard_plan_pkey PRIMARY KEY (authority_id, bits, base_url),
    CONSTRAINT shard_plan_bits CHECK (bits BETWEEN 0 AND 12)
);
COMMENT ON TABLE status.shard_plan IS 'Into how many CRLs the certificates of an authority are spread, and under which URLs they are named. A certificate names the shard of the greatest number of bits when it was issued; every shard of every row is kept up.';
COMMENT ON COLUMN status.shard_plan.authority_id IS 'The authority, 64 hexadecimal digits.';
COMMENT ON COLUMN status.shard_plan.bits IS 'Bits of a serial number, after its expiry period, that say the shard: 2 to the power of it shards.';
COMMENT ON COLUMN status.shard_plan.base_url IS 'What the URLs of the CRLs begin with; empty: none is named in any certificate.';
COMMENT ON COLUMN status.shard_plan.planned_at IS 'When, by the clock of this database.';

CREATE TABLE status.crl (
    authority_id varchar(64)  NOT NULL,
    shard        integer      NOT NULL,
    number       bigint       NOT NULL,
    this_update  timestamptz  NOT NULL,
    next_update  timestamptz  NOT NULL,
    sequence     bigint       NOT NULL,
    entries      integer      NOT NULL,
    uris         varchar(16384) NOT NULL,
    der          bytea        NOT NULL,
    replica      varchar(256) NOT NULL,
    recorded_at  timestamptz  NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT crl_pkey PRIMARY KEY (authority_id, shard, number),
    CONSTRAINT crl_shard CHECK (shard BETWEEN 1 AND 8191),
    CONSTRAINT crl_number CHECK (number > 0),
    CONSTRAINT crl_updates CHECK (this_update < next_update),
    CONSTRAINT crl_counts CHECK (sequence >= 0 AND entries >= 0)
);
COMMENT ON TABLE status.crl IS 'CRLs as signed. The one with the greatest number of a shard is served; the others go after an hour or later.';
COMMENT ON COLUMN status.crl.authority_id IS 'The authority that signed it.';
COMMENT ON COLUMN status.crl.shard IS 'Which part of its certificates: 1 all; 2 n and 2 n + 1 the halves of n, by the next bit of the serial number after the expiry period.';
COMMENT ON COLUMN status.crl.number IS 'CRL number: at least one more than the last one, and at least the seconds since the Unix epoch when it was signed, so that it does not fall when this database is put back to an earlier moment.';
COMMENT ON COLUMN status.crl.this_update IS 'As in the CRL.';
COMMENT ON COLUMN status.crl.next_update IS 'As in the CRL.';
COMMENT ON COLUMN status.crl.sequence IS 'Revocations up to this sequence are in it.';
COMMENT ON COLUMN status.crl.entries IS 'How many certificates it names.';
COMMENT ON COLUMN status.crl.uris IS 'URIs of its distribution point, a line each; empty: it is about all certificates.';
COMMENT ON COLUMN status.crl.der IS 'DER CertificateList.';
COMMENT ON COLUMN status.crl.replica IS 'Server that signed it.';
COMMENT ON COLUMN status.crl.recorded_at IS 'When, by the clock of this database.';
-- Serial numbers are random: there is nothing to compress.
ALTER TABLE status.crl ALTER COLUMN der SET STORAGE EXTERNAL;

CREATE TABLE status.responder_certificate (
    serial       bytea        NOT NULL,
    authority_id varchar(64)  NOT NULL,
    not_before   timestamptz  NOT NULL,
    not_after    timestamptz  NOT NULL,
    der          bytea        NOT NULL,
    replica      varchar(256) NOT NULL,
    recorded_at  timestamptz  NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT responder_certificate_pkey PRIMARY KEY (serial),
    CONSTRAINT responder_certificate_form CHECK (
        octet_length(serial) = 20
        AND not_before <= not_after
        AND octet_length(der) BETWEEN 1 AND 16384)
);
COMMENT ON TABLE status.responder_certificate IS 'Certificates of OCSP responders, each on record before its first use.';
COMMENT ON COLUMN status.responder_certificate.serial IS 'Serial number, of the form of ledger.certificate.serial.';
COMMENT ON COLUMN status.responder_certificate.authority_id IS 'The authority that signed it and that it answers for.';
COMMENT ON COLUMN status.responder_certificate.not_before IS 'First second of its validity.';
COMMENT ON COLUMN status.responder_certificate.not_after IS 'Last second of its validity.';
COMMENT ON COLUMN status.responder_certificate.der IS 'The certificate, DER.';
COMMENT ON COLUMN status.responder_certificate.replica IS 'Server that has its key, in memory only.';
COMMENT ON COLUMN status.responder_certificate.recorded_at IS 'When, by the clock of this database.';

GRANT SELECT, INSERT ON status.shard_plan, status.crl, status.responder_certificate TO signet_server;
GRANT SELECT ON status.shard_plan, status.crl, status.responder_certificate TO signet_maintenance;

CREATE FUNCTION status.announce() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    PERFORM pg_notify('signet', 'status');
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION status.announce() IS 'Tells all replicas to look.';
REVOKE EXECUTE ON FUNCTION status.announce() FROM PUBLIC;
CREATE TRIGGER crl_announce AFTER INSERT ON status.crl
    FOR EACH STATEMENT EXECUTE FUNCTION status.announce();
CREATE TRIGGER shard_plan_announce AFTER INSERT ON status.shard_plan
    FOR EACH STATEMENT EXECUTE FUNCTION status.announce();

-- Runs with its owner's rights, so that the server needs no DELETE. The CRL that is served stays
-- whatever is asked for, and the one before it.
CREATE FUNCTION status.forget_superseded(older_than interval) RETURNS bigint
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    gone bigint;
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
    DELETE FROM status.responder_certificate
    WHERE not_after < clock_timestamp() - interval '90 days';
    RETURN gone;
END
$$;
COMMENT ON FUNCTION status.forget_superseded(interval) IS 'Removes CRLs that two newer ones of the same shard have followed and that are older than that (1 hour or more), and certificates of responders 90 days after their end. Returns how many CRLs.';
REVOKE EXECUTE ON FUNCTION status.forget_superseded(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION status.forget_superseded(interval) TO signet_server, signet_maintenance;
