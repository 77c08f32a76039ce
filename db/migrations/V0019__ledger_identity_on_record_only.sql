-- Why: a profile may put the identity on record without writing it into the certificate, there are
-- names of other kinds, and certificates for which a registration authority asks live longer than a
-- year (docs/adr/0024). No column changes.

COMMENT ON COLUMN ledger.certificate.spiffe_id IS 'The identity: the one URI SAN of scheme spiffe, or, where the profile writes none, the one that is on record only.';
COMMENT ON COLUMN ledger.certificate.other_sans IS 'Further SANs as DNS:name, IP:address, email:address, URI:uri or otherName:oid;UTF8:value, comma-separated, a comma in a URI with a backslash before it, a comma and a backslash in an other name as \2C and \5C; null where there is none.';

CREATE OR REPLACE FUNCTION ledger.ensure_partitions(days_ahead integer) RETURNS integer
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET timezone = 'UTC'
    AS $$
DECLARE
    today date := clock_timestamp()::date;
BEGIN
    IF days_ahead IS NULL OR days_ahead NOT BETWEEN 1 AND 740 THEN
        RAISE EXCEPTION 'days_ahead: % (expected: 1 to 740)', days_ahead USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- Two replicas at once: the second waits, then finds nothing to do.
    PERFORM pg_advisory_xact_lock(5131471623550304340);
    RETURN ledger.make_partitions('certificate', today - 1, today + days_ahead)
        -- Ids are at most a day old and minutes ahead; a day more on either side for clocks.
        + ledger.make_partitions('issuance_request', today - 2, today + 2);
END
$$;
COMMENT ON FUNCTION ledger.ensure_partitions(integer) IS 'Makes the missing partitions from yesterday to so many days ahead (1 to 740); returns how many it made. Safe to call at any time from any number of replicas.';
