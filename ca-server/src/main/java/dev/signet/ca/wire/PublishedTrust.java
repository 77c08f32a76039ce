package dev.signet.ca.wire;

import com.google.protobuf.UnsafeByteOperations;

import dev.signet.ca.reissue.RenewalOrder;
import dev.signet.ca.trust.TrustBundle;
import dev.signet.ca.trust.TrustBundles;
import dev.signet.proto.v1.GetTrustBundleResponse;
import dev.signet.proto.v1.WatchTrustBundleResponse;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// Everything that a watch of the trust bundle sends, as one message that all watches share.
/// Thread-safe.
final class PublishedTrust {

    private final Set<Runnable> listeners = ConcurrentHashMap.newKeySet();
    private volatile State state = new State(0, WatchTrustBundleResponse.getDefaultInstance());

    /// @param number grows with each change
    record State(long number, WatchTrustBundleResponse message) {}

    PublishedTrust(TrustBundles bundles) {
        bundles.watch(this::bundle);
    }

    State current() {
        return state;
    }

    GetTrustBundleResponse answer() {
        WatchTrustBundleResponse now = state.message();
        return GetTrustBundleResponse.newBuilder()
                .setBundle(now.getBundle())
                .addAllFederatedBundles(now.getFederatedBundlesList())
                .build();
    }

    /// Calls the listener after each change. It must not block.
    void add(Runnable listener) {
        listeners.add(listener);
    }

    void remove(Runnable listener) {
        listeners.remove(listener);
    }

    private void change(Consumer<WatchTrustBundleResponse.Builder> change) {
        synchronized (this) {
            WatchTrustBundleResponse.Builder next = state.message().toBuilder();
            change.accept(next);
            state = new State(state.number() + 1, next.build());
        }
        listeners.forEach(Runnable::run);
    }

    private void bundle(TrustBundle bundle) {
        change(state -> state.setBundle(message(bundle)));
    }

    void orders(List<RenewalOrder> orders) {
        change(state ->
                state.clearRenewalOrders()
                        .addAllRenewalOrders(
                                orders.stream().map(PublishedTrust::message).toList()));
    }

    void federated(List<TrustBundle> bundles) {
        change(state ->
                state.clearFederatedBundles()
                        .addAllFederatedBundles(
                                bundles.stream().map(PublishedTrust::message).toList()));
    }

    static dev.signet.proto.v1.TrustBundle message(TrustBundle bundle) {
        dev.signet.proto.v1.TrustBundle.Builder message =
                dev.signet.proto.v1.TrustBundle.newBuilder()
                        .setTrustDomain(bundle.trustDomain().name())
                        .setVersion(bundle.version())
                        .setRefreshHint(Protobuf.duration(bundle.refreshHint()));
        for (byte[] authority : bundle.x509Authorities()) {
            message.addX509Authorities(UnsafeByteOperations.unsafeWrap(authority));
        }
        return message.build();
    }

    private static dev.signet.proto.v1.RenewalOrder message(RenewalOrder order) {
        dev.signet.proto.v1.RenewalOrder.Builder message =
                dev.signet.proto.v1.RenewalOrder.newBuilder()
                        .setNumber(order.number())
                        .addAllAuthorityIds(new TreeSet<>(order.authorityIds()))
                        .setSpiffeIdPrefix(order.spiffeIdPrefix())
                        .setIssuedBefore(Protobuf.timestamp(order.issuedBefore()))
                        .setStart(Protobuf.timestamp(order.start()))
                        .setEnd(Protobuf.timestamp(order.end()));
        if (order.cancelledAt() != null) {
            message.setCancelledAt(Protobuf.timestamp(order.cancelledAt()));
        }
        return message.build();
    }
}
