package dev.signet.ca.egress;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// The metric of files that are watched. Stateless.
public final class StaleFiles {

    private StaleFiles() {}

    /// @param use what the files are for: a constant of the configuration
    /// @param stale how long they have held something that is not usable; looks at them
    public static void gauge(MeterRegistry registry, String use, Supplier<Duration> stale) {
        TimeGauge.builder("signet.files.stale", () -> stale.get().toNanos(), TimeUnit.NANOSECONDS)
                .description(
                        "How long changed files have not been usable, so that older ones are in use")
                .tag("use", use)
                .strongReference(true)
                .register(registry);
    }
}
