package dev.signet.ca.endpoint;

import dev.signet.ca.trust.TrustBundles;
import dev.signet.ca.wire.ServerKeys;

import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Beans of this package: [BundleEndpoint]. Needs beans [EndpointSettings], [TrustBundles],
/// [ServerKeys], `MeterRegistry`.
@Configuration(proxyBeanMethods = false)
public class EndpointConfiguration {

    @Bean
    BundleServer bundleEndpoint(
            EndpointSettings settings,
            TrustBundles bundles,
            ServerKeys keys,
            MeterRegistry registry) {
        return new BundleServer(settings, bundles, keys, registry);
    }

    @Bean
    SmartLifecycle bundleEndpointLifecycle(BundleServer server) {
        return new SmartLifecycle() {

            // As the admin port: after gRPC, which has the server's certificate.
            @Override
            public int getPhase() {
                return Integer.MAX_VALUE;
            }

            @Override
            public boolean isRunning() {
                return server.isRunning();
            }

            @Override
            public void start() {
                server.start();
            }

            @Override
            public void stop() {
                server.stop();
            }
        };
    }
}
