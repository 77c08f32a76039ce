package dev.signet.issuer;

import dev.signet.issuer.connection.IssuerState;
import dev.signet.issuer.connection.Issuers;
import dev.signet.issuer.lifecycle.Controllers;
import dev.signet.issuer.lifecycle.EventRecorder;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/// The process as metrics. Stateless.
final class ProcessMetrics {

    private ProcessMetrics() {}

    static void of(MeterRegistry metrics, Issuers issuers, EventRecorder events) {
        Gauge.builder("signet.issuer.issuers", issuers, each -> count(each, false))
                .description("Issuers that there are")
                .register(metrics);
        Gauge.builder("signet.issuer.issuers.ready", issuers, each -> count(each, true))
                .description("Issuers that can be used")
                .register(metrics);
        Gauge.builder("signet.issuer.connections", issuers, Issuers::openConnections)
                .description("Connections to CAs that are kept")
                .register(metrics);
        FunctionCounter.builder("signet.issuer.events.dropped", events, EventRecorder::dropped)
                .description("Kubernetes events that were not written")
                .register(metrics);
    }

    static void leadership(MeterRegistry metrics, Controllers controllers) {
        Gauge.builder("signet.issuer.leader", controllers, each -> each.isLeading() ? 1 : 0)
                .description("1 while this replica leads")
                .register(metrics);
    }

    private static double count(Issuers issuers, boolean ready) {
        return issuers.connections().known().stream()
                .map(issuers.connections()::of)
                .filter(state -> !ready || state instanceof IssuerState.Ready)
                .count();
    }
}
