package dev.signet.issuer.connection;

import dev.signet.client.CredentialSource;
import dev.signet.client.FirstTrust;
import dev.signet.issuer.api.IssuerKind;
import dev.signet.issuer.api.IssuerRef;
import dev.signet.issuer.api.IssuerResource;
import dev.signet.issuer.api.IssuerStatus;
import dev.signet.issuer.api.SignetClusterIssuer;
import dev.signet.issuer.api.SignetIssuer;
import dev.signet.issuer.lifecycle.Conditions;
import dev.signet.issuer.lifecycle.Controller;
import dev.signet.issuer.lifecycle.EventRecorder;
import dev.signet.issuer.lifecycle.ResourceController;
import dev.signet.issuer.lifecycle.StatusWriter;
import dev.signet.issuer.queue.ResourceKey;
import dev.signet.issuer.queue.WorkQueue;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/// Keeps every issuer as usable as its spec allows, on every replica, so that another one can take
/// over at once; says so in its status on the replica that leads. Thread-safe.
public final class Issuers implements Controller {

    private static final String READY = "Ready";
    private static final int WORKERS = 4;

    private final Scope scope;
    private final StatusWriter statuses;
    private final EventRecorder events;
    private final Conditions conditions;
    private final InstantSource clock;
    private final CaConnections cas;
    private final References<IssuerRef> references;
    private final IssuerConnections connections;
    private final ResourceController<SignetIssuer> namespaced;
    private final ResourceController<SignetClusterIssuer> cluster;
    private final Map<IssuerRef, Held> held = new ConcurrentHashMap<>();
    private volatile boolean leading;

    /// Where issuers are looked for.
    ///
    /// @param namespaces of namespaced issuers; none: all
    /// @param clusterResourceNamespace where references of cluster issuers are read
    public record Scope(Set<String> namespaces, String clusterResourceNamespace) {
        public Scope {
            namespaces = Set.copyOf(namespaces);
        }
    }

    /// What an issuer has.
    private record Held(CaConnections.Key key, CaConnection connection, Runnable unlisten) {}

    /// @param ownToken the controller's own credential
    public Issuers(
            KubernetesClient client,
            Scope scope,
            CredentialSource ownToken,
            StatusWriter statuses,
            EventRecorder events,
            InstantSource clock,
            RandomGenerator random) {
        this(
                client,
                scope,
                key ->
                        new LiveCaConnection(
                                key.addresses(),
                                FirstTrust.bundle(key.bundlePem()),
                                switch (key.credential()) {
                                    case CaConnections.Credential.Own() -> ownToken;
                                    case CaConnections.Credential.OfServiceAccount account ->
                                            CredentialSource.tokens(
                                                    new ServiceAccountTokens(client, account));
                                }),
                statuses,
                events,
                clock,
                random);
    }

    Issuers(
            KubernetesClient client,
            Scope scope,
            CaConnections.Opening opening,
            StatusWriter statuses,
            EventRecorder events,
            InstantSource clock,
            RandomGenerator random) {
        this.scope = scope;
        this.statuses = statuses;
        this.events = events;
        this.clock = clock;
        this.conditions = new Conditions(clock);
        this.cas = new CaConnections(opening);
        this.references = new References<>(client, this::again);
        this.connections = new IssuerConnections(this::mayExist);
        this.namespaced =
                new ResourceController<>(
                        "signetissuers",
                        new ResourceController.Watched<>(
                                client.resources(SignetIssuer.class),
                                scope.namespaces(),
                                Map.of(),
                                this::gone),
                        issuer -> true,
                        WORKERS,
                        random,
                        this::reconcile);
        this.cluster =
                new ResourceController<>(
                        "signetclusterissuers",
                        new ResourceController.Watched<>(
                                client.resources(SignetClusterIssuer.class),
                                Set.of(),
                                Map.of(),
                                this::gone),
                        issuer -> true,
                        WORKERS,
                        random,
                        this::reconcile);
        namespaced.lead();
        cluster.lead();
    }

