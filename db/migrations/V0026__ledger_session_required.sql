-- Why: a connection pooler that gives each transaction another session takes away what the server
-- set in its own: the role, and with synchronous_commit the promise that what was recorded is
-- durable. The statement that records asks in the transaction that it writes in
-- (docs/adr/0002). An earlier release does not ask and runs on.

CREATE FUNCTION ledger.session_not_kept(session_role text, session_commit text) RETURNS boolean
    LANGUAGE plpgsql
    STABLE
    SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    RAISE EXCEPTION 'the session of this transaction has role % and synchronous_commit % (expected: signet_server and on); a connection pooler does not keep sessions',
        session_role, session_commit USING ERRCODE = 'SG001';
END
$$;
COMMENT ON FUNCTION ledger.session_not_kept(text, text) IS 'Ends the statement that asks, with SQLSTATE SG001. STABLE, so that the planner asks once for each statement and not for each row.';
REVOKE EXECUTE ON FUNCTION ledger.session_not_kept(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.session_not_kept(text, text) TO signet_server;
