package dev.signet.ca.wire;

import dev.signet.ca.admin.HolderRevocation;
import dev.signet.ca.admin.OperatorActs;
import dev.signet.ca.audit.RefusalRecords;
import dev.signet.ca.authority.Authorities;
import dev.signet.ca.authority.AuthorityChanges;
import dev.signet.ca.authority.BelievedIssuers;
import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.federation.FederatedBundles;
import dev.signet.ca.issuance.Issuance;
import dev.signet.ca.ledger.ClockGuard;
import dev.signet.ca.ledger.LedgerHealth;
import dev.signet.ca.ledger.LedgerSettings;
import dev.signet.ca.reissue.RenewalOrders;
import dev.signet.ca.revocation.RevocationCheck;
import dev.signet.ca.revocation.RevocationFeed;
import dev.signet.ca.revocation.RevocationLoss;
import dev.signet.ca.trust.Acknowledgements;
import dev.signet.ca.trust.TrustBundles;

import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timer;
import io.netty.util.concurrent.DefaultThreadFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// Beans of this package: the servers on both ports and what they share.
@Configuration(proxyBeanMethods = false)
public class WireConfiguration {

    private static final long TICK_MILLIS = 100;

    /// The parts that belong to the gRPC port alone, so that the context need not know each.
    @Bean
    GrpcServer grpcServer(
            GrpcSettings settings,
            StopSettings stopSettings,
            OperatorCredential operatorCredential,
            Issuance issuance,
            TrustBundles bundles,
            OperatorActs acts,
            MeterRegistry registry,
            RefusalRecords refusalRecords,
            ServerIdentity identity,
            LiveKeyManager keys,
            LiveTrustManager trust,
            Readiness readiness,
            InstantSource clock,
            Acknowledgements acknowledgements,
            RenewalOrders renewalOrders,
            FederatedBundles federatedBundles,
            RevocationFeed revocationFeed,
            RevocationLoss revocationLoss,
            Timer deadlineTimer,
            RevocationCheck revocations,
            HolderRevocation holders,
            ExecutorService operatorThreads) {
        CallsInFlight inFlight = new CallsInFlight();
        RefusedCalls refusedCalls = new RefusedCalls(refusalRecords);
        UnaryCalls calls =
                new UnaryCalls(
                        deadlineTimer, settings.limits().callDeadline(), inFlight, refusedCalls);
        PublishedTrust published = new PublishedTrust(bundles);
        renewalOrders.watch(published::orders);
        federatedBundles.watch(published::federated);
        GrpcTrustService trustService =
                new GrpcTrustService(
                        published,
                        new Acknowledging(acknowledgements, clock),
                        new RevocationPush(
                                revocationFeed,
                                revocationLoss,
                                settings.keepalive().revocationHeartbeat(),
                                clock,
                                registry));
        List<ServerServiceDefinition> services =
                new ArrayList<>(
                        List.of(
                                new GrpcCertificateService(
                                                issuance,
                                                new OwnRevocation(holders, operatorThreads))
                                        .definition(calls),
                                trustService.definition(calls),
                                new GrpcOperatorService(
                                                acts,
                                                operatorThreads,
                                                settings.limits().operatorCalls())
                                        .definition(calls)));
        GrpcHealth health =
                new GrpcHealth(
                        readiness,
                        services.stream().map(s -> s.getServiceDescriptor().getName()).toList());
        services.add(health.service().bindService());
        if (settings.reflection()) {
            services.add(ProtoReflectionServiceV1.newInstance().bindService());
        }
        return new GrpcServer(
                settings,
                stopSettings,
                new GrpcServer.GrpcParts(
                        services,
                        new AccessInterceptor(
                                new CallerReader(operatorCredential),
                                revocations,
                                settings.limits(),
                                refusedCalls),
                        registry,
                        keys,
                        trust,
                        bundles,
                        identity,
                        issuance,
                        trustService,
                        inFlight,
                        readiness,
                        health));
    }

    /// Here, as clients show a loss on this port.
    @Bean
    RevocationLoss revocationLoss(InstantSource clock) {
        return new RevocationLoss(clock);
    }

    @Bean
    LiveKeyManager liveKeyManager() {
        return new LiveKeyManager();
    }

    @Bean
    LiveTrustManager liveTrustManager() {
        return new LiveTrustManager();
    }

    @Bean
    ServerKeys serverKeys(LiveKeyManager keys, LiveTrustManager trust) {
        return new ServerKeys() {
            @Override
            public X509ExtendedKeyManager keys() {
                return keys;
            }

            @Override
            public X509ExtendedTrustManager clientTrust() {
                return trust;
            }
        };
    }

    @Bean
    OperatorCredential operatorCredential(OperatorSettings settings) {
        return OperatorCredential.of(settings);
    }

    @Bean
    ServerIdentity serverIdentity(
            Issuance issuance,
            CryptoProvider crypto,
            InstantSource clock,
            SecureRandom random,
            LedgerSettings ledgerSettings,
            LiveKeyManager keys,
            RenewalOrders orders,
            BelievedIssuers issuers,
            AuthorityChanges changes) {
        ServerIdentity identity =
                new ServerIdentity(
                        issuance,
                        crypto,
                        clock,
                        random,
                        ledgerSettings.replica(),
                        keys,
                        orders,
                        issuers);
        changes.watch(identity::authoritiesChanged);
        return identity;
    }

    @Bean
    Readiness readiness(
            LedgerHealth ledger,
            ClockGuard clockGuard,
            Authorities authorities,
            ServerIdentity identity,
            InstantSource clock) {
        return new Readiness(ledger, clockGuard, authorities, identity, clock);
    }

    @Bean(destroyMethod = "stop")
    Timer deadlineTimer() {
        return new HashedWheelTimer(
                new DefaultThreadFactory("signet-deadline", true),
                TICK_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    @Bean(destroyMethod = "shutdownNow")
    ExecutorService operatorThreads() {
        return Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("signet-operator-", 0).factory());
    }

    @Bean
    HttpEndpoints httpEndpoints(
            HttpSettings settings,
            TrustBundles bundles,
            Readiness readiness,
            PrometheusMeterRegistry registry,
            ServerIdentity identity,
            InstantSource clock,
            ObjectProvider<HttpDocuments> parts) {
        bindMetrics(registry, identity);
        return new HttpEndpoints(
                settings,
                new ServerDocuments(bundles, readiness, registry),
                parts.orderedStream().toList(),
                clock);
    }

    @Bean
    ListeningPorts listeningPorts(GrpcServer grpc, HttpEndpoints http) {
        return new ListeningPorts() {
            @Override
            public int grpc() {
                return grpc.port();
            }

            @Override
            public int http() {
                return http.port();
            }
        };
    }

    private static void bindMetrics(MeterRegistry registry, ServerIdentity identity) {
        Gauge.builder("signet.server.certificate.expiry", () -> expiry(identity))
                .description(
                        "Last second of this server's own certificate, Unix time; 0: there is none")
                .baseUnit("seconds")
                .register(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    private static double expiry(ServerIdentity identity) {
        Instant notAfter = identity.notAfter();
        return notAfter == null ? 0 : notAfter.getEpochSecond();
    }
}
