package dev.signet.client;

/// Which peers are accepted, by SPIFFE ID. It is asked only after the peer has proved a valid SVID
/// of a trusted domain: a predicate narrows, it never widens. Must be thread-safe, quick and
/// without side effects; an exception refuses the peer.
@FunctionalInterface
public interface PeerPredicate {

    /// Whether a peer with this proven identity is accepted.
    boolean accepts(SpiffeId peer);

    /// Exactly this identity.
    ///
    /// @throws IllegalArgumentException when the text is not a SPIFFE ID
    static PeerPredicate exactly(String spiffeId) {
        SpiffeId wanted = SpiffeId.parse(spiffeId);
        return wanted::equals;
    }

    /// This identity and every one below it, by whole path segments.
    ///
    /// @throws IllegalArgumentException when the text is not a SPIFFE ID
    static PeerPredicate atOrBelow(String spiffeIdPrefix) {
        SpiffeId prefix = SpiffeId.parse(spiffeIdPrefix);
        return peer -> peer.isAtOrBelow(prefix);
    }

    /// Every identity of this trust domain.
    ///
    /// @throws IllegalArgumentException when the text is not a trust domain's name
    static PeerPredicate inTrustDomain(String trustDomain) {
        TrustDomain wanted = new TrustDomain(trustDomain);
        return peer -> peer.trustDomain().equals(wanted);
    }

    /// Everybody with a valid SVID of a trusted domain.
    static PeerPredicate anyTrusted() {
        return peer -> true;
    }

    /// Nobody.
    static PeerPredicate nobody() {
        return peer -> false;
    }

    default PeerPredicate and(PeerPredicate other) {
        return peer -> accepts(peer) && other.accepts(peer);
    }

    default PeerPredicate or(PeerPredicate other) {
        return peer -> accepts(peer) || other.accepts(peer);
    }

    default PeerPredicate not() {
        return peer -> !accepts(peer);
    }
}
