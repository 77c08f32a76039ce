package dev.signet.ca.rest;

import dev.signet.ca.wire.ListeningPorts;
import dev.signet.ca.wire.ReadinessConditions;
import dev.signet.ca.wire.ServerKeys;

import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.time.InstantSource;

/// Makes the port; what is behind it has a context of its own ([RestContext]). Needs a bean
/// [AdminSettings] and those of wire.
@Configuration(proxyBeanMethods = false)
public class RestConfiguration {

    @Bean
    JdbcCompletedWrites completedWrites(JdbcClient jdbc, InstantSource clock) {
        return new JdbcCompletedWrites(jdbc, clock);
    }

    @Bean(destroyMethod = "close")
    CompletedWritesUpkeep completedWritesUpkeep(JdbcCompletedWrites completed) {
        return new CompletedWritesUpkeep(completed);
    }

    /// @param afterGrpc is asked for so that gRPC starts before and stops after
    @Bean
    RestServer restServer(
            AdminSettings settings,
            ApplicationContext parent,
            ServerKeys keys,
            ReadinessConditions readiness,
            ListeningPorts afterGrpc) {
        return new RestServer(settings, parent, keys, readiness);
    }
}
