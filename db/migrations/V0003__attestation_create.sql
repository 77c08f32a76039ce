-- Why: one-time join tokens. Only their hashes are kept: who reads this table can use none of them.
-- That a token was used is on record in ledger.join_token_redemption, in the transaction of the
-- certificate that it gave (docs/adr/0008).

CREATE SCHEMA attestation;
COMMENT ON SCHEMA attestation IS 'What callers may prove themselves with. Owned by package dev.signet.ca.attestation.';
GRANT USAGE ON SCHEMA attestation TO signet_server, signet_maintenance;

CREATE TABLE attestation.join_token (
    token_hash        bytea       NOT NULL,
    spiffe_id_pattern text        NOT NULL,
    expires_at        timestamptz NOT NULL,
    created_at        timestamptz NOT NULL,
    created_by        text        NOT NULL,
    CONSTRAINT join_token_pkey PRIMARY KEY (token_hash),
    CONSTRAINT join_token_token_hash_length CHECK (octet_length(token_hash) = 32),
    CONSTRAINT join_token_spiffe_id_pattern_form CHECK (
        starts_with(spiffe_id_pattern, 'spiffe://') AND octet_length(spiffe_id_pattern) <= 2048),
    CONSTRAINT join_token_life CHECK (
        expires_at > created_at AND expires_at <= created_at + interval '24 hours'),
    CONSTRAINT join_token_created_by_length CHECK (octet_length(created_by) BETWEEN 1 AND 1024)
);

COMMENT ON TABLE attestation.join_token IS 'Join tokens that were made, used up or not. Insert only for signet_server; signet_maintenance removes expired ones.';
COMMENT ON COLUMN attestation.join_token.token_hash IS 'SHA-256 of the token.';
COMMENT ON COLUMN attestation.join_token.spiffe_id_pattern IS 'The SPIFFE ID that the token is bound to; a last segment of * stands for any one segment.';
COMMENT ON COLUMN attestation.join_token.expires_at IS 'First instant at which the token is of no use.';
COMMENT ON COLUMN attestation.join_token.created_at IS 'When it was made, by the clock of the server that made it.';
COMMENT ON COLUMN attestation.join_token.created_by IS 'The operator who asked for it.';

GRANT SELECT, INSERT ON attestation.join_token TO signet_server;
GRANT SELECT, DELETE ON attestation.join_token TO signet_maintenance;