    /// Every issuer as it is now.
    public IssuerConnections connections() {
        return connections;
    }

    private boolean mayExist(IssuerRef issuer) {
        ResourceController<?> kind = controller(issuer.kind());
        return !kind.isSynced() || kind.find(key(issuer)).isPresent();
    }

    private ResourceController<? extends IssuerResource> controller(IssuerKind kind) {
        return switch (kind) {
            case ISSUER -> namespaced;
            case CLUSTER_ISSUER -> cluster;
        };
    }

    private static ResourceKey key(IssuerRef issuer) {
        return new ResourceKey(issuer.namespace(), issuer.name());
    }

    private void again(IssuerRef issuer) {
        controller(issuer.kind()).requeue(key(issuer));
    }

    private WorkQueue.Next reconcile(IssuerResource issuer) {
        IssuerRef ref = issuer.ref();
        IssuerState before = connections.of(ref);
        IssuerState now = state(issuer, before);
        // Gone meanwhile: nothing of it may stay.
        if (controller(ref.kind()).find(key(ref)).isEmpty()) {
            gone(issuer);
            return WorkQueue.Next.DONE;
        }
        connections.put(ref, now);
        if (leading) {
            report(issuer, now);
        }
        return WorkQueue.Next.DONE;
    }

    private IssuerState state(IssuerResource issuer, IssuerState before) {
        IssuerRef ref = issuer.ref();
        IssuerSettings settings;
        try {
            settings = IssuerSettings.of(issuer.getSpec());
        } catch (IllegalArgumentException e) {
            letGo(ref);
            references.keepOnly(ref, null);
            return new IssuerState.NotReady("InvalidSpec", String.valueOf(e.getMessage()));
        }
        String home =
                ref.namespace().isEmpty() ? scope.clusterResourceNamespace() : ref.namespace();
        References.Reference reference = reference(settings.bundle(), home);
        references.keepOnly(ref, reference);
        String pem;
        if (reference == null) {
            pem = ((IssuerSettings.BundleReference.Inline) settings.bundle()).pem();
        } else {
            switch (references.read(ref, reference, entry(settings.bundle()))) {
                case References.Found.Value value -> pem = value.text();
                case References.Found.Missing missing -> {
                    letGo(ref);
                    return missing.pending()
                            ? new IssuerState.Unknown()
                            : new IssuerState.NotReady("TrustBundleNotFound", missing.message());
                }
            }
        }
        CaConnection connection;
        try {
            connection =
                    hold(
                            ref,
                            new CaConnections.Key(
                                    settings.addresses(), pem, credential(settings, home)));
        } catch (IllegalArgumentException e) {
            letGo(ref);
            return new IssuerState.NotReady(
                    "TrustBundleInvalid", "the trust bundle cannot be used: " + e.getMessage());
        }
        return switch (connection.health()) {
            case CaConnection.Health.Usable usable ->
                    new IssuerState.Ready(
                            settings,
                            connection,
                            before instanceof IssuerState.Ready ready
                                    ? ready.since()
                                    : clock.instant());
            case CaConnection.Health.Connecting() -> new IssuerState.Unknown();
            case CaConnection.Health.Unusable away ->
                    new IssuerState.NotReady(Reasons.of(away.code()), away.message());
        };
    }

    private static References.@Nullable Reference reference(
            IssuerSettings.BundleReference bundle, String namespace) {
        return switch (bundle) {
            case IssuerSettings.BundleReference.Inline ignored -> null;
            case IssuerSettings.BundleReference.InConfigMap map ->
                    new References.Reference(false, namespace, map.name());
            case IssuerSettings.BundleReference.InSecret secret ->
                    new References.Reference(true, namespace, secret.name());
        };
    }

