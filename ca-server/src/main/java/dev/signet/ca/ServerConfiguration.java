package dev.signet.ca;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;

import dev.signet.ca.admin.AdminConfiguration;
import dev.signet.ca.admin.ApprovalSettings;
import dev.signet.ca.attestation.AttestationConfiguration;
import dev.signet.ca.attestation.AttestationSettings;
import dev.signet.ca.audit.AuditConfiguration;
import dev.signet.ca.audit.AuditSettings;
import dev.signet.ca.authority.Authorities;
import dev.signet.ca.authority.AuthorityConfiguration;
import dev.signet.ca.authority.AuthoritySettings;
import dev.signet.ca.authority.IssuingAuthority;
import dev.signet.ca.certificate.CertificateConfiguration;
import dev.signet.ca.crypto.CryptoConfiguration;
import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.endpoint.EndpointConfiguration;
import dev.signet.ca.endpoint.EndpointSettings;
import dev.signet.ca.federation.FederationConfiguration;
import dev.signet.ca.federation.FederationSettings;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.issuance.IssuanceConfiguration;
import dev.signet.ca.issuance.IssuanceSettings;
import dev.signet.ca.ledger.DatabaseSettings;
import dev.signet.ca.ledger.LedgerConfiguration;
import dev.signet.ca.ledger.LedgerSettings;
import dev.signet.ca.policy.PolicyConfiguration;
import dev.signet.ca.policy.PolicySettings;
import dev.signet.ca.policy.PolicySurroundings;
import dev.signet.ca.privilege.Privileges;
import dev.signet.ca.recovery.RecoveryConfiguration;
import dev.signet.ca.reissue.ReissueConfiguration;
import dev.signet.ca.replay.ReplayConfiguration;
import dev.signet.ca.rest.AdminSettings;
import dev.signet.ca.rest.RestConfiguration;
import dev.signet.ca.revocation.RevocationConfiguration;
import dev.signet.ca.rotation.RotationConfiguration;
import dev.signet.ca.rotation.RotationSettings;
import dev.signet.ca.status.StatusConfiguration;
import dev.signet.ca.status.StatusServingConfiguration;
import dev.signet.ca.status.StatusSettings;
import dev.signet.ca.suspension.SuspensionConfiguration;
import dev.signet.ca.trust.TrustConfiguration;
import dev.signet.ca.trust.TrustSettings;
import dev.signet.ca.wire.GrpcSettings;
import dev.signet.ca.wire.HttpSettings;
import dev.signet.ca.wire.OperatorSettings;
import dev.signet.ca.wire.StopSettings;
import dev.signet.ca.wire.WireConfiguration;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Set;
import java.util.stream.Collectors;

/// What the server is made of: every package's configuration by name, each branch of the settings
/// as a bean of its own, and what all share.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(SignetSettings.class)
@Import({
    CryptoConfiguration.class,
    CertificateConfiguration.class,
    LedgerConfiguration.class,
    AuditConfiguration.class,
    SuspensionConfiguration.class,
    RevocationConfiguration.class,
    PolicyConfiguration.class,
    ReplayConfiguration.class,
    ReissueConfiguration.class,
    RecoveryConfiguration.class,
    AuthorityConfiguration.class,
    TrustConfiguration.class,
    StatusConfiguration.class,
    StatusServingConfiguration.class,
    FederationConfiguration.class,
    RotationConfiguration.class,
    AttestationConfiguration.class,
    IssuanceConfiguration.class,
    AdminConfiguration.class,
    WireConfiguration.class,
    EndpointConfiguration.class,
    RestConfiguration.class
})
class ServerConfiguration {

    ServerConfiguration(SignetSettings settings) {
        SignetSettings.LogLevel level = settings.logLevel();
        // Of our own code alone: that of other projects logs headers and bodies below WARN.
        if (level != null && LoggerFactory.getLogger("dev.signet") instanceof Logger ours) {
            ours.setLevel(Level.toLevel(level.name()));
        }
    }

    @Bean
    TrustDomain trustDomain(SignetSettings settings) {
        return new TrustDomain(settings.trustDomain());
    }

    @Bean
    Privileges privileges(TrustDomain trustDomain, AdminSettings settings) {
        return new Privileges(trustDomain, settings.certificates());
    }

    @Bean
    InstantSource instantSource() {
        return InstantSource.system();
    }

    @Bean
    SecureRandom secureRandom(CryptoProvider crypto) {
        return crypto.secureRandom();
    }

    @Bean(destroyMethod = "close")
    PrometheusMeterRegistry meterRegistry() {
        return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    }

    @Bean
    DatabaseSettings databaseSettings(SignetSettings settings) {
        return settings.database();
    }

    @Bean
    LedgerSettings ledgerSettings(SignetSettings settings) {
        return settings.ledger();
    }

    @Bean
    ApprovalSettings approvalSettings(SignetSettings settings) {
        return settings.approval();
    }

    @Bean
    AuditSettings auditSettings(SignetSettings settings) {
        return settings.audit();
    }

    @Bean
    AuthoritySettings authoritySettings(SignetSettings settings) {
        return settings.authority();
    }

    @Bean
    TrustSettings trustSettings(SignetSettings settings) {
        return settings.trust();
    }

    @Bean
    StatusSettings statusSettings(SignetSettings settings) {
        return settings.status();
    }

    @Bean
    FederationSettings federationSettings(SignetSettings settings) {
        return settings.federation().pull();
    }

    @Bean
    EndpointSettings endpointSettings(SignetSettings settings) {
        return settings.federation().endpoint();
    }

    @Bean
    RotationSettings rotationSettings(SignetSettings settings) {
        return settings.rotation();
    }

    /// The setting is for the next issuing CA; the present one may have been made with another.
    @Bean
    PolicySurroundings policySurroundings(
            SignetSettings settings, ObjectProvider<Authorities> authorities, InstantSource clock) {
        Set<String> claims =
                settings.attestation().tokenIssuers().stream()
                        .flatMap(issuer -> issuer.claims().stream())
                        .collect(Collectors.toUnmodifiableSet());
        return new PolicySurroundings() {
            @Override
            public int issuingPathLength() {
                int next = settings.authority().issuingPathLength();
                return authorities.getObject().active(clock.instant())
                                instanceof Authorities.Selection.Usable(IssuingAuthority authority)
                        ? Math.max(next, authority.issuer().pathLength())
                        : next;
            }

            @Override
            public boolean isPassedOn(String claim) {
                return claims.contains(claim);
            }
        };
    }

    @Bean
    AttestationSettings attestationSettings(SignetSettings settings) {
        return settings.attestation();
    }

    @Bean
    PolicySettings policySettings(SignetSettings settings) {
        return settings.policy();
    }

    @Bean
    IssuanceSettings issuanceSettings(SignetSettings settings) {
        return settings.issuance();
    }

    @Bean
    GrpcSettings grpcSettings(SignetSettings settings) {
        return settings.grpc();
    }

    @Bean
    HttpSettings httpSettings(SignetSettings settings) {
        return settings.http();
    }

    @Bean
    OperatorSettings operatorSettings(SignetSettings settings) {
        return settings.operator();
    }

    @Bean
    AdminSettings adminSettings(SignetSettings settings) {
        return settings.admin();
    }

    @Bean
    StopSettings stopSettings(SignetSettings settings) {
        return settings.stop();
    }
}
