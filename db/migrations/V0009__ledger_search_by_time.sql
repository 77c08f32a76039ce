-- Why: measured at 5 M records (docs/search.md), what the block range index finds is too much where
-- rows are few among many or not yet vacuumed. An index that only grows at its right end costs an
-- insert the least of all.

CREATE INDEX certificate_issued_at ON ledger.certificate (issued_at);
COMMENT ON INDEX ledger.certificate_issued_at IS 'The youngest first, and any period. Rows of one commit share a value, and the newest page is always in memory.';

CREATE INDEX certificate_rare_evidence ON ledger.certificate (evidence_kind, issued_at)
    WHERE evidence_kind IN ('join-token', 'registration-authority', 'server');
COMMENT ON INDEX ledger.certificate_rare_evidence IS 'Look-up by the kinds of evidence that are seldom; the others cost nothing, and are found by time.';
