-- Why: after PostgreSQL was put back to an earlier moment, certificates are out that the ledger does
-- not have. Their holders show them when they renew; this is where they are kept (docs/adr/0023).

CREATE SCHEMA recovery;
COMMENT ON SCHEMA recovery IS 'What others know and this record has lost. Insert only. Owned by package dev.signet.ca.recovery.';
GRANT USAGE ON SCHEMA recovery TO signet_server, signet_maintenance;

CREATE TABLE recovery.unrecorded_certificate (
    serial       bytea         NOT NULL,
    spiffe_id    varchar(2048) NOT NULL,
    authority_id varchar(64)   NOT NULL,
    not_before   timestamptz   NOT NULL,
    not_after    timestamptz   NOT NULL,
    presented_at timestamptz   NOT NULL DEFAULT statement_timestamp(),
    der          bytea         NOT NULL,
    CONSTRAINT unrecorded_certificate_pkey PRIMARY KEY (serial),
    CONSTRAINT unrecorded_certificate_serial_length CHECK (octet_length(serial) = 20),
    CONSTRAINT unrecorded_certificate_der_length CHECK (octet_length(der) BETWEEN 1 AND 262144)
);
COMMENT ON TABLE recovery.unrecorded_certificate IS 'Certificates that verify as ours, were presented by their holders, and are not in ledger.certificate.';
COMMENT ON COLUMN recovery.unrecorded_certificate.serial IS 'Serial number, 20 octets.';
COMMENT ON COLUMN recovery.unrecorded_certificate.spiffe_id IS 'Its URI SAN.';
COMMENT ON COLUMN recovery.unrecorded_certificate.authority_id IS 'The issuing CA whose key signed it.';
COMMENT ON COLUMN recovery.unrecorded_certificate.not_before IS 'First second of its validity.';
COMMENT ON COLUMN recovery.unrecorded_certificate.not_after IS 'Last second of its validity.';
COMMENT ON COLUMN recovery.unrecorded_certificate.presented_at IS 'When a caller first proved itself by it, by the clock of this database.';
COMMENT ON COLUMN recovery.unrecorded_certificate.der IS 'The certificate, DER.';
CREATE INDEX unrecorded_certificate_presented ON recovery.unrecorded_certificate (presented_at, serial);
COMMENT ON INDEX recovery.unrecorded_certificate_presented IS 'The list, the first presented first.';

GRANT SELECT, INSERT ON recovery.unrecorded_certificate TO signet_server;
