package dev.signet.ca.attestation;

import dev.signet.ca.egress.HttpsExchange;
import dev.signet.ca.egress.HttpsFailureException;
import dev.signet.ca.egress.StaleFiles;
import dev.signet.ca.egress.TlsFiles;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Asks one cluster's API server about tokens: a bounded number at a time, each within the
/// cluster's timeout, and not at all for a while when it keeps failing. Thread-safe; blocks.
final class TokenReviews implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(TokenReviews.class);

    private static final String PATH = "/apis/authentication.k8s.io/v1/tokenreviews";
    private static final int HTTP_OK = 200;
    private static final int HTTP_CREATED = 201;
    private static final int HTTP_BAD_REQUEST = 400;
    private static final int HTTP_TOO_LARGE = 413;
    private static final int HTTP_UNPROCESSABLE = 422;

    private static final int BREAKER_WINDOW = 20;
    private static final int BREAKER_LEAST_CALLS = 5;
    private static final int BREAKER_PROBES = 2;

    private final KubernetesCluster cluster;
    private final URI url;
    private final HttpsExchange https;
    private final Semaphore places;
    private final CircuitBreaker breaker;
    private final LongSupplier nanoTime;
    private final Timer proved;
    private final Timer refused;
    private final Timer unavailable;

    /// @param openTime how long nothing is asked after it kept failing
    TokenReviews(
            KubernetesCluster cluster,
            Duration openTime,
            InstantSource clock,
            LongSupplier nanoTime,
            MeterRegistry registry) {
        this.cluster = cluster;
        this.proved = timer(registry, cluster, "proved");
        this.refused = timer(registry, cluster, "refused");
        this.unavailable = timer(registry, cluster, "unavailable");
        String base = cluster.apiServer().toString();
        this.url =
                URI.create(
                        (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + PATH);
        this.https =
                new HttpsExchange(
                        new TlsFiles(
                                cluster.caFile(),
                                cluster.clientCertificateFile(),
                                cluster.clientKeyFile()));
        StaleFiles.gauge(registry, "cluster-" + cluster.name(), https::stale);
        this.places = new Semaphore(cluster.maxConcurrent());
        this.nanoTime = nanoTime;
        this.breaker =
                CircuitBreaker.of(
                        "cluster-" + cluster.name(),
                        CircuitBreakerConfig.custom()
                                .slidingWindowSize(BREAKER_WINDOW)
                                .minimumNumberOfCalls(BREAKER_LEAST_CALLS)
                                .permittedNumberOfCallsInHalfOpenState(BREAKER_PROBES)
                                .waitDurationInOpenState(openTime)
                                .clock(clock.withZone(ZoneOffset.UTC))
                                .build());
        breaker.getEventPublisher()
                .onStateTransition(event ->
                        log.warn(
                                "Cluster {}: asking its API server is now {} (was {})",
                                cluster.name(),
                                event.getStateTransition().getToState(),
                                event.getStateTransition().getFromState()));
    }

    /// Labels are constants of the configuration, never a caller's text (R20).
    private static Timer timer(MeterRegistry registry, KubernetesCluster cluster, String outcome) {
        return Timer.builder("signet.attestation.review")
                .description("Time from wanting to ask a cluster about a token to its answer")
                .tag("cluster", cluster.name())
                .tag("outcome", outcome)
                .register(registry);
    }

    /// What a review came to.
    sealed interface Review {
        record Proves(AttestedCaller caller) implements Review {}

        /// @param what follows "the token"
        record Refused(String what) implements Review {}

        /// @param why for the operator; holds nothing of an answer or a token
        record Unavailable(String why) implements Review {}
    }

    /// @param token of visible ASCII
    Review review(String token) {
        long begin = nanoTime.getAsLong();
        Review review = review(token, begin);
        Timer timer =
                switch (review) {
                    case Review.Proves _ -> proved;
                    case Review.Refused _ -> refused;
                    case Review.Unavailable _ -> unavailable;
                };
        timer.record(nanoTime.getAsLong() - begin, TimeUnit.NANOSECONDS);
        return review;
    }

    private Review review(String token, long begin) {
        if (!breaker.tryAcquirePermission()) {
            return new Review.Unavailable("is not asked just now, as it kept failing");
        }
        boolean told = false;
        try {
            if (!places.tryAcquire(cluster.timeout().toNanos(), TimeUnit.NANOSECONDS)) {
                return new Review.Unavailable(
                        "had " + cluster.maxConcurrent() + " reviews under way all the time");
            }
            try {
                Duration left = cluster.timeout().minusNanos(nanoTime.getAsLong() - begin);
                if (left.toMillis() < 1) {
                    return new Review.Unavailable("had no place free in time");
                }
                Review review = ask(token, left);
                told = true;
                breaker.onSuccess(nanoTime.getAsLong() - begin, TimeUnit.NANOSECONDS);
                return review;
            } catch (HttpsFailureException e) {
                told = true;
                breaker.onError(nanoTime.getAsLong() - begin, TimeUnit.NANOSECONDS, e);
                return new Review.Unavailable(e.getMessage());
            } finally {
                places.release();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Review.Unavailable("was not waited for: the server is stopping");
        } finally {
            if (!told) {
                breaker.releasePermission();
            }
        }
    }

    private Review ask(String token, Duration timeout) throws HttpsFailureException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(url)
                        .header("Content-Type", "application/json")
                        .header("Accept", "application/json")
                        .POST(
                                HttpRequest.BodyPublishers.ofByteArray(
                                        TokenReviewDocument.request(token, cluster.audiences())));
        if (cluster.tokenFile() != null) {
            request.header("Authorization", "Bearer " + BearerFile.read(cluster.tokenFile()));
        }
        HttpsExchange.Answer answer = https.send(request, TokenReviewDocument.MAX_OCTETS, timeout);
        return switch (answer.status()) {
            case HTTP_OK, HTTP_CREATED -> read(answer.octets());
            // A token's own fault may be behind these: no stranger may stop the cluster's reviews.
            case HTTP_BAD_REQUEST, HTTP_TOO_LARGE, HTTP_UNPROCESSABLE ->
                    new Review.Unavailable("answered " + answer.status() + " (expected: 201)");
            default ->
                    throw new HttpsFailureException(
                            "answered "
                                    + answer.status()
                                    + " (expected: 201; 401 and 403: may this server create"
                                    + " tokenreviews there?)");
        };
    }

    private Review read(byte[] answer) throws HttpsFailureException {
        return switch (TokenReviewDocument.read(answer, cluster)) {
            case TokenReviewDocument.Reading.Proves(AttestedCaller caller) ->
                    new Review.Proves(caller);
            case TokenReviewDocument.Reading.Refused(String what) -> new Review.Refused(what);
            case TokenReviewDocument.Reading.Unreadable() ->
                    throw new HttpsFailureException("answered what is no TokenReview");
        };
    }

    @Override
    public void close() {
        https.close();
    }
}
