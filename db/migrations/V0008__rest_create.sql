-- Why: a client that did not see the answer to a write sends it again, with the same key. What was
-- done then must not be done twice, and the second answer must be the first one. The row is written
-- in the transaction of the act.

CREATE SCHEMA rest;
COMMENT ON SCHEMA rest IS 'What the admin REST API remembers of writes. Owned by package dev.signet.ca.rest.';
GRANT USAGE ON SCHEMA rest TO signet_server, signet_maintenance;

CREATE TABLE rest.completed_write (
    key_sha256     bytea         NOT NULL,
    request_sha256 bytea         NOT NULL,
    status         smallint      NOT NULL,
    location       varchar(1024) NULL,
    entity_tag     varchar(128)  NULL,
    body           varchar(65536) NULL,
    completed_at   timestamptz   NOT NULL,
    CONSTRAINT completed_write_pkey PRIMARY KEY (key_sha256),
    CONSTRAINT completed_write_key_sha256_length CHECK (octet_length(key_sha256) = 32),
    CONSTRAINT completed_write_request_sha256_length CHECK (octet_length(request_sha256) = 32),
    CONSTRAINT completed_write_status_range CHECK (status BETWEEN 200 AND 299)
);

CREATE INDEX completed_write_completed_at_idx ON rest.completed_write (completed_at);

COMMENT ON TABLE rest.completed_write IS 'Writes that were done, by idempotency key. Insert only for signet_server; forgotten after a day or longer.';
COMMENT ON COLUMN rest.completed_write.key_sha256 IS 'SHA-256 over actor, operation and Idempotency-Key.';
COMMENT ON COLUMN rest.completed_write.request_sha256 IS 'SHA-256 over path, If-Match and body of the request.';
COMMENT ON COLUMN rest.completed_write.status IS 'HTTP status of the answer.';
COMMENT ON COLUMN rest.completed_write.location IS 'Location of the answer, where it has one.';
COMMENT ON COLUMN rest.completed_write.entity_tag IS 'ETag of the answer without its quotes, where it has one.';
COMMENT ON COLUMN rest.completed_write.body IS 'JSON of the answer; null where it holds a secret, which is shown once.';
COMMENT ON COLUMN rest.completed_write.completed_at IS 'When it was done, by the clock of the server that did it.';

GRANT SELECT, INSERT ON rest.completed_write TO signet_server;
GRANT SELECT, DELETE ON rest.completed_write TO signet_maintenance;

-- Runs with its owner's rights, so that the server needs no DELETE. Nothing younger than a day goes,
-- whatever the argument.
CREATE FUNCTION rest.forget_completed_writes(older_than interval) RETURNS bigint
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    removed bigint;
BEGIN
    IF older_than IS NULL OR older_than < interval '1 day' THEN
        RAISE EXCEPTION 'older_than is % (expected: a day or longer)', older_than
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    DELETE FROM rest.completed_write WHERE completed_at < now() - older_than;
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END
$$;

COMMENT ON FUNCTION rest.forget_completed_writes(interval) IS 'Removes writes that were done a day ago or longer. Returns how many.';
REVOKE EXECUTE ON FUNCTION rest.forget_completed_writes(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rest.forget_completed_writes(interval) TO signet_server, signet_maintenance;
