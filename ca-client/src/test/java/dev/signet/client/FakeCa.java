package dev.signet.client;

import dev.signet.client.rotation.RenewalWindow;

import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// A CA without a network, with the time that the rest of the world has, and with faults to order.
final class FakeCa implements CaPort {

    final InstantSource trueTime;
    final List<String> requestIds = new ArrayList<>();
    final List<String> authorizations = new ArrayList<>();
    final Map<String, Answer> answered = new HashMap<>();
    TestCa ca;
    TrustBundle published;
    Duration lifetime = Duration.ofHours(1);
    String path = "/ns/shop/sa/orders";
    Supplier<SignetClientException> fault = () -> null;
    boolean loseAnswers;
    boolean refuseRenewal;
    PublicKey otherKey;
    Consumer<TrustBundle> watcher = bundle -> {};
    Consumer<SignetClientException> watchEnd = end -> {};
    int watches;
    long issuances;
    long renewals;
    long attestations;

    FakeCa(TestCa ca, InstantSource trueTime) {
        this.ca = ca;
        this.trueTime = trueTime;
        this.published = ca.bundle(1);
    }

    static CaUnavailableException away() {
        return new CaUnavailableException("UNAVAILABLE", "away", null, null);
    }

    private void meetFault() {
        SignetClientException thrown = fault.get();
        if (thrown != null) {
            throw thrown;
        }
    }

    @Override
    public Answer issue(Collection<X509Certificate> trust, String authorization, Attempt attempt) {
        authorizations.add(authorization);
        meetFault();
        attestations++;
        return answer(attempt);
    }

    @Override
    public Answer renew(Collection<X509Certificate> trust, X509Svid current, Attempt attempt) {
        meetFault();
        if (refuseRenewal || trueTime.instant().isAfter(current.notAfter())) {
            throw new RequestRefusedException("UNAUTHENTICATED", "refused", Map.of(), null);
        }
        renewals++;
        return answer(attempt);
    }

    private Answer answer(Attempt attempt) {
        requestIds.add(attempt.requestId());
        Answer answer = answered.get(attempt.requestId());
        if (answer == null) {
            issuances++;
            answer = fresh(attempt.keys().getPublic());
            answered.clear();
            answered.put(attempt.requestId(), answer);
        }
        if (loseAnswers) {
            throw away();
        }
        return answer;
    }

    private Answer fresh(PublicKey key) {
        Instant now = trueTime.instant();
        Instant notBefore = now.minus(min(Duration.ofSeconds(15), lifetime.dividedBy(10)));
        List<X509Certificate> chain =
                ca.leaf(path)
                        .validity(notBefore, lifetime)
                        .chain(otherKey == null ? key : otherKey);
        Duration left = Duration.between(now, chain.get(0).getNotAfter().toInstant());
        return new Answer(
                chain,
                new RenewalWindow(
                        now.plus(left.dividedBy(2)), now.plus(left.multipliedBy(2).dividedBy(3))),
                published.version());
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    @Override
    public TrustBundle trustBundle(Collection<X509Certificate> trust) {
        meetFault();
        return published;
    }

    @Override
    public TrustBundle unverifiedTrustBundle() {
        meetFault();
        return published;
    }

    @Override
    public Runnable watch(
            Collection<X509Certificate> trust,
            Consumer<TrustBundle> onBundle,
            Consumer<SignetClientException> onEnd) {
        watches++;
        SignetClientException thrown = fault.get();
        if (thrown != null) {
            onEnd.accept(thrown);
            return () -> {};
        }
        watcher = onBundle;
        watchEnd = onEnd;
        onBundle.accept(published);
        return () -> {};
    }
}
