package dev.signet.client;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// Tells all listeners; what one throws does not keep the others from being told.
final class Listeners {

    private static final System.Logger LOG = System.getLogger(Listeners.class.getName());

    private final List<IdentityListener> listeners;

    Listeners(List<IdentityListener> listeners) {
        this.listeners = new CopyOnWriteArrayList<>(listeners);
    }

    /// Adds one that is told before all others.
    void addFirst(IdentityListener listener) {
        listeners.add(0, listener);
    }

    void tell(Consumer<IdentityListener> event) {
        for (IdentityListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "an identity listener failed", e);
            }
        }
    }
}
