package dev.signet.ca.ledger;

/// What a certificate does not hold although it was asked for. The name of a constant is its
/// permanent code: it appears in answers, on record and in docs/errors.md, is never renamed and
/// never used again for another meaning.
public enum NoticeCode {
    /// The certificate ends with the issuing CA that signed it, before the granted lifetime.
    LIFETIME_SHORTENED,
    /// The certification request has names that the certificate does not have.
    CSR_NAMES_IGNORED,
    /// The certification request has a subject that the certificate does not have.
    CSR_SUBJECT_IGNORED,
    /// The certification request has extensions that were not taken over.
    CSR_EXTENSIONS_IGNORED
}
