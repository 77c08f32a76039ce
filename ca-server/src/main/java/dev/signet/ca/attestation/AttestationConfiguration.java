package dev.signet.ca.attestation;

import dev.signet.ca.authority.BelievedIssuers;
import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.ledger.JoinTokenRedemptions;
import dev.signet.ca.recovery.PresentedCertificates;
import dev.signet.ca.revocation.RevocationCheck;
import dev.signet.ca.trust.TrustBundles;

import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

import java.time.InstantSource;

/// Makes the beans of this package. Needs beans [AttestationSettings], [TrustDomain],
/// `InstantSource`, `MeterRegistry` and those of crypto, authority, ledger, recovery, revocation
/// and trust.
@Configuration(proxyBeanMethods = false)
public class AttestationConfiguration {

    @Bean(destroyMethod = "close")
    TokenIssuers tokenIssuers(
            AttestationSettings settings, CryptoProvider crypto, InstantSource clock) {
        TokenIssuers issuers = new TokenIssuers(settings, crypto, clock);
        issuers.start();
        return issuers;
    }

    @Bean(destroyMethod = "close")
    ClusterAttestor clusterAttestor(
            AttestationSettings settings,
            CryptoProvider crypto,
            InstantSource clock,
            MeterRegistry registry) {
        return new ClusterAttestor(settings.clusters(), crypto, clock, System::nanoTime, registry);
    }

    @Bean
    JoinTokens joinTokens(
            JdbcClient jdbc,
            TransactionOperations transactions,
            JoinTokenRedemptions redemptions,
            CryptoProvider crypto,
            InstantSource clock) {
        return new JdbcJoinTokens(jdbc, transactions, redemptions, crypto.secureRandom(), clock);
    }

    @Bean
    Attestation attestation(
            AttestationSettings settings,
            TokenIssuers tokenIssuers,
            ClusterAttestor clusterAttestor,
            JoinTokens joinTokens,
            TrustDomain trustDomain,
            TrustBundles trustBundles,
            BelievedIssuers issuers,
            RevocationCheck revocations,
            CryptoProvider crypto,
            InstantSource clock,
            PresentedCertificates presented) {
        EvidenceAttestation attestation =
                new EvidenceAttestation(
                        new TokenAttestor(
                                tokenIssuers.byIssuer(), crypto, settings.tokenCacheSize()),
                        clusterAttestor,
                        new JoinTokenAttestor(joinTokens),
                        new CertificateAttestor(
                                trustDomain,
                                new IssuerPaths(trustBundles, issuers::isBelieved, crypto),
                                revocations),
                        clock);
        return new ReportingAttestation(attestation, presented);
    }
}
