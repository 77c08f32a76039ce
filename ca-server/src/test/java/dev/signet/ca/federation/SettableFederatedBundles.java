package dev.signet.ca.federation;

import dev.signet.ca.trust.TrustBundle;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// Foreign bundles that a test sets.
public final class SettableFederatedBundles implements FederatedBundles {

    private final List<Consumer<List<TrustBundle>>> listeners = new CopyOnWriteArrayList<>();
    private volatile List<TrustBundle> current = List.of();

    public void set(List<TrustBundle> bundles) {
        current = List.copyOf(bundles);
        listeners.forEach(listener -> listener.accept(current));
    }

    @Override
    public List<TrustBundle> current() {
        return current;
    }

    @Override
    public AutoCloseable watch(Consumer<List<TrustBundle>> listener) {
        listeners.add(listener);
        listener.accept(current);
        return () -> listeners.remove(listener);
    }
}
