package dev.signet.ca.revocation;

import java.util.Optional;

/// Why a certificate was revoked: the reasons of RFC 5280 that a CA for workloads has a use for.
/// `removeFromCRL` and `certificateHold` are not among them: a revocation is for good.
///
/// @rfc 5280 5.3.1
public enum RevocationReason {
    UNSPECIFIED(0, "unspecified"),
    KEY_COMPROMISE(1, "keyCompromise"),
    CA_COMPROMISE(2, "cACompromise"),
    AFFILIATION_CHANGED(3, "affiliationChanged"),
    SUPERSEDED(4, "superseded"),
    CESSATION_OF_OPERATION(5, "cessationOfOperation"),
    PRIVILEGE_WITHDRAWN(9, "privilegeWithdrawn");

    private final int code;
    private final String text;

    RevocationReason(int code, String text) {
        this.code = code;
        this.text = text;
    }

    /// CRLReason as in a CRL or an OCSP answer.
    public int code() {
        return code;
    }

    /// As RFC 5280 writes it; the form in the database, in REST answers and on the command line.
    public String text() {
        return text;
    }

    public static Optional<RevocationReason> of(String text) {
        for (RevocationReason reason : values()) {
            if (reason.text.equals(text)) {
                return Optional.of(reason);
            }
        }
        return Optional.empty();
    }
}
