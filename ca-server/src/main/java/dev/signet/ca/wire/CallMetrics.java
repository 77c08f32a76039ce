package dev.signet.ca.wire;

import io.grpc.Metadata;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/// Counts finished calls by method and status: `signet_grpc_calls_total`. Labels are bounded: a
/// method that is not served counts as `other`. Thread-safe.
final class CallMetrics extends ServerStreamTracer.Factory {

    private static final String OTHER = "other";

    private final Map<String, Map<Status.Code, Counter>> counters = new HashMap<>();
    private final Map<Status.Code, Counter> others;

    CallMetrics(MeterRegistry registry, Collection<ServerServiceDefinition> services) {
        services.stream()
                .flatMap(service -> service.getMethods().stream())
                .map(method -> method.getMethodDescriptor().getFullMethodName())
                .forEach(name -> counters.put(name, counters(registry, name)));
        this.others = counters(registry, OTHER);
    }

    private static Map<Status.Code, Counter> counters(MeterRegistry registry, String method) {
        Map<Status.Code, Counter> byCode = new EnumMap<>(Status.Code.class);
        for (Status.Code code : Status.Code.values()) {
            byCode.put(
                    code,
                    Counter.builder("signet.grpc.calls")
                            .description("gRPC calls that ended, by method and status")
                            .tag("method", method)
                            .tag("status", code.name())
                            .register(registry));
        }
        return byCode;
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
        Map<Status.Code, Counter> byCode = counters.getOrDefault(fullMethodName, others);
        return new ServerStreamTracer() {
            @Override
            public void streamClosed(Status status) {
                Counter counter = byCode.get(status.getCode());
                if (counter != null) {
                    counter.increment();
                }
            }
        };
    }
}
