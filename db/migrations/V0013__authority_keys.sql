-- Why: a CA key may live in a token (PKCS#11) instead of being wrapped in this database; and
-- key-encryption keys are replaced while replicas run, so that it must be on record which of them
-- open what, and which of them each replica has, before an old wrapping may go.

CREATE TABLE authority.token_key (
    authority_id text         NOT NULL,
    reference    varchar(512) NOT NULL,
    recorded_at  timestamptz  NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT token_key_pkey PRIMARY KEY (authority_id),
    CONSTRAINT token_key_authority_fkey FOREIGN KEY (authority_id) REFERENCES authority.authority (id),
    CONSTRAINT token_key_reference_form CHECK (reference ~ '^pkcs11:token=[!-~]+;id=(%[0-9a-f]{2}){1,64};type=private$')
);
COMMENT ON TABLE authority.token_key IS 'Private keys of authorities that a token keeps. Insert only. An authority has a row here or rows in authority.private_key, never both.';
COMMENT ON COLUMN authority.token_key.authority_id IS 'Whose key.';
COMMENT ON COLUMN authority.token_key.reference IS 'Where it is: a URI of RFC 7512 with the label of the token and the id (CKA_ID) of the key. Holds no PIN.';
COMMENT ON COLUMN authority.token_key.recorded_at IS 'When its row was written, by the clock of this database.';

CREATE FUNCTION authority.keep_key_in_one_place() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    -- The authority's row is written in the same transaction, or long before: nobody else races.
    IF (TG_TABLE_NAME = 'token_key'
            AND EXISTS (SELECT FROM authority.private_key k WHERE k.authority_id = NEW.authority_id))
        OR (TG_TABLE_NAME = 'private_key'
            AND EXISTS (SELECT FROM authority.token_key t WHERE t.authority_id = NEW.authority_id)) THEN
        RAISE EXCEPTION 'authority %: its key is kept elsewhere already', NEW.authority_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION authority.keep_key_in_one_place() IS 'Refuses a key both wrapped and in a token.';
CREATE TRIGGER token_key_in_one_place BEFORE INSERT ON authority.token_key
    FOR EACH ROW EXECUTE FUNCTION authority.keep_key_in_one_place();
CREATE TRIGGER private_key_in_one_place BEFORE INSERT ON authority.private_key
    FOR EACH ROW EXECUTE FUNCTION authority.keep_key_in_one_place();

CREATE TABLE authority.key_opening (
    authority_id text         NOT NULL,
    key_check    bytea        NOT NULL,
    replica      varchar(256) NOT NULL,
    opened_at    timestamptz  NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT key_opening_pkey PRIMARY KEY (authority_id, key_check),
    CONSTRAINT key_opening_wrapping_fkey FOREIGN KEY (authority_id, key_check)
        REFERENCES authority.private_key (authority_id, key_check) ON DELETE CASCADE
);
COMMENT ON TABLE authority.key_opening IS 'Wrapped keys that a replica has read back from this database, opened, and used for a signature that the authority''s certificate verifies. Insert only.';
COMMENT ON COLUMN authority.key_opening.authority_id IS 'Whose key.';
COMMENT ON COLUMN authority.key_opening.key_check IS 'Tells with which key-encryption key.';
COMMENT ON COLUMN authority.key_opening.replica IS 'Who did it first.';
COMMENT ON COLUMN authority.key_opening.opened_at IS 'When, by the clock of this database.';

CREATE TABLE authority.key_holding (
    sequence       bigint       NOT NULL GENERATED ALWAYS AS IDENTITY,
    replica        varchar(256) NOT NULL,
    current_check  bytea        NOT NULL,
    further_checks bytea[]      NOT NULL,
    seen_at        timestamptz  NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT key_holding_pkey PRIMARY KEY (sequence),
    CONSTRAINT key_holding_current_check_length CHECK (octet_length(current_check) = 16),
    CONSTRAINT key_holding_further_checks_number CHECK (cardinality(further_checks) <= 4)
);
CREATE INDEX key_holding_replica ON authority.key_holding (replica, sequence DESC);
CREATE INDEX key_holding_seen ON authority.key_holding (seen_at);
COMMENT ON TABLE authority.key_holding IS 'Which key-encryption keys each running replica has, written at its start and every ten minutes. Insert only; authority.drop_old_wrappings removes rows of the day before.';
COMMENT ON COLUMN authority.key_holding.sequence IS 'Order of the rows; a replica''s last row counts.';
COMMENT ON COLUMN authority.key_holding.replica IS 'Name of the replica (signet.ledger.replica).';
COMMENT ON COLUMN authority.key_holding.current_check IS 'Check of the key that it wraps with.';
COMMENT ON COLUMN authority.key_holding.further_checks IS 'Checks of those that it only opens with.';
COMMENT ON COLUMN authority.key_holding.seen_at IS 'When, by the clock of this database.';

GRANT SELECT, INSERT ON authority.token_key, authority.key_opening, authority.key_holding TO signet_server;
GRANT USAGE ON SCHEMA authority TO signet_maintenance;
GRANT SELECT ON authority.key_opening, authority.key_holding TO signet_maintenance;

-- Taken by whoever changes authorities or their keys, in any replica: 3907152288401226519.
CREATE FUNCTION authority.drop_old_wrappings(keep bytea) RETURNS bigint
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '20s'
    AS $$
DECLARE
    stray record;
    removed bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(3907152288401226519);
    SELECT k.authority_id INTO stray
    FROM authority.private_key k
    WHERE NOT EXISTS (
        SELECT FROM authority.key_opening o
        WHERE o.authority_id = k.authority_id AND o.key_check = keep)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the key of authority % is not proven to open with key-encryption key %: run signet keys rewrap first; nothing was removed',
            stray.authority_id, encode(keep, 'hex') USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    -- A replica that was not seen for an hour, six times its interval, does not run any more.
    SELECT l.replica INTO stray
    FROM (SELECT DISTINCT ON (h.replica) h.replica, h.current_check
          FROM authority.key_holding h
          WHERE h.seen_at > clock_timestamp() - interval '1 hour'
          ORDER BY h.replica, h.sequence DESC) l
    WHERE l.current_check <> keep
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'replica % wraps with another key-encryption key than %, or did until an hour ago: give it the new one first; nothing was removed',
            stray.replica, encode(keep, 'hex') USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    DELETE FROM authority.private_key k WHERE k.key_check <> keep;
    GET DIAGNOSTICS removed = ROW_COUNT;
    DELETE FROM authority.key_holding h WHERE h.seen_at < clock_timestamp() - interval '1 day';
    RETURN removed;
END
$$;
COMMENT ON FUNCTION authority.drop_old_wrappings(bytea) IS 'Removes the wrapped keys of all key-encryption keys but the one of this check (key_check, 16 octets); returns how many. All or none: refuses unless each key is proven to open with that one (authority.key_opening) and every replica of the last hour wraps with it.';
REVOKE EXECUTE ON FUNCTION authority.drop_old_wrappings(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION authority.drop_old_wrappings(bytea) TO signet_maintenance;
