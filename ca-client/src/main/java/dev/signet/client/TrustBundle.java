package dev.signet.client;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

/// The certificates that vouch for the workloads of one trust domain, and for no other. Immutable.
///
/// @param trustDomain whose
/// @param version grows with each change
/// @param authorities self-signed CA certificates; none: everything of this domain is distrusted
/// @param refreshHint how often to ask where no watch is open
public record TrustBundle(
        TrustDomain trustDomain,
        long version,
        List<X509Certificate> authorities,
        Duration refreshHint) {

    /// Most authorities that a bundle may hold.
    public static final int MAX_AUTHORITIES = Pem.MAX_CERTIFICATES;

    /// @throws IllegalArgumentException when there are too many authorities, or one is no CA
    public TrustBundle {
        authorities = List.copyOf(authorities);
        if (authorities.size() > MAX_AUTHORITIES) {
            throw new IllegalArgumentException(
                    "trust bundle has "
                            + authorities.size()
                            + " authorities (expected: <= "
                            + MAX_AUTHORITIES
                            + ")");
        }
        for (X509Certificate authority : authorities) {
            if (authority.getBasicConstraints() < 0) {
                throw new IllegalArgumentException(
                        "trust bundle holds a certificate that is not a CA's");
            }
        }
    }

    /// The authorities as PEM text.
    public String pem() {
        return Pem.encode(authorities);
    }
}
