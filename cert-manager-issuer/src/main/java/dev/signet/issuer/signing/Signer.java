package dev.signet.issuer.signing;

import dev.signet.client.CaUnavailableException;
import dev.signet.client.IdentityUnavailableException;
import dev.signet.client.RequestRefusedException;
import dev.signet.client.SignetClientException;
import dev.signet.client.SubjectCertificate;
import dev.signet.client.SubjectRequest;
import dev.signet.client.UntrustedCaException;
import dev.signet.issuer.api.IssuerRef;
import dev.signet.issuer.connection.IssuerConnections;
import dev.signet.issuer.connection.IssuerSettings;
import dev.signet.issuer.connection.IssuerState;
import dev.signet.issuer.connection.Reasons;
import dev.signet.issuer.request.RequestIds;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// Has requests signed. The same request may be brought any number of times, by any replica: its id
/// follows from the resource, so that the CA signs once. Thread-safe.
public final class Signer {

    private static final Duration UNTIL_KNOWN = Duration.ofSeconds(1);
    private static final Duration UNTIL_CHANGED = Duration.ofMinutes(10);
    private static final int MAX_VALUE_LENGTH = 1024;

    private final IssuerConnections connections;
    private final String cluster;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final MeterRegistry metrics;
    private final Consumer<IssuerRef> reopened;
    private final Map<IssuerRef, Gate> gates = new ConcurrentHashMap<>();

    /// @param cluster what policy hears as `reported.cluster`
    /// @param reopened told of an issuer whose requests had to wait, and need not any more
    public Signer(
            IssuerConnections connections,
            String cluster,
            InstantSource clock,
            RandomGenerator random,
            MeterRegistry metrics,
            Consumer<IssuerRef> reopened) {
        this.connections = connections;
        this.cluster = cluster;
        this.clock = clock;
        this.random = random;
        this.metrics = metrics;
        this.reopened = reopened;
        connections.listen(issuer -> {
            if (connections.of(issuer) instanceof IssuerState.Absent) {
                gates.remove(issuer);
            }
        });
    }

    /// Has one request signed; ends within a bounded time.
    public Outcome sign(IssuerRef issuer, SigningRequest request) {
        return switch (connections.of(issuer)) {
            case IssuerState.Unknown ignored -> new Outcome.Later(UNTIL_KNOWN);
            case IssuerState.Absent ignored ->
                    new Outcome.Pending(
                            "IssuerNotFound", issuer + " does not exist", UNTIL_CHANGED);
            case IssuerState.NotReady away ->
                    new Outcome.Pending(
                            "IssuerNotReady",
                            issuer + " is not ready: " + away.reason(),
                            UNTIL_CHANGED);
            case IssuerState.Ready ready -> sign(issuer, ready, request);
        };
    }

    private Outcome sign(IssuerRef issuer, IssuerState.Ready ready, SigningRequest request) {
        Instant now = clock.instant();
        if (now.isAfter(request.approved().plus(IssuerSettings.LONGEST_RETRY_WINDOW))) {
            return failed(
                    "RetryWindowExpired",
                    "not signed within 23 h of its approval: make a new request");
        }
        Gate gate = gates.computeIfAbsent(issuer, ref -> new Gate(clock, random));
        return switch (gate.enter()) {
            case Gate.Entry.Shut shut ->
                    waiting(ready, request, shut.reason(), shut.message(), shut.again(), now);
            case Gate.Entry.Open open -> ask(issuer, ready, request, gate, open.begun());
        };
    }

    private Outcome ask(
            IssuerRef issuer,
            IssuerState.Ready ready,
            SigningRequest request,
            Gate gate,
            Instant begun) {
        long start = System.nanoTime();
        String result = "FAULT";
        try {
            SubjectCertificate certificate =
                    ready.ca().issue(message(issuer, ready.settings(), request));
            result = "ISSUED";
            if (gate.answered(begun)) {
                reopened.accept(issuer);
            }
            return new Outcome.Issued(certificate, ready.settings());
        } catch (SignetClientException e) {
            result = e.code();
            return refused(issuer, ready, request, gate, begun, e);
        } finally {
            if (result.equals("FAULT")) {
                gate.left(begun);
            }
            Timer.builder("signet.issuer.sign")
                    .description("Time to ask the CA for one certificate")
                    .tag("kind", request.resource().kind())
                    .tag(
                            "result",
                            Consequence.byCode().containsKey(result) || result.equals("ISSUED")
                                    ? result
                                    : "OTHER")
                    .register(metrics)
                    .record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        }
    }

