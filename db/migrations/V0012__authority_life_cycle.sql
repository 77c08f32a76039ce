-- Why: authorities change states while clients are connected (docs/adr/0019). Which change follows
-- which is checked here, in one place for all replicas; what clients say of their trust bundle is
-- kept as the evidence on which an authority is activated.

ALTER TABLE authority.authority DROP CONSTRAINT authority_role_known;
ALTER TABLE authority.authority ADD CONSTRAINT authority_role_known CHECK (role IN ('root', 'cross', 'intermediate', 'issuing'));
ALTER TABLE authority.authority ADD COLUMN origin varchar(16) NOT NULL DEFAULT 'own';
ALTER TABLE authority.authority DROP CONSTRAINT authority_key_type_known;
ALTER TABLE authority.authority ADD CONSTRAINT authority_key_type_known CHECK (
    key_type IN ('P256', 'P384', 'ED25519', 'RSA3072', 'RSA4096')
    OR (key_type = 'OTHER' AND origin = 'foreign'));
ALTER TABLE authority.authority ADD CONSTRAINT authority_origin_known CHECK (origin IN ('own', 'foreign'));

COMMENT ON COLUMN authority.authority.role IS 'root: signs issuing CAs. cross: the key of a root of ours, signed by another root of ours. intermediate: stands between a root and an issuing CA, its key is not here. issuing: signs leaves.';
COMMENT ON COLUMN authority.authority.key_type IS 'Kind and size of its key; OTHER: its key is not here and of a kind that we make none of.';
COMMENT ON COLUMN authority.authority.origin IS 'own: this server wrote it, byte for byte to its profile. foreign: another CA did, and it was checked when it was taken in.';
COMMENT ON COLUMN authority.state_change.sequence IS 'Order of the changes; the greatest is the generation of all authorities. At least the microseconds since the Unix epoch at which it was written, so that it is not used twice when PostgreSQL was put back to an earlier moment.';

CREATE FUNCTION authority.state_of(wanted text) RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT c.state FROM authority.state_change c
        WHERE c.authority_id = wanted ORDER BY c.sequence DESC LIMIT 1
    $$;
