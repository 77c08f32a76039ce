package dev.signet.issuer.connection;

import dev.signet.issuer.api.IssuerRef;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Every issuer's state as it is now, for whoever signs or publishes. Thread-safe.
public final class IssuerConnections {

    private static final IssuerState ABSENT = new IssuerState.Absent();
    private static final IssuerState UNKNOWN = new IssuerState.Unknown();

    private final Predicate<IssuerRef> mayExist;
    private final Map<IssuerRef, IssuerState> states = new ConcurrentHashMap<>();
    private final List<Consumer<IssuerRef>> listeners = new CopyOnWriteArrayList<>();

    /// @param mayExist whether an issuer that has not been looked at may be there all the same
    public IssuerConnections(Predicate<IssuerRef> mayExist) {
        this.mayExist = mayExist;
    }

    /// What an issuer is now.
    public IssuerState of(IssuerRef issuer) {
        IssuerState state = states.get(issuer);
        return state != null ? state : mayExist.test(issuer) ? UNKNOWN : ABSENT;
    }

    /// The issuers that there are.
    public Set<IssuerRef> known() {
        return Set.copyOf(states.keySet());
    }

    /// Tells which issuer is another than before: it came or went, became ready or not, has other
    /// settings, or its CA's trust bundle changed. Listeners return quickly.
    public void listen(Consumer<IssuerRef> listener) {
        listeners.add(listener);
    }

    void put(IssuerRef issuer, IssuerState state) {
        if (!state.equals(states.put(issuer, state))) {
            tell(issuer);
        }
    }

    void remove(IssuerRef issuer) {
        if (states.remove(issuer) != null) {
            tell(issuer);
        }
    }

    void tell(IssuerRef issuer) {
        listeners.forEach(listener -> listener.accept(issuer));
    }
}
