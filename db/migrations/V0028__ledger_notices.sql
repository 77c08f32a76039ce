-- Why: a certificate may hold less than was asked for: a shorter life, none of the names of the
-- certification request. What was not given and why is told to the caller and kept on record.
-- Null, as of nearly all rows, costs a bit.

ALTER TABLE ledger.certificate ADD COLUMN notices text;
COMMENT ON COLUMN ledger.certificate.notices IS 'What was not given as requested, and why: a line each, a permanent code (docs/errors.md), a space and a sentence. Null: nothing.';
