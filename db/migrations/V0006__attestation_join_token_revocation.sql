-- Why: an operator takes a join token back. The redemption's primary key is what racing transactions
-- meet at, so a revocation takes that place itself: whichever commits first, the other one sees it
-- (docs/adr/0008). Who revoked and why is beside it.

ALTER TABLE ledger.join_token_redemption ALTER COLUMN serial DROP NOT NULL;
COMMENT ON TABLE ledger.join_token_redemption IS 'Join tokens that are of no more use: one row each, written in the transaction of the one certificate that the token gave, or of the act that revoked it before.';
COMMENT ON COLUMN ledger.join_token_redemption.serial IS 'Serial number of the certificate that it gave; null: it was revoked and gave none.';
COMMENT ON COLUMN ledger.join_token_redemption.redeemed_at IS 'When it was used or revoked, by the clock of this database.';
COMMENT ON COLUMN ledger.certificate.evidence_kind IS 'How the caller proved itself: kubernetes, oidc, join-token, current-certificate, registration-authority, server.';
COMMENT ON COLUMN ledger.certificate.other_sans IS 'Further SANs as DNS:name, IP:address, email:address or URI:uri, comma-separated; null where there is none.';

CREATE TABLE attestation.join_token_revocation (
    token_hash bytea         NOT NULL,
    revoked_at timestamptz   NOT NULL DEFAULT statement_timestamp(),
    revoked_by varchar(256)  NOT NULL,
    reason     varchar(1024) NOT NULL,
    CONSTRAINT join_token_revocation_pkey PRIMARY KEY (token_hash),
    CONSTRAINT join_token_revocation_token_hash_length CHECK (octet_length(token_hash) = 32),
    CONSTRAINT join_token_revocation_says_who_and_why CHECK (revoked_by <> '' AND reason <> '')
);

COMMENT ON TABLE attestation.join_token_revocation IS 'Join tokens that were taken back before they were used. Insert only for signet_server; signet_maintenance removes those of tokens that it removes.';
COMMENT ON COLUMN attestation.join_token_revocation.token_hash IS 'SHA-256 of the token; its row in ledger.join_token_redemption has no serial.';
COMMENT ON COLUMN attestation.join_token_revocation.revoked_at IS 'When, by the clock of this database.';
COMMENT ON COLUMN attestation.join_token_revocation.revoked_by IS 'The operator who did it.';
COMMENT ON COLUMN attestation.join_token_revocation.reason IS 'Why, for people.';

GRANT SELECT, INSERT ON attestation.join_token_revocation TO signet_server;
GRANT SELECT, DELETE ON attestation.join_token_revocation TO signet_maintenance;

CREATE INDEX join_token_created_at ON attestation.join_token (created_at DESC, token_hash);
COMMENT ON INDEX attestation.join_token_created_at IS 'The list of tokens, newest first, a page at a time.';