COMMENT ON FUNCTION authority.state_of(text) IS 'State of an authority; null where there is no such authority.';
REVOKE EXECUTE ON FUNCTION authority.state_of(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION authority.state_of(text) TO signet_server;

-- The same number as in package dev.signet.ca.authority: changes come one after another.
CREATE FUNCTION authority.check_state_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    own_role text;
    before_state text;
    last_change record;
    allowed boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(3907152288401226519);
    NEW.sequence := greatest(
        (SELECT coalesce(max(c.sequence), 0) + 1 FROM authority.state_change c),
        (extract(epoch FROM clock_timestamp()) * 1000000)::bigint);
    SELECT a.role INTO own_role FROM authority.authority a WHERE a.id = NEW.authority_id;
    before_state := authority.state_of(NEW.authority_id);
    IF own_role IN ('cross', 'intermediate') THEN
        allowed := (before_state IS NULL AND NEW.state = 'retired')
            OR (before_state = 'retired' AND NEW.state = 'revoked');
    ELSIF before_state IS NULL THEN
        allowed := NEW.state = 'prepared'
            OR (NEW.state = 'active' AND NOT EXISTS (
                SELECT FROM authority.state_change c JOIN authority.authority a ON a.id = c.authority_id
                WHERE a.role = own_role));
    ELSIF before_state = 'prepared' THEN
        allowed := NEW.state IN ('active', 'retired', 'revoked');
    ELSIF before_state = 'active' AND NEW.state = 'prepared' THEN
        -- The way back is open until the first signature.
        allowed := NOT EXISTS (
            SELECT FROM ledger.certificate l
            WHERE l.authority_id = NEW.authority_id
              AND l.issued_at >= (SELECT min(c.changed_at) - interval '1 minute' FROM authority.state_change c
                                  WHERE c.authority_id = NEW.authority_id));
    ELSIF before_state = 'active' THEN
        allowed := NEW.state IN ('retired', 'revoked');
    ELSIF before_state = 'retired' AND NEW.state = 'active' THEN
        -- To undo an activation and for nothing else: the change before this one took it back.
        SELECT c.authority_id, c.state INTO last_change
        FROM authority.state_change c JOIN authority.authority a ON a.id = c.authority_id
        WHERE a.role = own_role ORDER BY c.sequence DESC LIMIT 1;
        allowed := last_change.state = 'prepared' AND EXISTS (
            SELECT FROM authority.state_change c
            WHERE c.authority_id = last_change.authority_id AND c.state = 'active');
    ELSIF before_state = 'retired' THEN
        allowed := NEW.state = 'revoked';
    ELSE
        allowed := false;
    END IF;
    IF allowed AND NEW.state = 'active' THEN
        allowed := NOT EXISTS (
            SELECT FROM authority.authority a
            WHERE a.role = own_role AND a.id <> NEW.authority_id AND authority.state_of(a.id) = 'active');
    END IF;
    IF allowed IS NOT TRUE THEN
        RAISE EXCEPTION 'authority %: % does not follow %', NEW.authority_id, NEW.state, coalesce(before_state, 'nothing')
            USING ERRCODE = 'check_violation', CONSTRAINT = 'state_change_follows';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION authority.check_state_change() IS 'Which state follows which: prepared, active, retired; revoked from any; back to prepared while nothing was signed. Never two active of one role.';
REVOKE EXECUTE ON FUNCTION authority.check_state_change() FROM PUBLIC;
CREATE TRIGGER state_change_check BEFORE INSERT ON authority.state_change
    FOR EACH ROW EXECUTE FUNCTION authority.check_state_change();

CREATE FUNCTION authority.announce() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    PERFORM pg_notify('signet', 'authority');
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION authority.announce() IS 'Tells all replicas to look.';
REVOKE EXECUTE ON FUNCTION authority.announce() FROM PUBLIC;
CREATE TRIGGER state_change_announce AFTER INSERT ON authority.state_change
    FOR EACH STATEMENT EXECUTE FUNCTION authority.announce();

CREATE TABLE authority.request (
    id           text          NOT NULL,
    trust_domain text          NOT NULL,
    key_type     text          NOT NULL,
    request      bytea         NOT NULL,
    key_check    bytea         NOT NULL,
    wrapped_key  bytea         NOT NULL,
    reason       varchar(1024) NOT NULL,
    requested_at timestamptz   NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT request_pkey PRIMARY KEY (id),
    CONSTRAINT request_id_is_fingerprint CHECK (id = encode(sha256(request), 'hex')),
    CONSTRAINT request_trust_domain_form CHECK (trust_domain ~ '^[a-z0-9._-]{1,255}$'),
    CONSTRAINT request_key_type_known CHECK (key_type IN ('P256', 'P384', 'ED25519', 'RSA3072', 'RSA4096')),
    CONSTRAINT request_request_length CHECK (octet_length(request) BETWEEN 1 AND 65536),
    CONSTRAINT request_key_check_length CHECK (octet_length(key_check) = 16),
    CONSTRAINT request_wrapped_key_length CHECK (octet_length(wrapped_key) BETWEEN 1 AND 65536),
    CONSTRAINT request_reason_length CHECK (octet_length(reason) >= 1)
);
COMMENT ON TABLE authority.request IS 'One immutable row for each certification request of an issuing CA of ours, which a root that is not here is to sign.';
COMMENT ON COLUMN authority.request.id IS 'Lower-case hexadecimal SHA-256 of the request.';
COMMENT ON COLUMN authority.request.trust_domain IS 'SPIFFE trust domain of the issuing CA to be.';
COMMENT ON COLUMN authority.request.key_type IS 'Kind and size of its key.';
COMMENT ON COLUMN authority.request.request IS 'The PKCS#10 request, DER.';
COMMENT ON COLUMN authority.request.key_check IS 'Which key-encryption key opens wrapped_key; as in authority.private_key.';
COMMENT ON COLUMN authority.request.wrapped_key IS 'The private key, as in authority.private_key, bound to this id. It is wrapped anew for the authority when the signed certificate comes.';
COMMENT ON COLUMN authority.request.reason IS 'Why, for people.';
COMMENT ON COLUMN authority.request.requested_at IS 'When its row was written, by the clock of this database.';

CREATE TABLE authority.request_end (
    request_id   text          NOT NULL,
    authority_id text,
    reason       varchar(1024) NOT NULL,
    ended_at     timestamptz   NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT request_end_pkey PRIMARY KEY (request_id),
    CONSTRAINT request_end_request_fkey FOREIGN KEY (request_id) REFERENCES authority.request (id),
    CONSTRAINT request_end_authority_fkey FOREIGN KEY (authority_id) REFERENCES authority.authority (id),
    CONSTRAINT request_end_reason_length CHECK (octet_length(reason) >= 1)
);
COMMENT ON TABLE authority.request_end IS 'What became of a request: its authority, or nothing.';
COMMENT ON COLUMN authority.request_end.request_id IS 'Which request.';
COMMENT ON COLUMN authority.request_end.authority_id IS 'The issuing CA whose certificate was signed; null: the request was given up.';
COMMENT ON COLUMN authority.request_end.reason IS 'Why, for people.';
COMMENT ON COLUMN authority.request_end.ended_at IS 'When its row was written, by the clock of this database.';

GRANT SELECT, INSERT ON authority.request, authority.request_end TO signet_server;

COMMENT ON COLUMN trust.bundle.version IS 'spiffe_sequence: one more with each change, and at least the seconds since the Unix epoch at which it was published, so that it does not fall when PostgreSQL was put back to an earlier moment. Early versions count from 1.';

CREATE FUNCTION trust.announce() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    PERFORM pg_notify('signet', 'trust');
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION trust.announce() IS 'Tells all replicas to look.';
REVOKE EXECUTE ON FUNCTION trust.announce() FROM PUBLIC;
CREATE TRIGGER bundle_announce AFTER INSERT ON trust.bundle
    FOR EACH STATEMENT EXECUTE FUNCTION trust.announce();

CREATE TABLE trust.acknowledgement (
    serial          bytea         NOT NULL,
    version         bigint        NOT NULL,
    spiffe_id       varchar(2048) NOT NULL,
    not_after       timestamptz   NOT NULL,
    acknowledged_at timestamptz   NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT acknowledgement_pkey PRIMARY KEY (serial, version),
    CONSTRAINT acknowledgement_form CHECK (octet_length(serial) = 20 AND version > 0 AND starts_with(spiffe_id, 'spiffe://'))
);
CREATE INDEX acknowledgement_not_after ON trust.acknowledgement (not_after);

COMMENT ON TABLE trust.acknowledgement IS 'What holders of certificates say of the trust bundle that they verify with: one row for each certificate and version. Insert only; removed by trust.forget_acknowledgements when the certificate has expired.';
COMMENT ON COLUMN trust.acknowledgement.serial IS 'Serial number of the certificate that the statement was made with.';
COMMENT ON COLUMN trust.acknowledgement.version IS 'The version of the bundle in use, or a later one. May be one that is not on record: then PostgreSQL was put back to an earlier moment.';
COMMENT ON COLUMN trust.acknowledgement.spiffe_id IS 'Whose certificate.';
COMMENT ON COLUMN trust.acknowledgement.not_after IS 'Last second of that certificate: after it the statement says nothing.';
COMMENT ON COLUMN trust.acknowledgement.acknowledged_at IS 'When its row was written, by the clock of this database.';
COMMENT ON INDEX trust.acknowledgement_not_after IS 'For the statements that still count, and for clean-up.';
GRANT SELECT, INSERT ON trust.acknowledgement TO signet_server;

-- Runs with its owner's rights, so that the server needs no DELETE. Nothing that still counts goes.
CREATE FUNCTION trust.forget_acknowledgements(most integer) RETURNS bigint
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    removed bigint;
BEGIN
    IF most IS NULL OR most NOT BETWEEN 1 AND 1000000 THEN
        RAISE EXCEPTION 'most: % (expected: 1 to 1000000)', most USING ERRCODE = 'invalid_parameter_value';
    END IF;
    DELETE FROM trust.acknowledgement a USING (
        SELECT b.serial, b.version FROM trust.acknowledgement b
        WHERE b.not_after < clock_timestamp() - interval '1 hour'
        ORDER BY b.not_after LIMIT most FOR UPDATE SKIP LOCKED) old
    WHERE a.serial = old.serial AND a.version = old.version;
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END
$$;
COMMENT ON FUNCTION trust.forget_acknowledgements(integer) IS 'Removes at most so many statements of certificates that expired an hour ago or longer. Returns how many.';
REVOKE EXECUTE ON FUNCTION trust.forget_acknowledgements(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trust.forget_acknowledgements(integer) TO signet_server, signet_maintenance;
