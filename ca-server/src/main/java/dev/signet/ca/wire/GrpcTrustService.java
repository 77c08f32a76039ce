package dev.signet.ca.wire;

import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.proto.v1.AcknowledgeTrustBundleRequest;
import dev.signet.proto.v1.AcknowledgeTrustBundleResponse;
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

    private final PublishedTrust trust;
    private final Acknowledging acknowledging;
    private final RevocationPush revocations;
    private final Set<BundleWatch> watches = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;

    GrpcTrustService(
            PublishedTrust trust, Acknowledging acknowledging, RevocationPush revocations) {
        this.trust = trust;
        this.acknowledging = acknowledging;
        this.revocations = revocations;
    }

    ServerServiceDefinition definition(UnaryCalls calls) {
        return Lenient.service(
                TrustServiceGrpc.getServiceDescriptor(),
                List.of(
                        calls.serve(
                                TrustServiceGrpc.getGetTrustBundleMethod(),
                                (_, _, answer) -> answer.send(trust.answer())),
                        calls.serve(
                                TrustServiceGrpc.getAcknowledgeTrustBundleMethod(),
                                this::acknowledge),
                        ServerMethodDefinition.create(
                                Lenient.method(TrustServiceGrpc.getWatchTrustBundleMethod()),
                                (call, _) -> watch(call)),
                        ServerMethodDefinition.create(
                                Lenient.method(TrustServiceGrpc.getWatchRevocationsMethod()),
                                (call, _) -> revocations.watch(call))));
    }

    /// Ends every watch with SHUTTING_DOWN, and those to come.
    void stop() {
        stopping = true;
        watches.forEach(watch -> watch.refuse(shuttingDown()));
        revocations.close(shuttingDown());
    }

    private void acknowledge(
            AcknowledgeTrustBundleRequest request,
            Caller caller,
            Answer<AcknowledgeTrustBundleResponse> answer) {
        if (request.getVersion() < 0) {
            answer.refuse(RequestFields.tooGreat("version"));
        } else if (request.getVersion() == 0) {
            answer.refuse(
                    RefusalStatus.invalidField("version", "version is 0 (expected: 1 or greater)"));
        } else if (acknowledging.take(caller, request.getVersion())) {
            answer.send(
                    AcknowledgeTrustBundleResponse.newBuilder()
                            .setCurrentVersion(trust.current().message().getBundle().getVersion())
                            .build());
        } else {
            answer.refuse(
                    Refusal.withDiagnosis(
                            RefusalCode.UNAUTHENTICATED,
                            RefusalStatus.UNAUTHENTICATED_TEXT,
                            "the certificate has expired since the handshake, or is not a"
                                    + " workload's of this CA"));
        }
    }

    private ServerCall.Listener<Optional<WatchTrustBundleRequest>> watch(
            ServerCall<Optional<WatchTrustBundleRequest>, WatchTrustBundleResponse> call) {
        Caller caller = Caller.current();
        BundleWatch watch =
                new BundleWatch(
                        call,
                        trust,
                        version -> acknowledging.take(caller, version),
                        watches::remove);
        watches.add(watch);
        if (stopping) {
            watch.refuse(shuttingDown());
        }
        call.request(1);
        return watch;
    }

    private static Refusal shuttingDown() {
        return Refusal.of(
                RefusalCode.SHUTTING_DOWN, "this server is stopping; reconnect with backoff");
    }
}
