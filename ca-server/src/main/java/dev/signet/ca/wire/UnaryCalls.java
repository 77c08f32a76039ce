package dev.signet.ca.wire;

import com.google.protobuf.MessageLite;

import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.netty.util.Timer;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Serves unary methods: parses, sets the server's own deadline, answers once. Where the generated
/// stubs turn an unparsable message into an unknown fault, this refuses it, and a refusal costs no
/// exception. Thread-safe.
final class UnaryCalls {

    private final Timer timer;
    private final Duration deadline;
    private final CallsInFlight inFlight;
    private final RefusedCalls refusedCalls;

    UnaryCalls(Timer timer, Duration deadline, CallsInFlight inFlight, RefusedCalls refusedCalls) {
        this.timer = timer;
        this.deadline = deadline;
        this.inFlight = inFlight;
        this.refusedCalls = refusedCalls;
    }

    /// What a method does; must not block. An exception from it is a fault.
    interface Method<Q, R> {
        void call(Q request, Caller caller, Answer<R> answer);
    }

    <Q extends MessageLite, R> ServerMethodDefinition<Optional<Q>, R> serve(
            MethodDescriptor<Q, R> descriptor, Method<Q, R> method) {
        return ServerMethodDefinition.create(Lenient.method(descriptor), handler(method));
    }

    private <Q, R> ServerCallHandler<Optional<Q>, R> handler(Method<Q, R> method) {
        return (call, _) -> start(call, method);
    }

    private <Q, R> ServerCall.Listener<Optional<Q>> start(
            ServerCall<Optional<Q>, R> call, Method<Q, R> method) {
        Answer<R> answer = new Answer<>(call, inFlight, refusedCalls);
        answer.deadline(
                timer.newTimeout(_ -> answer.expire(), deadline.toNanos(), TimeUnit.NANOSECONDS));
        // Two: a second message of a unary call is seen, and refused by gRPC itself.
        call.request(2);
        return new Listener<>(method, Caller.current(), answer);
    }

    private static final class Listener<Q, R> extends ServerCall.Listener<Optional<Q>> {

        private final Method<Q, R> method;
        private final Caller caller;
        private final Answer<R> answer;
        private Optional<Q> request = Optional.empty();
        private boolean received;

        Listener(Method<Q, R> method, Caller caller, Answer<R> answer) {
            this.method = method;
            this.caller = caller;
            this.answer = answer;
        }

        @Override
        public void onMessage(Optional<Q> message) {
            if (received) {
                answer.refuse(malformed("a unary call has more than one request message"));
            }
            received = true;
            request = message;
        }

        @Override
        public void onHalfClose() {
            if (!received) {
                answer.refuse(malformed("a unary call has no request message"));
                return;
            }
            if (request.isEmpty()) {
                answer.refuse(malformed("the request is not a protobuf message of its type"));
                return;
            }
            try {
                method.call(request.get(), caller, answer);
            } catch (RuntimeException | StackOverflowError | AssertionError e) {
                answer.fault(e);
            }
        }

        @Override
        public void onCancel() {
            answer.cancelled();
        }
    }

    static Refusal malformed(String message) {
        return Refusal.of(RefusalCode.INVALID_ARGUMENT, message);
    }
}
