package dev.signet.client;

import org.jspecify.annotations.Nullable;

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
    private volatile State state = new State(List.of(), Map.of());

    LiveIdentity(InstantSource clock) {
        this.clock = clock;
    }

    static LiveIdentity of(X509Svid svid, InstantSource clock) {
        LiveIdentity identity = new LiveIdentity(clock);
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

    /// The current certificate while it is valid: an expired one is never shown to anybody.
    @Nullable X509Svid usable() {
        X509Svid svid = last();
        return svid == null || clock.instant().isAfter(svid.notAfter()) ? null : svid;
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

    private Map<TrustDomain, TrustBundle> with(TrustBundle bundle) {
        Map<TrustDomain, TrustBundle> bundles = new HashMap<>(state.bundles());
        bundles.put(bundle.trustDomain(), bundle);
        return bundles;
    }

    InstantSource clock() {
        return clock;
    }
}