    private static String entry(IssuerSettings.BundleReference bundle) {
        return switch (bundle) {
            case IssuerSettings.BundleReference.Inline ignored -> "";
            case IssuerSettings.BundleReference.InConfigMap map -> map.key();
            case IssuerSettings.BundleReference.InSecret secret -> secret.key();
        };
    }

    private static CaConnections.Credential credential(IssuerSettings settings, String namespace) {
        return settings.serviceAccount()
                .<CaConnections.Credential>map(account ->
                        new CaConnections.Credential.OfServiceAccount(
                                namespace, account.name(), account.audience()))
                .orElseGet(CaConnections.Credential.Own::new);
    }

    private CaConnection hold(IssuerRef ref, CaConnections.Key key) {
        Held now = held.get(ref);
        if (now != null && now.key().equals(key)) {
            return now.connection();
        }
        CaConnection connection = cas.acquire(key);
        letGo(ref);
        held.put(
                ref,
                new Held(
                        key,
                        connection,
                        connection.listen(change -> {
                            switch (change) {
                                case HEALTH -> again(ref);
                                case TRUST -> connections.tell(ref);
                            }
                        })));
        return connection;
    }

    private void letGo(IssuerRef ref) {
        Held before = held.remove(ref);
        if (before != null) {
            before.unlisten().run();
            cas.release(before.key());
        }
    }

    private void gone(IssuerResource issuer) {
        IssuerRef ref = issuer.ref();
        connections.remove(ref);
        references.keepOnly(ref, null);
        letGo(ref);
    }

    private void report(IssuerResource issuer, IssuerState state) {
        IssuerStatus status = issuer.getStatus();
        Condition before = status == null ? null : Conditions.find(status.conditions(), READY);
        Condition next =
                switch (state) {
                    case IssuerState.Ready ready ->
                            conditions.next(before, READY, true, "Connected", message(ready));
                    case IssuerState.NotReady away ->
                            conditions.next(before, READY, false, away.reason(), away.message());
                    case IssuerState.Unknown ignored -> null;
                    case IssuerState.Absent ignored -> null;
                };
        if (next == null) {
            return;
        }
        next.setObservedGeneration(issuer.getMetadata().getGeneration());
        if (!Conditions.isNews(before, next)) {
            return;
        }
        CustomResource<?, IssuerStatus> written =
                switch (issuer.ref().kind()) {
                    case ISSUER -> new SignetIssuer();
                    case CLUSTER_ISSUER -> new SignetClusterIssuer();
                };
        written.setMetadata(StatusWriter.metadataOf(issuer));
        written.setStatus(new IssuerStatus(List.of(next)));
        if (statuses.apply(written) == StatusWriter.Written.WRITTEN
                && (before == null
                        || !next.getStatus().equals(before.getStatus())
                        || !next.getReason().equals(before.getReason()))) {
            events.record(
                    issuer,
                    state instanceof IssuerState.Ready
                            ? EventRecorder.Type.NORMAL
                            : EventRecorder.Type.WARNING,
                    next.getReason(),
                    next.getMessage());
        }
    }

    private static String message(IssuerState.Ready ready) {
        return ready.ca().health() instanceof CaConnection.Health.Usable usable
                ? "registration authority " + usable.spiffeId()
                : "connected";
    }

    @Override
    public String name() {
        return "issuers";
    }

    @Override
    public boolean isSynced() {
        return namespaced.isSynced() && cluster.isSynced();
    }

    @Override
    public void lead() {
        leading = true;
        namespaced.requeueAll();
        cluster.requeueAll();
    }

    @Override
    public void follow() {
        leading = false;
    }

    @Override
    public boolean awaitIdle(Duration most) {
        return true;
    }

    /// Connections open to CAs.
    public int openConnections() {
        return cas.size();
    }

    @Override
    public void close() {
        namespaced.close();
        cluster.close();
        references.close();
        cas.close();
    }
}
