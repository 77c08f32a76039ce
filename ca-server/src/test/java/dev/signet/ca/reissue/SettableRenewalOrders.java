package dev.signet.ca.reissue;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// Orders to renew that a test sets. Thread-safe.
public final class SettableRenewalOrders implements RenewalOrders {

    private final Set<Consumer<List<RenewalOrder>>> listeners = ConcurrentHashMap.newKeySet();
    private volatile List<RenewalOrder> current = List.of();

    public void set(List<RenewalOrder> orders) {
        current = List.copyOf(orders);
        listeners.forEach(listener -> listener.accept(current));
    }

    @Override
    public List<RenewalOrder> current() {
        return current;
    }

    @Override
    public AutoCloseable watch(Consumer<List<RenewalOrder>> listener) {
        listeners.add(listener);
        listener.accept(current);
        return () -> listeners.remove(listener);
    }
}
