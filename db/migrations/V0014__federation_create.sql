-- Why: bundles of other trust domains, which all replicas have at once, and who decided that they
-- are to be had.

CREATE SCHEMA federation;
COMMENT ON SCHEMA federation IS 'Other trust domains that this one federates with. Insert only: signet_server can neither change nor remove a row. Owned by package dev.signet.ca.federation.';
GRANT USAGE ON SCHEMA federation TO signet_server, signet_maintenance;

CREATE TABLE federation.relationship_change (
    sequence           bigint        NOT NULL GENERATED ALWAYS AS IDENTITY,
    trust_domain       varchar(255)  NOT NULL,
    established        boolean       NOT NULL,
    profile            varchar(16),
    url                varchar(2048),
    endpoint_spiffe_id varchar(2048),
    initial_bundle     bytea,
    web_roots          bytea,
    reason             varchar(1024) NOT NULL,
    changed_by         varchar(1024) NOT NULL,
    changed_at         timestamptz   NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT relationship_change_pkey PRIMARY KEY (sequence),
    CONSTRAINT relationship_change_trust_domain_form CHECK (trust_domain ~ '^[a-z0-9._-]{1,255}$'),
    CONSTRAINT relationship_change_profile_known CHECK (profile IN ('https_web', 'https_spiffe')),
    CONSTRAINT relationship_change_url_https CHECK (url ~ '^https://[!-~]+$'),
    CONSTRAINT relationship_change_whole CHECK (
        CASE
            WHEN NOT established THEN
                num_nonnulls(profile, url, endpoint_spiffe_id, initial_bundle, web_roots) = 0
            WHEN profile = 'https_spiffe' THEN
                num_nulls(url, endpoint_spiffe_id, initial_bundle) = 0 AND web_roots IS NULL
            ELSE
                num_nulls(profile, url) = 0 AND num_nonnulls(endpoint_spiffe_id, initial_bundle) = 0
        END),
    CONSTRAINT relationship_change_initial_bundle_length CHECK (octet_length(initial_bundle) BETWEEN 1 AND 1048576),
    CONSTRAINT relationship_change_web_roots_length CHECK (octet_length(web_roots) BETWEEN 1 AND 1048576),
    CONSTRAINT relationship_change_reason_length CHECK (octet_length(reason) >= 1)
);
CREATE INDEX relationship_change_trust_domain ON federation.relationship_change (trust_domain, sequence DESC);

COMMENT ON TABLE federation.relationship_change IS 'Relationships with other trust domains: the last row of each says whether there is one, and how its bundle is had.';
COMMENT ON COLUMN federation.relationship_change.sequence IS 'Order of the changes; names the relationship that it establishes.';
COMMENT ON COLUMN federation.relationship_change.trust_domain IS 'The other trust domain.';
COMMENT ON COLUMN federation.relationship_change.established IS 'true: from here on, with these values. false: ended.';
COMMENT ON COLUMN federation.relationship_change.profile IS 'How its bundle endpoint is authenticated: https_web by the web PKI and the host name, https_spiffe by its SPIFFE ID. Null: ended.';
COMMENT ON COLUMN federation.relationship_change.url IS 'Where its bundle is. Null: ended.';
COMMENT ON COLUMN federation.relationship_change.endpoint_spiffe_id IS 'https_spiffe: whom the endpoint must prove to be.';
COMMENT ON COLUMN federation.relationship_change.initial_bundle IS 'https_spiffe: SPIFFE bundle (JSON) that the first pull is verified with; afterwards the last bundle accepted is.';
COMMENT ON COLUMN federation.relationship_change.web_roots IS 'https_web: PEM certificates of the only CAs that the endpoint may be verified with. Null: those of the JDK.';
COMMENT ON COLUMN federation.relationship_change.reason IS 'Why, for people.';
COMMENT ON COLUMN federation.relationship_change.changed_by IS 'Who: kind and subject.';
COMMENT ON COLUMN federation.relationship_change.changed_at IS 'When, by the clock of this database.';

CREATE TABLE federation.bundle (
    sequence             bigint       NOT NULL GENERATED ALWAYS AS IDENTITY,
    relationship         bigint       NOT NULL,
    spiffe_sequence      bigint,
    refresh_hint_seconds integer,
    x509_authorities     bytea        NOT NULL,
    accepted_by          varchar(256) NOT NULL,
    accepted_at          timestamptz  NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT bundle_pkey PRIMARY KEY (sequence),
    CONSTRAINT bundle_relationship_fkey FOREIGN KEY (relationship) REFERENCES federation.relationship_change (sequence),
    CONSTRAINT bundle_spiffe_sequence_not_negative CHECK (spiffe_sequence >= 0),
    CONSTRAINT bundle_refresh_hint_not_negative CHECK (refresh_hint_seconds >= 0),
    CONSTRAINT bundle_x509_authorities_length CHECK (octet_length(x509_authorities) <= 1048576)
);
CREATE INDEX bundle_relationship ON federation.bundle (relationship, sequence DESC);

