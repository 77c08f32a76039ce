package dev.signet.ca.policy;

import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// Where computations run whose cost an operator chooses: checking a document, explaining a
/// decision, a replay. Threads of their own, fewer than there are processors, so that neither the
/// event loops nor the carriers of virtual threads ever run one. Thread-safe.
public final class PolicyWorkers implements AutoCloseable {

    /// Long enough for the largest document on a slow machine.
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private static final int QUEUE = 64;
    private static final Duration RETRY_WHEN_BUSY = Duration.ofSeconds(2);

    private final ThreadPoolExecutor executor;
    private final Duration deadline;

    private PolicyWorkers(String name, BlockingQueue<Runnable> queue, Duration deadline) {
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        AtomicInteger number = new AtomicInteger();
        this.deadline = deadline;
        this.executor =
                new ThreadPoolExecutor(
                        threads,
                        threads,
                        10,
                        TimeUnit.SECONDS,
                        queue,
                        task ->
                                Thread.ofPlatform()
                                        .daemon()
                                        .name(name + "-" + number.incrementAndGet())
                                        .unstarted(task));
        executor.allowCoreThreadTimeOut(true);
    }

    /// For documents and explanations: 64 may wait, each takes at most 10 s.
    static PolicyWorkers forAnswers() {
        return new PolicyWorkers("signet-policy-worker", new ArrayBlockingQueue<>(QUEUE), DEADLINE);
    }

    /// For computations that tell what they find as they go and end by themselves: none may wait.
    ///
    /// @param deadline of each
    public static PolicyWorkers forStreams(String name, Duration deadline) {
        return new PolicyWorkers(name, new SynchronousQueue<>(), deadline);
    }

    static PolicyWorkers forTests(Duration deadline) {
        return new PolicyWorkers("policy-test", new ArrayBlockingQueue<>(1), deadline);
    }

    /// Runs a computation that is all CPU and ends when its thread is interrupted, and waits for
    /// it. What it throws is thrown here.
    ///
    /// @throws PolicyWorkException when it was not done: OVERLOADED, or POLICY_TOO_COSTLY after the
    ///   deadline; the computation is then interrupted. Likewise when the waiting thread is
    public <T> T run(Supplier<T> computation) {
        AtomicBoolean begun = new AtomicBoolean();
        FutureTask<T> task =
                new FutureTask<>(() -> {
                    begun.set(true);
                    return computation.get();
                });
        try {
            executor.execute(task);
            return task.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException _) {
            throw busy();
        } catch (TimeoutException _) {
            throw begun.get() ? tooLong() : busy();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw busy();
        } catch (ExecutionException e) {
            throw unwrapped(e);
        } finally {
            task.cancel(true);
            executor.remove(task);
        }
    }

    private static RuntimeException unwrapped(ExecutionException e) {
        return switch (e.getCause()) {
            case RuntimeException exception -> exception;
            case Error error -> throw error;
            case null, default -> new IllegalStateException("a computation failed", e);
        };
    }

    private static PolicyWorkException busy() {
        return new PolicyWorkException(
                Refusal.of(
                                RefusalCode.OVERLOADED,
                                "The CA is checking other policies. Retry after the given time.")
                        .retryAfter(RETRY_WHEN_BUSY));
    }

    private PolicyWorkException tooLong() {
        return new PolicyWorkException(
                Refusal.of(
                        RefusalCode.POLICY_TOO_COSTLY,
                        "The computation over the policy took longer than "
                                + deadline.toSeconds()
                                + " s and was ended. Ask with a smaller document or request."));
    }

    /// Computations that run now.
    int running() {
        return executor.getActiveCount();
    }

    int waiting() {
        return executor.getQueue().size();
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
