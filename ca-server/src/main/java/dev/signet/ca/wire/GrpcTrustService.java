package dev.signet.ca.wire;

import com.google.protobuf.UnsafeByteOperations;

import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.ca.trust.TrustBundle;
import dev.signet.ca.trust.TrustBundles;
import dev.signet.proto.v1.GetTrustBundleRequest;
import dev.signet.proto.v1.GetTrustBundleResponse;
import dev.signet.proto.v1.TrustServiceGrpc;
import dev.signet.proto.v1.WatchTrustBundleRequest;
import dev.signet.proto.v1.WatchTrustBundleResponse;

import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// signet.v1.TrustService. Thread-safe. How many watches there may be is the matter of
/// [AccessInterceptor].
final class GrpcTrustService {

    private final TrustBundles bundles;
    private final Set<BundleWatch> watches = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;

    GrpcTrustService(TrustBundles bundles) {
        this.bundles = bundles;
    }

    ServerServiceDefinition definition(UnaryCalls calls) {
        return Lenient.service(
                TrustServiceGrpc.getServiceDescriptor(),
                List.of(
                        calls.serve(TrustServiceGrpc.getGetTrustBundleMethod(), this::get),
                        ServerMethodDefinition.create(
                                Lenient.method(TrustServiceGrpc.getWatchTrustBundleMethod()),
                                (call, _) -> watch(call))));
    }

    /// Ends every watch with SHUTTING_DOWN, and those to come.
    void stop() {
        stopping = true;
        watches.forEach(watch -> watch.refuse(shuttingDown()));
    }

    private void get(
            GetTrustBundleRequest request, Caller caller, Answer<GetTrustBundleResponse> answer) {
        answer.send(
                GetTrustBundleResponse.newBuilder().setBundle(message(bundles.current())).build());
    }

    private ServerCall.Listener<Optional<WatchTrustBundleRequest>> watch(
            ServerCall<Optional<WatchTrustBundleRequest>, WatchTrustBundleResponse> call) {
        BundleWatch watch = new BundleWatch(call, bundles, watches::remove);
        watches.add(watch);
        if (stopping) {
            watch.refuse(shuttingDown());
        }
        call.request(2);
        return watch;
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

    private static Refusal shuttingDown() {
        return Refusal.of(
                RefusalCode.SHUTTING_DOWN, "this server is stopping; reconnect with backoff");
    }
}