COMMENT ON TABLE federation.bundle IS 'Bundles of other trust domains as they were accepted; the last of each relationship is in use, for certificates of its own trust domain only.';
COMMENT ON COLUMN federation.bundle.sequence IS 'Order of acceptance.';
COMMENT ON COLUMN federation.bundle.relationship IS 'Which relationship it came by.';
COMMENT ON COLUMN federation.bundle.spiffe_sequence IS 'As the other side numbers it; null where it does not.';
COMMENT ON COLUMN federation.bundle.refresh_hint_seconds IS 'How often the other side wants to be asked; null: it says nothing.';
COMMENT ON COLUMN federation.bundle.x509_authorities IS 'Its DER CA certificates one after another, ordered by their octets; empty: nothing of that trust domain is trusted.';
COMMENT ON COLUMN federation.bundle.accepted_by IS 'Replica that pulled it.';
COMMENT ON COLUMN federation.bundle.accepted_at IS 'When, by the clock of this database.';

CREATE TABLE federation.pull (
    sequence     bigint        NOT NULL GENERATED ALWAYS AS IDENTITY,
    relationship bigint        NOT NULL,
    replica      varchar(256)  NOT NULL,
    outcome      varchar(16)   NOT NULL,
    detail       varchar(1024) NOT NULL,
    at           timestamptz   NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT pull_pkey PRIMARY KEY (sequence),
    CONSTRAINT pull_relationship_fkey FOREIGN KEY (relationship) REFERENCES federation.relationship_change (sequence),
    CONSTRAINT pull_outcome_known CHECK (outcome IN ('begun', 'accepted', 'unchanged', 'refused', 'unreachable'))
);
CREATE INDEX pull_relationship ON federation.pull (relationship, sequence DESC);

COMMENT ON TABLE federation.pull IS 'Who asked when, and what came of it. A row begun keeps the other replicas from asking, too. Old rows are removed by federation.forget_pulls.';
COMMENT ON COLUMN federation.pull.sequence IS 'Order of the rows.';
COMMENT ON COLUMN federation.pull.relationship IS 'Whose bundle.';
COMMENT ON COLUMN federation.pull.replica IS 'Who asked.';
COMMENT ON COLUMN federation.pull.outcome IS 'begun: asked for. accepted: a new bundle. unchanged: the one in use. refused: one that must not be used. unreachable: none.';
COMMENT ON COLUMN federation.pull.detail IS 'Why, for people; nothing of what the other side sent.';
COMMENT ON COLUMN federation.pull.at IS 'When, by the clock of this database.';

GRANT SELECT, INSERT ON federation.relationship_change, federation.bundle, federation.pull TO signet_server;

CREATE FUNCTION federation.forget_pulls(older_than interval) RETURNS bigint
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    removed bigint;
BEGIN
    IF older_than < interval '1 hour' THEN
        RAISE EXCEPTION 'older_than: % (expected: 1 hour or more)', older_than USING ERRCODE = 'invalid_parameter_value';
    END IF;
    DELETE FROM federation.pull p
    WHERE p.at < clock_timestamp() - older_than
        AND EXISTS (SELECT FROM federation.pull later
                    WHERE later.relationship = p.relationship AND later.sequence > p.sequence
                        AND later.outcome <> 'begun');
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END
$$;
COMMENT ON FUNCTION federation.forget_pulls(interval) IS 'Removes rows of federation.pull that are older than this and not the last of their relationship; returns how many.';
REVOKE EXECUTE ON FUNCTION federation.forget_pulls(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION federation.forget_pulls(interval) TO signet_server, signet_maintenance;

CREATE FUNCTION federation.tell() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    PERFORM pg_notify('signet', 'federation');
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION federation.tell() IS 'Tells the replicas that there is something new here.';
CREATE TRIGGER relationship_change_tell AFTER INSERT ON federation.relationship_change
    FOR EACH STATEMENT EXECUTE FUNCTION federation.tell();
CREATE TRIGGER bundle_tell AFTER INSERT ON federation.bundle
    FOR EACH STATEMENT EXECUTE FUNCTION federation.tell();
