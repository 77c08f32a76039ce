package dev.signet.ca;

import dev.signet.ca.admin.AdminActs;
import dev.signet.ca.attestation.CreatedJoinToken;
import dev.signet.ca.rest.AdminPort;
import dev.signet.ca.rest.AdminSettings;
import dev.signet.ca.trust.TrustBundle;
import dev.signet.ca.trust.TrustBundles;
import dev.signet.ca.wire.ListeningPorts;

import org.springframework.context.ConfigurableApplicationContext;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/// A server that was started in this process. Thread-safe.
public final class RunningServer implements AutoCloseable {

    private final ConfigurableApplicationContext context;
    private final ListeningPorts ports;

    RunningServer(ConfigurableApplicationContext context) {
        this.context = context;
        this.ports = context.getBean(ListeningPorts.class);
    }

    /// The TLS port as bound, also where the setting was 0.
    public int grpcPort() {
        return ports.grpc();
    }

    /// The plain HTTP port as bound.
    public int httpPort() {
        return ports.http();
    }

    /// The admin API's TLS port as bound; empty where it is not enabled.
    public OptionalInt adminPort() {
        return context.getBean(AdminPort.class).port();
    }

    /// A one-time token by which the first admin gets a client certificate; empty where one has
    /// logged in before, or `signet.admin.enabled` or `signet.admin.bootstrap` is false. Each call
    /// makes another. Blocks for 5 s at most.
    ///
    /// @throws dev.signet.ca.ledger.LedgerUnavailableException when PostgreSQL did not confirm
    public Optional<CreatedJoinToken> createBootstrapToken() {
        AdminSettings settings = context.getBean(AdminSettings.class);
        return settings.enabled() && settings.bootstrap()
                ? context.getBean(AdminActs.class).createBootstrapToken()
                : Optional.empty();
    }

    /// What a first caller has to trust, as it is now.
    public TrustBundle trustBundle() {
        return context.getBean(TrustBundles.class).current();
    }

    /// Gives the listener the trust bundle at once, on this thread, then each newer one, in order,
    /// on another. The listener must not block.
    ///
    /// @return ends it; may be closed more than once
    public AutoCloseable watchTrustBundle(Consumer<TrustBundle> listener) {
        return context.getBean(TrustBundles.class).watch(listener);
    }

    /// Stops gracefully: accepted requests are answered, within `signet.stop`. Blocks until done;
    /// may be called more than once.
    @Override
    public void close() {
        context.close();
    }

    /// A part of the server, for tests in this process.
    <T> T part(Class<T> type) {
        return context.getBean(type);
    }
}
