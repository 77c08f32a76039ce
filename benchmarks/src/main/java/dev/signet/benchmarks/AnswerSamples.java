package dev.signet.benchmarks;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// Answers kept to be checked after the load, so that the checking costs the load nothing.
/// Thread-safe, bounded.
final class AnswerSamples {

    /// About 30 MB of answers.
    private static final int MOST = 20_000;

    private final Queue<Sample> samples = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();

    void add(byte[] answer, PreparedRequests.Prepared request, Token token) {
        if (count.incrementAndGet() <= MOST) {
            samples.add(new Sample(answer, request, token.workload()));
        }
    }

    List<Sample> all() {
        return List.copyOf(samples);
    }

    /// An answer and what it must agree with.
    static final class Sample {
        private final byte[] answer;
        private final PreparedRequests.Prepared request;
        private final int workload;

        Sample(byte[] answer, PreparedRequests.Prepared request, int workload) {
            this.answer = answer;
            this.request = request;
            this.workload = workload;
        }

        byte[] answer() {
            return answer;
        }

        PreparedRequests.Prepared request() {
            return request;
        }

        int workload() {
            return workload;
        }
    }
}
