package dev.signet.client.internal;

import dev.signet.proto.v1.TrustServiceGrpc;
import dev.signet.proto.v1.WatchRevocationsRequest;
import dev.signet.proto.v1.WatchRevocationsResponse;
import dev.signet.proto.v1.WatchTrustBundleRequest;
import dev.signet.proto.v1.WatchTrustBundleResponse;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// The two watches of one connection to the CA. They end together, except that a CA which knows no
/// revocations leaves the other open. Thread-safe.
public final class WatchCalls {

    private static final System.Logger LOG = System.getLogger(WatchCalls.class.getName());

    private final ManagedChannel channel;
    private final String name;
    private final Handler handler;
    private final Runnable whenLost;
    private final AtomicBoolean ended = new AtomicBoolean();
    private @Nullable StreamObserver<WatchTrustBundleRequest> requests;

    /// What to do with what comes. What it throws ends the watch.
    public interface Handler {

        void trust(WatchTrustBundleResponse response);

        void revocations(WatchRevocationsResponse response);

        /// At most once, then nothing.
        void ended(CallFailedException failure);
    }

    WatchCalls(ManagedChannel channel, String name, Handler handler, Runnable whenLost) {
        this.channel = channel;
        this.name = name;
        this.handler = handler;
        this.whenLost = whenLost;
    }

    void start(long heldVersion, long afterSequence) {
        TrustServiceGrpc.TrustServiceStub stub = TrustServiceGrpc.newStub(channel);
        synchronized (this) {
            requests = stub.watchTrustBundle(new Answers<>(handler::trust, false));
        }
        acknowledge(heldVersion);
        stub.watchRevocations(
                WatchRevocationsRequest.newBuilder().setAfterSequence(afterSequence).build(),
                new Answers<>(handler::revocations, true));
    }

    /// Says which version of the bundle is verified with; the first time it opens the watch.
    public synchronized void acknowledge(long version) {
        StreamObserver<WatchTrustBundleRequest> open = requests;
        if (open != null && !ended.get()) {
            open.onNext(WatchTrustBundleRequest.newBuilder().setHeldVersion(version).build());
        }
    }

    /// Ends both; the handler hears no more.
    public void close() {
        ended.set(true);
        channel.shutdownNow();
    }

    private void end(Throwable failure) {
        if (ended.compareAndSet(false, true)) {
            channel.shutdownNow();
            whenLost.run();
            handler.ended(CallFailedException.of(name, failure));
        }
    }

    private final class Answers<R> implements StreamObserver<R> {

        private final Consumer<R> consumer;
        private final boolean optional;

        Answers(Consumer<R> consumer, boolean optional) {
            this.consumer = consumer;
            this.optional = optional;
        }

        @Override
        public void onNext(R response) {
            if (!ended.get()) {
                consumer.accept(response);
            }
        }

        @Override
        public void onError(Throwable failure) {
            if (optional && Status.fromThrowable(failure).getCode() == Status.Code.UNIMPLEMENTED) {
                LOG.log(System.Logger.Level.WARNING, "the CA at {0} pushes no revocations", name);
                return;
            }
            end(failure);
        }

        @Override
        public void onCompleted() {
            end(Status.UNAVAILABLE.withDescription("watch ended").asException());
        }
    }
}
