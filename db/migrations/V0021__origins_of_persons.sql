-- Why: two credentials that one person can have made are one person to an act of four eyes. So it is kept who
-- may stand behind the creator of a join token and behind a proposer, at that time: each as its kind and subject
-- with a space between. Null where a server of the release before wrote the row.

ALTER TABLE attestation.join_token ADD COLUMN creator_origins varchar(2112)[];
COMMENT ON COLUMN attestation.join_token.creator_origins IS 'Everybody who had a hand in the credential of the creator, the creator included: kind and subject.';

-- A certificate whose predecessors are no longer on record is held against the tokens of its ID.
CREATE INDEX join_token_spiffe_id_pattern ON attestation.join_token (spiffe_id_pattern);
COMMENT ON INDEX attestation.join_token_spiffe_id_pattern IS 'Tokens that were made for an ID.';

ALTER TABLE admin.approval ADD COLUMN proposer_origins varchar(2112)[];
COMMENT ON COLUMN admin.approval.proposer_origins IS 'Everybody who had a hand in the credential of the proposer, the proposer included: none of them approves.';
