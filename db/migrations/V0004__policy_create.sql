-- Why: policy as data. A version is written once and never changed; which one is in force is the
-- newest activation. Replicas are told of an activation, and poll besides.

CREATE SCHEMA policy;
COMMENT ON SCHEMA policy IS 'Who may have which certificate. Owned by package dev.signet.ca.policy.';
GRANT USAGE ON SCHEMA policy TO signet_server, signet_maintenance;

CREATE TABLE policy.version (
    number         bigint        GENERATED ALWAYS AS IDENTITY,
    document       text          NOT NULL,
    sha256         bytea         NOT NULL,
    author_kind    varchar(32)   NOT NULL,
    author_subject varchar(2048) NOT NULL,
    reason         varchar(1024) NOT NULL,
    created_at     timestamptz   NOT NULL,
    CONSTRAINT version_pkey PRIMARY KEY (number),
    CONSTRAINT version_document_size CHECK (octet_length(document) BETWEEN 1 AND 262144),
    CONSTRAINT version_sha256_of_document CHECK (sha256 = sha256(convert_to(document, 'UTF8'))),
    CONSTRAINT version_reason_given CHECK (reason <> '')
);

COMMENT ON TABLE policy.version IS 'Policy documents that were accepted when written, in force or not. Insert only.';
COMMENT ON COLUMN policy.version.number IS 'What the version is called; 0, which is not here, is the one built into the server. Numbers may be left out.';
COMMENT ON COLUMN policy.version.document IS 'YAML as the author wrote it, comments and all.';
COMMENT ON COLUMN policy.version.sha256 IS 'SHA-256 of the document in UTF-8.';
COMMENT ON COLUMN policy.version.author_kind IS 'How the author proved itself: oidc, certificate, credential.';
COMMENT ON COLUMN policy.version.author_subject IS 'Whom that names.';
COMMENT ON COLUMN policy.version.reason IS 'Why it was written, in the words of the author.';
COMMENT ON COLUMN policy.version.created_at IS 'When it was written, by the clock of the server that took it.';

CREATE TABLE policy.activation (
    id            bigint        NOT NULL,
    number        bigint        NOT NULL,
    actor_kind    varchar(32)   NOT NULL,
    actor_subject varchar(2048) NOT NULL,
    reason        varchar(1024) NOT NULL,
    activated_at  timestamptz   NOT NULL,
    CONSTRAINT activation_pkey PRIMARY KEY (id),
    CONSTRAINT activation_id_positive CHECK (id > 0),
    CONSTRAINT activation_number_range CHECK (number >= 0),
    CONSTRAINT activation_reason_given CHECK (reason <> '')
);

COMMENT ON TABLE policy.activation IS 'Which version was in force from when on; the row with the greatest id is now. Insert only. Without rows version 0 is in force.';
COMMENT ON COLUMN policy.activation.id IS 'One more than the activation that it replaces: of two that replace the same one, the primary key lets one through.';
COMMENT ON COLUMN policy.activation.number IS 'The version; 0 for the one built into the server.';
COMMENT ON COLUMN policy.activation.actor_kind IS 'How the actor proved itself: oidc, certificate, credential.';
COMMENT ON COLUMN policy.activation.actor_subject IS 'Whom that names.';
COMMENT ON COLUMN policy.activation.reason IS 'Why it was activated, in the words of the actor.';
COMMENT ON COLUMN policy.activation.activated_at IS 'When, by the clock of the server that took it.';

CREATE FUNCTION policy.announce() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog
AS $$
BEGIN
    PERFORM pg_notify('signet', 'policy');
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION policy.announce() IS 'Tells every replica that another version is in force.';

CREATE TRIGGER activation_announce AFTER INSERT ON policy.activation
    FOR EACH STATEMENT EXECUTE FUNCTION policy.announce();

GRANT SELECT, INSERT ON policy.version, policy.activation TO signet_server;
GRANT SELECT ON policy.version, policy.activation TO signet_maintenance;
