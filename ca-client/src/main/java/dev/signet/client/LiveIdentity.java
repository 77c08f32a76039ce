package dev.signet.client;

import org.jspecify.annotations.Nullable;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What the next handshake uses: key, chain and trust, always as one consistent state. Written by
/// the identity's one thread, read by all.
final class LiveIdentity {

    /// How many past certificates a handshake that began with one of them can still finish with.
    private static final int RECENT = 4;

    private final InstantSource clock;
    private final @Nullable RevocationKnowledge revocations;
    private volatile State state = new State(List.of(), Map.of());

    LiveIdentity(InstantSource clock, @Nullable RevocationKnowledge revocations) {
        this.clock = clock;
        this.revocations = revocations;
    }

    static LiveIdentity of(X509Svid svid, InstantSource clock) {
        LiveIdentity identity = new LiveIdentity(clock, null);
        identity.state = new State(List.of(svid), Map.of());
        return identity;
    }

    /// @param recent the current certificate first, then those before it
    private record State(List<X509Svid> recent, Map<TrustDomain, TrustBundle> bundles) {
        State {
            recent = List.copyOf(recent);
            bundles = Map.copyOf(bundles);
        }
    }

    /// The current certificate, expired or not; null before the first.
    @Nullable X509Svid last() {
        List<X509Svid> recent = state.recent();
        return recent.isEmpty() ? null : recent.get(0);
    }

    /// The current certificate while it is valid: one that is expired or revoked is never shown to
    /// anybody.
    @Nullable X509Svid usable() {
        X509Svid svid = last();
        return svid == null || clock.instant().isAfter(svid.notAfter()) || isRevoked(svid)
                ? null
                : svid;
    }

    boolean isRevoked(X509Svid svid) {
        return revocations != null && revocations.isRevoked(svid.leaf());
    }

    /// What the CA of the own trust domain revokes says nothing of other domains' certificates.
    ///
    /// @throws CertificateException when a certificate of the peer's chain is revoked
    void checkNotRevoked(SpiffeId peer, List<X509Certificate> chain) throws CertificateException {
        if (revocations != null && peer.trustDomain().equals(domain())) {
            revocations.checkNotRevoked(chain);
        }
    }

    /// @throws CertificateException when too little is known of revocations to accept anybody
    void checkFresh() throws CertificateException {
        if (revocations != null) {
            revocations.checkFresh();
        }
    }

    static String alias(X509Svid svid) {
        return "signet-" + svid.serialNumber();
    }

    /// A handshake asks for the alias, then for its key, then for its chain; a rotation between
    /// these must not mix two certificates.
    @Nullable X509Svid byAlias(@Nullable String alias) {
        for (X509Svid svid : state.recent()) {
            if (alias(svid).equals(alias)) {
                return svid;
            }
        }
        return null;
    }

    /// The own trust domain; null before the first certificate.
    @Nullable TrustDomain domain() {
        X509Svid own = last();
        return own == null ? null : own.spiffeId().trustDomain();
    }

    Map<TrustDomain, TrustBundle> bundles() {
        return state.bundles();
    }

    void swap(X509Svid svid, TrustBundle bundle) {
        List<X509Svid> recent = new ArrayList<>(state.recent());
        recent.add(0, svid);
        state =
                new State(
                        recent.size() > RECENT ? recent.subList(0, RECENT) : recent, with(bundle));
    }

    void swap(TrustBundle bundle) {
        state = new State(state.recent(), with(bundle));
    }

    /// Takes over which other trust domains are trusted, and by what; each bundle counts for its
    /// own domain only, and none for the one of the CA.
    ///
    /// @return those that changed; one that is gone is there without authorities
    List<TrustBundle> swapFederated(TrustDomain own, List<TrustBundle> federated) {
        Map<TrustDomain, TrustBundle> bundles = new HashMap<>();
        for (TrustBundle foreign : federated) {
            if (!foreign.trustDomain().equals(own)) {
                bundles.put(foreign.trustDomain(), foreign);
            }
        }
        State before = state;
        TrustBundle kept = before.bundles().get(own);
        if (kept != null) {
            bundles.put(own, kept);
        }
        state = new State(before.recent(), bundles);
        List<TrustBundle> changed = new ArrayList<>();
        for (TrustBundle bundle : bundles.values()) {
            if (!bundle.equals(before.bundles().get(bundle.trustDomain()))) {
                changed.add(bundle);
            }
        }
        for (TrustBundle bundle : before.bundles().values()) {
            if (!bundles.containsKey(bundle.trustDomain())) {
                changed.add(
                        new TrustBundle(
                                bundle.trustDomain(),
                                bundle.version(),
                                List.of(),
                                bundle.refreshHint()));
            }
        }
        return changed;
    }

    private Map<TrustDomain, TrustBundle> with(TrustBundle bundle) {
        Map<TrustDomain, TrustBundle> bundles = new HashMap<>(state.bundles());
        bundles.put(bundle.trustDomain(), bundle);
        return bundles;
    }

    InstantSource clock() {
        return clock;
    }
}
