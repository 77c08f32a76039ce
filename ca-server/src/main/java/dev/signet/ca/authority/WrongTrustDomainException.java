package dev.signet.ca.authority;

import dev.signet.ca.identity.TrustDomain;

/// The database holds the CA of another trust domain than the configured one. The server must not
/// start.
public final class WrongTrustDomainException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    WrongTrustDomainException(String found, TrustDomain configured) {
        super(
                "this database holds the CA of trust domain "
                        + found
                        + " (expected: "
                        + configured
                        + "); set signet.trust-domain to it, or use another database");
    }
}
