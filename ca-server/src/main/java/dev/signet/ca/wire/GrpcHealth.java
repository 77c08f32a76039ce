package dev.signet.ca.wire;

import io.grpc.BindableService;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;

import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Tells the standard gRPC health service what [Readiness] says. Thread-safe.
final class GrpcHealth implements AutoCloseable {

    private static final long INTERVAL_MILLIS = 500;

    private final HealthStatusManager health = new HealthStatusManager();
    private final Readiness readiness;
    private final List<String> services;
    private final ScheduledExecutorService scheduler =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("signet-health").factory());

    GrpcHealth(Readiness readiness, List<String> services) {
        this.readiness = readiness;
        this.services = List.copyOf(services);
        set(ServingStatus.NOT_SERVING);
    }

    BindableService service() {
        return health.getHealthService();
    }

    void start() {
        look();
        var _ =
                scheduler.scheduleWithFixedDelay(
                        this::look, INTERVAL_MILLIS, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    /// NOT_SERVING for good.
    void drain() {
        scheduler.shutdownNow();
        health.enterTerminalState();
    }

    private void look() {
        set(readiness.objections().isEmpty() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
    }

    private void set(ServingStatus status) {
        health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
        services.forEach(service -> health.setStatus(service, status));
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}
