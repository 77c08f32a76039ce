-- Why: the CA's own certificates and wrapped keys, which all replicas share, and the versions of the
-- trust bundle, which must be the same on all of them and never fall.

CREATE SCHEMA authority;
COMMENT ON SCHEMA authority IS 'This CA''s roots and issuing CAs. Insert only: signet_server can neither change nor remove a row. Owned by package dev.signet.ca.authority.';
GRANT USAGE ON SCHEMA authority TO signet_server;

CREATE TABLE authority.authority (
    id           text        NOT NULL,
    role         text        NOT NULL,
    issuer_id    text,
    trust_domain text        NOT NULL,
    key_type     text        NOT NULL,
    certificate  bytea       NOT NULL,
    not_before   timestamptz NOT NULL,
    not_after    timestamptz NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT authority_pkey PRIMARY KEY (id),
    CONSTRAINT authority_issuer_fkey FOREIGN KEY (issuer_id) REFERENCES authority.authority (id),
    CONSTRAINT authority_id_is_fingerprint CHECK (id = encode(sha256(certificate), 'hex')),
    CONSTRAINT authority_role_known CHECK (role IN ('root', 'issuing')),
    CONSTRAINT authority_issuer_of_role CHECK ((role = 'root') = (issuer_id IS NULL)),
    CONSTRAINT authority_trust_domain_form CHECK (trust_domain ~ '^[a-z0-9._-]{1,255}$'),
    CONSTRAINT authority_key_type_known CHECK (key_type IN ('P256', 'P384', 'ED25519', 'RSA3072', 'RSA4096')),
    CONSTRAINT authority_certificate_length CHECK (octet_length(certificate) BETWEEN 1 AND 65536),
    CONSTRAINT authority_validity_order CHECK (not_before <= not_after)
);

COMMENT ON TABLE authority.authority IS 'One immutable row for each CA certificate of ours.';
COMMENT ON COLUMN authority.authority.id IS 'Lower-case hexadecimal SHA-256 of the certificate; ledger.certificate.authority_id refers to it.';
COMMENT ON COLUMN authority.authority.role IS 'root: signs issuing CAs, its key is used at their creation only. issuing: signs leaves.';
COMMENT ON COLUMN authority.authority.issuer_id IS 'Who signed it; null for a root, which signed itself.';
COMMENT ON COLUMN authority.authority.trust_domain IS 'SPIFFE trust domain that it belongs to; one for the whole database.';
COMMENT ON COLUMN authority.authority.key_type IS 'Kind and size of its key.';
COMMENT ON COLUMN authority.authority.certificate IS 'The certificate, DER.';
COMMENT ON COLUMN authority.authority.not_before IS 'First second of its validity.';
COMMENT ON COLUMN authority.authority.not_after IS 'Last second of its validity.';
COMMENT ON COLUMN authority.authority.created_at IS 'When its row was written, by the clock of this database.';

CREATE TABLE authority.state_change (
    sequence     bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
    authority_id text        NOT NULL,
    state        text        NOT NULL,
    reason       text        NOT NULL,
    changed_at   timestamptz NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT state_change_pkey PRIMARY KEY (sequence),
    CONSTRAINT state_change_authority_fkey FOREIGN KEY (authority_id) REFERENCES authority.authority (id),
    CONSTRAINT state_change_state_known CHECK (state IN ('prepared', 'active', 'retired', 'revoked')),
    CONSTRAINT state_change_reason_length CHECK (octet_length(reason) BETWEEN 1 AND 1024)
);
CREATE INDEX state_change_authority ON authority.state_change (authority_id, sequence);

