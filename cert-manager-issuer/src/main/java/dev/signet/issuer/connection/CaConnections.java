package dev.signet.issuer.connection;

import dev.signet.client.CaAddress;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One connection for all issuers that say the same of their CA; closed when the last lets go.
/// Thread-safe.
final class CaConnections implements AutoCloseable {

    private final Opening opening;
    private final Map<Key, Shared> open = new HashMap<>();

    /// How a connection is opened; returns at once, the CA is connected behind.
    interface Opening {

        CaConnection open(Key key);
    }

    /// What tells one connection from another.
    ///
    /// @param bundlePem first trust
    /// @param credential whose token is shown
    record Key(List<CaAddress> addresses, String bundlePem, Credential credential) {
        Key {
            addresses = List.copyOf(addresses);
        }
    }

    /// Whose token is shown.
    sealed interface Credential {

        /// The controller's own.
        record Own() implements Credential {}

        /// A ServiceAccount's.
        record OfServiceAccount(String namespace, String name, String audience)
                implements Credential {}
    }

    private static final class Shared {
        private final CaConnection connection;
        private int users;

        Shared(CaConnection connection) {
            this.connection = connection;
        }
    }

    CaConnections(Opening opening) {
        this.opening = opening;
    }

    /// Opens, or shares.
    ///
    /// @throws IllegalArgumentException when the key's bundle holds no certificate
    synchronized CaConnection acquire(Key key) {
        Shared shared = open.get(key);
        if (shared == null) {
            shared = new Shared(opening.open(key));
            open.put(key, shared);
        }
        shared.users++;
        return shared.connection;
    }

    void release(Key key) {
        CaConnection unused = null;
        synchronized (this) {
            Shared shared = open.get(key);
            if (shared != null && --shared.users == 0) {
                open.remove(key);
                unused = shared.connection;
            }
        }
        if (unused != null) {
            unused.close();
        }
    }

    /// How many are open.
    synchronized int size() {
        return open.size();
    }

    @Override
    public void close() {
        List<Shared> all;
        synchronized (this) {
            all = List.copyOf(open.values());
            open.clear();
        }
        all.forEach(shared -> shared.connection.close());
    }
}
