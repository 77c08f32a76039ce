package dev.signet.ca.wire;

import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netty.util.Timeout;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.SocketAddress;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/// The one answer of a unary call: whichever comes first of an answer, the deadline and the
/// caller's cancellation; what comes later is dropped. Thread-safe; never blocks, never throws.
final class Answer<R> {

    private static final Logger LOG = LoggerFactory.getLogger(Answer.class);

    private final ServerCall<?, R> call;
    private final CallsInFlight inFlight;
    private final RefusedCalls refusedCalls;
    private final AtomicBoolean decided = new AtomicBoolean();
    private volatile @Nullable Timeout deadline;

    Answer(ServerCall<?, R> call, CallsInFlight inFlight, RefusedCalls refusedCalls) {
        this.call = call;
        this.inFlight = inFlight;
        this.refusedCalls = refusedCalls;
        inFlight.begin();
    }

    /// To be cancelled when the call is decided.
    void deadline(Timeout timeout) {
        deadline = timeout;
        if (decided.get()) {
            timeout.cancel();
        }
    }

    void send(R response) {
        if (!decide()) {
            return;
        }
        try {
            call.sendHeaders(new Metadata());
            call.sendMessage(response);
            call.close(Status.OK, new Metadata());
        } catch (RuntimeException e) {
            LOG.warn("answer of {} was lost", method(), e);
        } finally {
            inFlight.end();
        }
    }

    void refuse(Refusal refusal) {
        if (!decide()) {
            return;
        }
        refusedCalls.refused(call, refusal);
        close(RefusalStatus.status(refusal), RefusalStatus.trailers(refusal));
    }

    /// As [#refuse], for a refusal that is in the log already.
    void passOn(Refusal refusal) {
        if (decide()) {
            close(RefusalStatus.status(refusal), RefusalStatus.trailers(refusal));
        }
    }

    /// INTERNAL; the cause stays here, under an id that the caller gets, too.
    void fault(Throwable cause) {
        if (!decide()) {
            return;
        }
        String id = UUID.randomUUID().toString();
        LOG.error("fault {} in {}", id, method(), cause);
        close(
                Status.INTERNAL.withDescription("internal fault " + id + "; its cause is logged"),
                new Metadata());
    }

    void expire() {
        refuse(
                Refusal.of(
                        RefusalCode.DEADLINE_EXCEEDED,
                        "the call took longer than this server allows; retry with the same request"
                                + " id"));
    }

    void cancelled() {
        if (decide()) {
            inFlight.end();
        }
    }

    private boolean decide() {
        if (!decided.compareAndSet(false, true)) {
            return false;
        }
        Timeout timeout = deadline;
        if (timeout != null) {
            timeout.cancel();
        }
        return true;
    }

    private void close(Status status, Metadata trailers) {
        try {
            call.close(status, trailers);
        } catch (RuntimeException e) {
            LOG.warn("refusal of {} was lost", method(), e);
        } finally {
            inFlight.end();
        }
    }

    private String method() {
        return call.getMethodDescriptor().getFullMethodName();
    }

    /// Where the call came from.
    @Nullable SocketAddress peer() {
        return call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    }
}
