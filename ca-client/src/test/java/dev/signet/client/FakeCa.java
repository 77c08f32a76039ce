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
    final List<Opening> openings = new ArrayList<>();
    final List<Long> acknowledged = new ArrayList<>();
    List<TrustBundle> federated = List.of();
    List<RenewalOrder> orders = List.of();
    Watcher newest;
    long sequence;
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
            answer = fresh(attempt.publicKey());
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
    public TrustState trustState(Collection<X509Certificate> trust) {
        meetFault();
        return state();
    }

    TrustState state() {
        return new TrustState(published, federated, orders);
    }

    /// Sends what is published to the newest watch.
    void push() {
        newest.trust(state());
    }

    /// Tells the newest watch, which then knows all.
    void revoke(X509Certificate... certificates) {
        newest.revocations(Revocations.of(++sequence, certificates));
    }

    @Override
    public Watch watch(Collection<X509Certificate> trust, Opening opening, Watcher to) {
        watches++;
        openings.add(opening);
        SignetClientException thrown = fault.get();
        if (thrown != null) {
            to.ended(thrown);
        } else {
            newest = to;
            watcher =
                    bundle -> {
                        to.trust(new TrustState(bundle, federated, orders));
                    };
            watchEnd = to::ended;
            if (opening.heldVersion() > 0) {
                acknowledged.add(opening.heldVersion());
            }
            push();
        }
        return new Watch() {
            @Override
            public void acknowledge(long version) {
                acknowledged.add(version);
            }

            @Override
            public void close() {}
        };
    }
}
