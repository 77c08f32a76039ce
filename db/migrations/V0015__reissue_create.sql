-- Why: after a compromise, or before a CA is given up, everybody must renew ahead of time, but not
-- all at once (docs/adr/0022). An order says who and when; how far they have got is read from the
-- ledger.

CREATE SCHEMA reissue;
COMMENT ON SCHEMA reissue IS 'Orders to renew ahead of time. Insert only: signet_server can neither change nor remove a row. Owned by package dev.signet.ca.reissue.';
GRANT USAGE ON SCHEMA reissue TO signet_server;

CREATE TABLE reissue.renewal_order (
    number           bigint        NOT NULL,
    authority_ids    text[]        NOT NULL,
    spiffe_id_prefix varchar(2048) NOT NULL,
    ordered_at       timestamptz   NOT NULL,
    starts_at        timestamptz   NOT NULL,
    ends_at          timestamptz   NOT NULL,
    per_second       integer       NOT NULL,
    certificates     bigint        NOT NULL,
    reason           varchar(1024) NOT NULL,
    actor_kind       varchar(32)   NOT NULL,
    actor_subject    varchar(2048) NOT NULL,
    CONSTRAINT renewal_order_pkey PRIMARY KEY (number),
    CONSTRAINT renewal_order_number_positive CHECK (number > 0),
    CONSTRAINT renewal_order_authorities_bound CHECK (cardinality(authority_ids) <= 16),
    CONSTRAINT renewal_order_window CHECK (ordered_at <= starts_at AND starts_at < ends_at),
    CONSTRAINT renewal_order_rate CHECK (per_second BETWEEN 1 AND 1000000),
    CONSTRAINT renewal_order_certificates CHECK (certificates >= 0),
    CONSTRAINT renewal_order_reason_given CHECK (reason <> '')
);
COMMENT ON TABLE reissue.renewal_order IS 'Each order to renew: whoever holds a certificate that it names renews at a random moment of its window.';
COMMENT ON COLUMN reissue.renewal_order.number IS 'Ascends, and is at least the microseconds since the Unix epoch: never used twice, not even after this database was put back to an earlier moment. Clients obey each number once.';
COMMENT ON COLUMN reissue.renewal_order.authority_ids IS 'Names certificates that one of these authorities issued; empty: any.';
COMMENT ON COLUMN reissue.renewal_order.spiffe_id_prefix IS 'Names certificates whose SPIFFE ID begins with this; empty: any.';
COMMENT ON COLUMN reissue.renewal_order.ordered_at IS 'Names certificates that were issued before this.';
COMMENT ON COLUMN reissue.renewal_order.starts_at IS 'First instant of the window.';
COMMENT ON COLUMN reissue.renewal_order.ends_at IS 'Last instant of the window.';
COMMENT ON COLUMN reissue.renewal_order.per_second IS 'Most renewals a second that the window was made for.';
COMMENT ON COLUMN reissue.renewal_order.certificates IS 'How many certificates it named when it was made, those that had been renewed already not counted.';
COMMENT ON COLUMN reissue.renewal_order.reason IS 'Why, for people.';
COMMENT ON COLUMN reissue.renewal_order.actor_kind IS 'How who ordered it proved itself.';
COMMENT ON COLUMN reissue.renewal_order.actor_subject IS 'Who ordered it.';

CREATE TABLE reissue.cancellation (
    number        bigint        NOT NULL,
    reason        varchar(1024) NOT NULL,
    actor_kind    varchar(32)   NOT NULL,
    actor_subject varchar(2048) NOT NULL,
    cancelled_at  timestamptz   NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT cancellation_pkey PRIMARY KEY (number),
    CONSTRAINT cancellation_number_fkey FOREIGN KEY (number) REFERENCES reissue.renewal_order (number),
    CONSTRAINT cancellation_reason_given CHECK (reason <> '')
);
COMMENT ON TABLE reissue.cancellation IS 'Orders that were taken back; who has renewed already has.';
COMMENT ON COLUMN reissue.cancellation.number IS 'Of the order.';
COMMENT ON COLUMN reissue.cancellation.reason IS 'Why, for people.';
COMMENT ON COLUMN reissue.cancellation.actor_kind IS 'How who cancelled it proved itself.';
COMMENT ON COLUMN reissue.cancellation.actor_subject IS 'Who cancelled it.';
COMMENT ON COLUMN reissue.cancellation.cancelled_at IS 'When, by the clock of this database.';

GRANT SELECT, INSERT ON reissue.renewal_order, reissue.cancellation TO signet_server;

CREATE FUNCTION reissue.announce() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    PERFORM pg_notify('signet', 'reissue');
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION reissue.announce() IS 'Tells the replicas at commit that the orders have changed.';
REVOKE EXECUTE ON FUNCTION reissue.announce() FROM PUBLIC;
CREATE TRIGGER renewal_order_announced AFTER INSERT ON reissue.renewal_order
    FOR EACH STATEMENT EXECUTE FUNCTION reissue.announce();
CREATE TRIGGER cancellation_announced AFTER INSERT ON reissue.cancellation
    FOR EACH STATEMENT EXECUTE FUNCTION reissue.announce();
