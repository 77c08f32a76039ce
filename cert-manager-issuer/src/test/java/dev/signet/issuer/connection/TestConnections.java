package dev.signet.issuer.connection;

import dev.signet.client.SubjectCertificate;
import dev.signet.client.SubjectRequest;
import dev.signet.client.TrustBundle;
import dev.signet.issuer.TestRequests;
import dev.signet.issuer.api.IssuerRef;
import dev.signet.issuer.api.IssuerSpec;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Issuers whose CA is a fake that answers as told and remembers what it was asked.
public final class TestConnections implements CaConnection {

    public final IssuerConnections connections = new IssuerConnections(issuer -> false);
    public final List<SubjectRequest> asked = new ArrayList<>();
    public Supplier<SubjectCertificate> answer =
            () ->
                    new SubjectCertificate(
                            List.of(TestRequests.certificate()), TestRequests.certificate());

    public static IssuerSettings settings() {
        return IssuerSettings.of(
                new IssuerSpec(
                        List.of("ca:8443"),
                        new IssuerSpec.BundleSource("pem", null, null),
                        null,
                        new IssuerSpec.PolicyHints(
                                "web", "sub-ca", "720h", java.util.Map.of("team", "payments")),
                        null,
                        "10m"));
    }

    public void ready(IssuerRef issuer, IssuerSettings settings, Instant since) {
        connections.put(issuer, new IssuerState.Ready(settings, this, since));
    }

    public void ready(IssuerRef issuer, Instant since) {
        ready(issuer, settings(), since);
    }

    public void notReady(IssuerRef issuer) {
        connections.put(issuer, new IssuerState.NotReady("Unavailable", "by the test"));
    }

    public void unknown(IssuerRef issuer) {
        connections.put(issuer, new IssuerState.Unknown());
    }

    public static Duration retryWindow() {
        return Duration.ofMinutes(10);
    }

    @Override
    public SubjectCertificate issue(SubjectRequest request) {
        asked.add(request);
        return answer.get();
    }

    @Override
    public Health health() {
        return new Health.Usable("spiffe://td/ra");
    }

    @Override
    public Optional<TrustBundle> trustBundle() {
        return Optional.empty();
    }

    @Override
    public Runnable listen(Consumer<Change> listener) {
        return () -> {};
    }

    @Override
    public void close() {}
}
