package dev.signet.cli.demo;

import dev.signet.client.PeerPredicate;
import dev.signet.client.WorkloadIdentity;

import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/// `orders` calling `payments`: a few callers, each with a pace. The first keeps its one
/// connection; the others open a new one every second, so that handshakes go on all the time, with
/// whatever certificates both ends have then. Thread-safe.
final class OrderTraffic implements AutoCloseable {

    private static final int CALLERS = 4;
    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(1200);
    private static final long CONNECTION_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final WorkloadIdentity orders;
    private final PeerPredicate payments;
    private final int port;
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong connections = new AtomicLong();
    private final AtomicReference<@Nullable String> firstFailure = new AtomicReference<>();
    private final List<Thread> callers = new ArrayList<>();
    private volatile boolean stopped;

    OrderTraffic(WorkloadIdentity orders, PeerPredicate payments, int port) {
        this.orders = orders;
        this.payments = payments;
        this.port = port;
    }

    /// One call over a connection of its own.
    ///
    /// @throws StatusRuntimeException when it fails
    String callOnce(String order) {
        ManagedChannel channel = connect();
        try {
            return call(channel, order);
        } finally {
            channel.shutdownNow();
        }
    }

    void start() {
        for (int i = 0; i < CALLERS; i++) {
            boolean keepsConnection = i == 0;
            callers.add(
                    Thread.ofPlatform()
                            .name("orders-" + i)
                            .daemon()
                            .start(() -> run(keepsConnection)));
        }
    }

    private void run(boolean keepsConnection) {
        while (!stopped) {
            ManagedChannel channel = connect();
            long openedAt = System.nanoTime();
            while (!stopped
                    && (keepsConnection || System.nanoTime() - openedAt < CONNECTION_NANOS)) {
                countedCall(channel);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            channel.shutdown();
        }
    }

    private void countedCall(ManagedChannel channel) {
        String order = "order " + calls.incrementAndGet();
        try {
            if (!call(channel, order).equals("paid: " + order)) {
                failed("a wrong answer to " + order);
            }
        } catch (StatusRuntimeException e) {
            failed(String.valueOf(e.getMessage()));
        }
    }

    private void failed(String what) {
        failures.incrementAndGet();
        firstFailure.compareAndSet(null, what);
    }

    private ManagedChannel connect() {
        connections.incrementAndGet();
        return Grpc.newChannelBuilderForAddress(
                        "localhost", port, orders.channelCredentials(payments))
                .disableRetry()
                .build();
    }

    private static String call(ManagedChannel channel, String order) {
        return ClientCalls.blockingUnaryCall(
                channel,
                PaymentService.PAY,
                CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS),
                order);
    }

    long calls() {
        return calls.get();
    }

    long failures() {
        return failures.get();
    }

    long connections() {
        return connections.get();
    }

    @Nullable String firstFailure() {
        return firstFailure.get();
    }

    /// Ends the calls under way and returns when there are none.
    @Override
    public void close() {
        stopped = true;
        for (Thread caller : callers) {
            try {
                caller.join(TimeUnit.SECONDS.toMillis(15));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
