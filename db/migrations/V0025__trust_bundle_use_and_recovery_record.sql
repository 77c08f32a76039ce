-- Why: a certificate shows what its holder was told of the trust bundle only where it is known which
-- version the server that issued it gave out by then (docs/rotation.md). And what clients show of
-- lost revocations was known to one replica until its restart: it is on record for all, until an
-- operator acknowledges it (docs/runbooks/restore.md).

CREATE TABLE trust.bundle_use (
    trust_domain text         NOT NULL,
    replica      varchar(256) NOT NULL,
    version      bigint       NOT NULL,
    used_from    timestamptz  NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT bundle_use_pkey PRIMARY KEY (trust_domain, replica, version),
    CONSTRAINT bundle_use_version_positive CHECK (version > 0)
);
COMMENT ON TABLE trust.bundle_use IS 'Since when a server names a version of the trust bundle, or a later one, in its answers: one row for each server and version. Insert only.';
COMMENT ON COLUMN trust.bundle_use.trust_domain IS 'As in trust.bundle.';
COMMENT ON COLUMN trust.bundle_use.replica IS 'Server, as in ledger.certificate.replica.';
COMMENT ON COLUMN trust.bundle_use.version IS 'As in trust.bundle.';
COMMENT ON COLUMN trust.bundle_use.used_from IS 'Written after the server has begun to name it, by the clock of this database, as ledger.certificate.issued_at is.';
GRANT SELECT, INSERT ON trust.bundle_use TO signet_server;

CREATE TABLE recovery.lost_revocations (
    sequence       bigint       NOT NULL,
    known_sequence bigint       NOT NULL,
    replica        varchar(256) NOT NULL,
    shown_at       timestamptz  NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT lost_revocations_pkey PRIMARY KEY (sequence),
    CONSTRAINT lost_revocations_sequences CHECK (sequence > 0 AND known_sequence >= 0)
);
COMMENT ON TABLE recovery.lost_revocations IS 'Clients have seen a revocation that is not on record. One row for each greater sequence that one showed, 10 seconds apart or more for each server. Insert only.';
COMMENT ON COLUMN recovery.lost_revocations.sequence IS 'What the client has seen, of the form of revocation.revocation.sequence: microseconds since the Unix epoch, at least.';
COMMENT ON COLUMN recovery.lost_revocations.known_sequence IS 'Where the record ended when it was shown; 0: there was none.';
COMMENT ON COLUMN recovery.lost_revocations.replica IS 'Server that it was shown to.';
COMMENT ON COLUMN recovery.lost_revocations.shown_at IS 'When its row was written, by the clock of this database.';

CREATE TABLE recovery.acknowledgement (
    id                 bigint        GENERATED ALWAYS AS IDENTITY,
    revocations_up_to  bigint,
    certificates_up_to timestamptz,
    reason             varchar(1024) NOT NULL,
    acknowledged_at    timestamptz   NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT acknowledgement_pkey PRIMARY KEY (id),
    CONSTRAINT acknowledgement_of_something CHECK (
        revocations_up_to IS NOT NULL OR certificates_up_to IS NOT NULL),
    CONSTRAINT acknowledgement_reason_length CHECK (octet_length(reason) >= 1)
);
COMMENT ON TABLE recovery.acknowledgement IS 'An operator has dealt with what was lost. Insert only; who did is in the audit trail.';
COMMENT ON COLUMN recovery.acknowledgement.revocations_up_to IS 'Rows of recovery.lost_revocations up to this sequence are dealt with; null: it is not about revocations.';
COMMENT ON COLUMN recovery.acknowledgement.certificates_up_to IS 'Rows of recovery.unrecorded_certificate presented up to then are dealt with; null: it is not about certificates.';
COMMENT ON COLUMN recovery.acknowledgement.reason IS 'Why, for people.';
COMMENT ON COLUMN recovery.acknowledgement.acknowledged_at IS 'When its row was written, by the clock of this database.';

GRANT SELECT, INSERT ON recovery.lost_revocations, recovery.acknowledgement TO signet_server;