    private Outcome refused(
            IssuerRef issuer,
            IssuerState.Ready ready,
            SigningRequest request,
            Gate gate,
            Instant begun,
            SignetClientException e) {
        String reason = Reasons.of(e.code());
        String message = String.valueOf(e.getMessage());
        Duration hint =
                e instanceof CaUnavailableException away
                        ? away.retryAfter().orElse(Duration.ZERO)
                        : Duration.ZERO;
        return switch (consequence(e)) {
            case FAILS -> {
                if (gate.answered(begun)) {
                    reopened.accept(issuer);
                }
                yield failed(reason, message);
            }
            case THIS_WAITS ->
                    waiting(
                            ready,
                            request,
                            reason,
                            message,
                            gate.limited(begun, hint, reason, message),
                            clock.instant());
            case ALL_WAIT ->
                    waiting(
                            ready,
                            request,
                            reason,
                            message,
                            gate.failed(begun, hint, reason, message),
                            clock.instant());
            case ISSUER_AT_FAULT ->
                    new Outcome.Pending(reason, message, gate.failed(begun, hint, reason, message));
        };
    }

    private static Consequence consequence(SignetClientException e) {
        Consequence known = Consequence.byCode().get(e.code());
        if (known != null) {
            return known;
        }
        return switch (e) {
            case RequestRefusedException refused -> Consequence.FAILS;
            case CaUnavailableException away -> Consequence.ALL_WAIT;
            case UntrustedCaException untrusted -> Consequence.ISSUER_AT_FAULT;
            case IdentityUnavailableException unavailable -> Consequence.ISSUER_AT_FAULT;
        };
    }

    private static Outcome waiting(
            IssuerState.Ready ready,
            SigningRequest request,
            String reason,
            String message,
            Duration again,
            Instant now) {
        Instant since =
                ready.since().isAfter(request.approved()) ? ready.since() : request.approved();
        Duration window = ready.settings().retryWindow();
        if (now.isAfter(since.plus(window))) {
            return failed(
                    "RetryWindowExpired",
                    "not signed within " + window + "; the last attempt: " + message);
        }
        return new Outcome.Pending(reason, message, again);
    }

    private static Outcome failed(String reason, String message) {
        return new Outcome.Failed(reason, message, false);
    }

    private SubjectRequest message(
            IssuerRef issuer, IssuerSettings settings, SigningRequest request) {
        Duration lifetime =
                settings.maxDuration()
                        .filter(most -> most.compareTo(request.lifetime()) < 0)
                        .orElse(request.lifetime());
        boolean authority =
                request.requested()
                        .map(SubjectRequest.Attributes::certificateAuthority)
                        .orElse(false);
        SubjectRequest.Builder builder =
                SubjectRequest.builder(
                                request.certification().der(),
                                request.certification().publicKey(),
                                RequestIds.of(
                                        request.resource().kind(),
                                        request.resource().uid(),
                                        request.approved()),
                                request.resource().subject(cluster))
                        .attributes(attributes(issuer, settings, request))
                        .names(request.certification().names())
                        .spiffeId(request.spiffeId().orElse(null))
                        .profile(
                                (authority ? settings.caProfile() : settings.profile())
                                        .orElse(null))
                        .lifetime(Duration.ofSeconds(Math.max(1, lifetime.toSeconds())));
        request.requested().ifPresent(builder::requested);
        return builder.build();
    }

    private Map<String, String> attributes(
            IssuerRef issuer, IssuerSettings settings, SigningRequest request) {
        Map<String, String> said = new LinkedHashMap<>();
        settings.hints().forEach((key, value) -> said.put("hint." + key, value));
        request.attributes().forEach((key, value) -> put(said, key, value));
        said.put("cluster", cluster);
        said.put("kind", request.resource().kind());
        put(said, "namespace", request.resource().namespace());
        put(said, "name", request.resource().name());
        put(said, "uid", request.resource().uid());
        said.put("issuer.kind", issuer.kind().kind());
        put(said, "issuer.namespace", issuer.namespace());
        put(said, "issuer.name", issuer.name());
        return said;
    }

    /// What is too long for the CA, or not printable, is not said: policy then decides without it.
    private static void put(Map<String, String> said, String key, String value) {
        if (!value.isEmpty()
                && value.length() <= MAX_VALUE_LENGTH
                && value.chars().noneMatch(Character::isISOControl)) {
            said.put(key, value);
        }
    }
}
