package dev.signet.client;

import java.security.cert.X509Certificate;
import java.util.List;

/// A certificate for somebody else, verified: its key is the one of the certification request, and
/// its chain ends in the trust bundle. Immutable.
///
/// @param chain leaf first, then each intermediate, without the root
/// @param root the authority of the trust bundle that the chain ends in
/// @param notices what was asked for and not given; usually empty
public record SubjectCertificate(
        List<X509Certificate> chain, X509Certificate root, List<IssuanceNotice> notices) {

    public SubjectCertificate {
        chain = List.copyOf(chain);
        notices = List.copyOf(notices);
    }

    /// Of which everything was given.
    public SubjectCertificate(List<X509Certificate> chain, X509Certificate root) {
        this(chain, root, List.of());
    }

    public X509Certificate leaf() {
        return chain.get(0);
    }

    /// The chain as PEM text, without the root.
    public String chainPem() {
        return Pem.encode(chain);
    }

    /// The root as PEM text.
    public String rootPem() {
        return Pem.encode(List.of(root));
    }
}
