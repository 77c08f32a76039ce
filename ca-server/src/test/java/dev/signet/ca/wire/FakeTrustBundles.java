package dev.signet.ca.wire;

import dev.signet.ca.trust.TrustBundle;
import dev.signet.ca.trust.TrustBundles;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

final class FakeTrustBundles implements TrustBundles {

    final List<Consumer<TrustBundle>> listeners = new CopyOnWriteArrayList<>();
    private volatile TrustBundle current;

    FakeTrustBundles(TrustBundle first) {
        this.current = first;
    }

    void publish(TrustBundle next) {
        current = next;
        listeners.forEach(listener -> listener.accept(next));
    }

    @Override
    public TrustBundle current() {
        return current;
    }

    @Override
    public AutoCloseable watch(Consumer<TrustBundle> listener) {
        listeners.add(listener);
        listener.accept(current);
        return () -> listeners.remove(listener);
    }
}
