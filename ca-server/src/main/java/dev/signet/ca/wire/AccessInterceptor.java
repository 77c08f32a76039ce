package dev.signet.ca.wire;

import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.ca.revocation.RevocationCheck;

import io.grpc.Context;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// Lets a call in or refuses it, before any handler sees it: by [AccessTable] every call, by what
/// is revoked those with a client certificate, by number those that stay open. Thread-safe.
final class AccessInterceptor implements ServerInterceptor {

    private final CallerReader callers;
    private final RevocationCheck revocations;
    private final RefusedCalls refusedCalls;
    private final int maxStreams;
    private final int maxStreamsPerConnection;
    private final AtomicInteger openStreams = new AtomicInteger();

    AccessInterceptor(
            CallerReader callers,
            RevocationCheck revocations,
            GrpcSettings.Limits limits,
            RefusedCalls refusedCalls) {
        this.callers = callers;
        this.revocations = revocations;
        this.refusedCalls = refusedCalls;
        this.maxStreams = limits.watches();
        this.maxStreamsPerConnection = limits.watchesPerConnection();
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata metadata, ServerCallHandler<Q, R> next) {
        Connection connection = call.getAttributes().get(Connection.KEY);
        if (connection == null) {
            throw new IllegalStateException("a connection came past the transport filter");
        }
        Caller caller = callers.read(metadata, connection);
        String method = call.getMethodDescriptor().getFullMethodName();
        if (!AccessTable.permits(method, caller.kind())) {
            return refuse(call, denial(method, caller.kind()));
        }
        if (caller.kind() == CallerKind.CLIENT_CERTIFICATE) {
            Optional<Refusal> revoked = revoked(method, caller.certificates());
            if (revoked.isPresent()) {
                if (!AccessTable.permits(method, CallerKind.ANONYMOUS)) {
                    return refuse(call, revoked.get());
                }
                // What anybody may read, such as what is revoked and when to renew, its holder
                // needs
                // most of all.
                caller = Caller.ANONYMOUS;
            }
        }
        if (call.getMethodDescriptor().getType().serverSendsOneMessage()) {
            return start(call, metadata, next, caller);
        }
        if (!open(connection)) {
            return refuse(
                    call,
                    Refusal.of(
                            RefusalCode.TOO_MANY_WATCHES,
                            "too many streams are open; close some, or retry later"));
        }
        Lease lease = new Lease(connection);
        try {
            return new LeasedListener<>(start(call, metadata, next, caller), lease);
        } catch (RuntimeException e) {
            lease.close();
            throw e;
        }
    }

    /// At each call: a connection, or a resumed session, outlives a revocation (R9). What is not
    /// known stands in the way of issuance alone, and is asked for there.
    private Optional<Refusal> revoked(String method, List<X509Certificate> chain) {
        return revocations
                .objection(AccessTable.outlivesItsIssuer(method) ? chain.subList(0, 1) : chain)
                .filter(refusal -> refusal.code() == RefusalCode.UNAUTHENTICATED);
    }

    int openStreams() {
        return openStreams.get();
    }

    /// The context is there while the handler starts, which is when handlers ask for the caller.
    private static <Q, R> ServerCall.Listener<Q> start(
            ServerCall<Q, R> call, Metadata metadata, ServerCallHandler<Q, R> next, Caller caller) {
        Context context = Context.current().withValue(Caller.KEY, caller);
        Context before = context.attach();
        try {
            return next.startCall(call, metadata);
        } finally {
            context.detach(before);
        }
    }

    private static Refusal denial(String method, CallerKind kind) {
        return kind.proven()
                ? Refusal.of(
                        RefusalCode.NOT_PERMITTED,
                        "this kind of evidence does not give access to this method")
                : Refusal.withDiagnosis(
                        RefusalCode.UNAUTHENTICATED,
                        RefusalStatus.UNAUTHENTICATED_TEXT,
                        kind + " may not call " + method);
    }

    private <Q, R> ServerCall.Listener<Q> refuse(ServerCall<Q, R> call, Refusal refusal) {
        refusedCalls.refused(call, refusal);
        call.close(RefusalStatus.status(refusal), RefusalStatus.trailers(refusal));
        return new ServerCall.Listener<>() {};
    }

    private boolean open(Connection connection) {
        if (openStreams.incrementAndGet() > maxStreams) {
            openStreams.decrementAndGet();
            return false;
        }
        if (connection.openStreams().incrementAndGet() > maxStreamsPerConnection) {
            connection.openStreams().decrementAndGet();
            openStreams.decrementAndGet();
            return false;
        }
        return true;
    }

    /// One open stream, given back once.
    private final class Lease {
        private final Connection connection;
        private final AtomicBoolean closed = new AtomicBoolean();

        Lease(Connection connection) {
            this.connection = connection;
        }

        void close() {
            if (closed.compareAndSet(false, true)) {
                connection.openStreams().decrementAndGet();
                openStreams.decrementAndGet();
            }
        }
    }

    private static final class LeasedListener<Q> extends SimpleForwardingServerCallListener<Q> {
        private final Lease lease;

        LeasedListener(ServerCall.Listener<Q> delegate, Lease lease) {
            super(delegate);
            this.lease = lease;
        }

        @Override
        public void onCancel() {
            lease.close();
            super.onCancel();
        }

        @Override
        public void onComplete() {
            lease.close();
            super.onComplete();
        }
    }
}
