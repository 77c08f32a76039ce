package dev.signet.issuer.health;

import dev.signet.issuer.queue.WorkQueue;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/// Work queues as metrics. Stateless.
public final class QueueMetrics {

    private QueueMetrics() {}

    /// Shows a queue under its controller's name.
    public static void of(MeterRegistry metrics, String controller, WorkQueue<?> queue) {
        Gauge.builder("signet.issuer.queue.depth", queue, WorkQueue::depth)
                .description("Resources that could be worked on now")
                .tag("controller", controller)
                .register(metrics);
        Gauge.builder("signet.issuer.queue.delayed", queue, WorkQueue::delayed)
                .description("Resources that wait for their time")
                .tag("controller", controller)
                .register(metrics);
        Gauge.builder("signet.issuer.queue.running", queue, WorkQueue::running)
                .description("Resources under way")
                .tag("controller", controller)
                .register(metrics);
    }
}