COMMENT ON TABLE authority.state_change IS 'The life of each authority; its last row says the state it is in. Written under the advisory lock of package dev.signet.ca.authority, so that sequence follows the order of commits.';
COMMENT ON COLUMN authority.state_change.sequence IS 'Order of the changes; the greatest is the generation of all authorities.';
COMMENT ON COLUMN authority.state_change.authority_id IS 'Whose state.';
COMMENT ON COLUMN authority.state_change.state IS 'prepared: trusted, does not sign yet. active: trusted and signs. retired: trusted, does not sign any more. revoked: not trusted any more.';
COMMENT ON COLUMN authority.state_change.reason IS 'Why, for people.';
COMMENT ON COLUMN authority.state_change.changed_at IS 'When, by the clock of this database.';

CREATE TABLE authority.private_key (
    authority_id text        NOT NULL,
    key_check    bytea       NOT NULL,
    wrapped_key  bytea       NOT NULL,
    wrapped_at   timestamptz NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT private_key_pkey PRIMARY KEY (authority_id, key_check),
    CONSTRAINT private_key_authority_fkey FOREIGN KEY (authority_id) REFERENCES authority.authority (id),
    CONSTRAINT private_key_key_check_length CHECK (octet_length(key_check) = 16),
    -- Version, nonce and tag alone are 29 octets; the first octet is the version.
    CONSTRAINT private_key_wrapped_key_form CHECK (
        octet_length(wrapped_key) BETWEEN 30 AND 65536 AND get_byte(wrapped_key, 0) = 1)
);

COMMENT ON TABLE authority.private_key IS 'Private keys of the authorities, never in the clear. A key wrapped anew with another key-encryption key is one more row.';
COMMENT ON COLUMN authority.private_key.authority_id IS 'Whose key.';
COMMENT ON COLUMN authority.private_key.key_check IS 'Tells which key-encryption key opens it, without helping to guess that: 16 octets of an HMAC-SHA256 under it.';
COMMENT ON COLUMN authority.private_key.wrapped_key IS 'Octet 1 (version), 12 octets nonce, AES-256-GCM of the PKCS#8 key with authority id and role as associated data.';
COMMENT ON COLUMN authority.private_key.wrapped_at IS 'When its row was written, by the clock of this database.';

GRANT SELECT, INSERT ON authority.authority, authority.state_change, authority.private_key TO signet_server;

CREATE SCHEMA trust;
COMMENT ON SCHEMA trust IS 'What this CA tells verifiers to trust. Insert only: signet_server can neither change nor remove a row. Owned by package dev.signet.ca.trust.';
GRANT USAGE ON SCHEMA trust TO signet_server;

CREATE TABLE trust.bundle (
    trust_domain         text        NOT NULL,
    version              bigint      NOT NULL,
    authority_generation bigint      NOT NULL,
    x509_authorities     bytea       NOT NULL,
    published_at         timestamptz NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT bundle_pkey PRIMARY KEY (trust_domain, version),
    CONSTRAINT bundle_trust_domain_form CHECK (trust_domain ~ '^[a-z0-9._-]{1,255}$'),
    CONSTRAINT bundle_version_positive CHECK (version > 0),
    CONSTRAINT bundle_authority_generation_positive CHECK (authority_generation > 0),
    CONSTRAINT bundle_x509_authorities_length CHECK (octet_length(x509_authorities) <= 1048576)
);

COMMENT ON TABLE trust.bundle IS 'Each version of the trust bundle; the greatest is the one to publish.';
COMMENT ON COLUMN trust.bundle.trust_domain IS 'SPIFFE trust domain whose certificates it verifies.';
COMMENT ON COLUMN trust.bundle.version IS 'spiffe_sequence: 1, then one more with each change.';
COMMENT ON COLUMN trust.bundle.authority_generation IS 'State of the authorities that it follows from: a replica that has read an older one publishes nothing.';
COMMENT ON COLUMN trust.bundle.x509_authorities IS 'The DER root certificates one after another, ordered by their octets; empty: nothing is trusted.';
COMMENT ON COLUMN trust.bundle.published_at IS 'When its row was written, by the clock of this database.';

GRANT SELECT, INSERT ON trust.bundle TO signet_server;
