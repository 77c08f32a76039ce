package dev.signet.ca.attestation;

import dev.signet.ca.authority.Authorities;
import dev.signet.ca.authority.BelievedIssuers;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.ledger.CertificateRecords;
import dev.signet.ca.ledger.JoinTokenRedemptions;
import dev.signet.ca.recovery.PresentedCertificates;
import dev.signet.ca.revocation.RevocationCheck;
import dev.signet.ca.trust.TrustBundles;

import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Arrays;

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
            Authorities authorities,
            CertificateRecords records,
            RevocationCheck revocations,
            CryptoProvider crypto,
            InstantSource clock,
            PresentedCertificates presented) {
        EvidenceAttestation attestation =
                new EvidenceAttestation(
                        new TokenAttestor(
                                tokenIssuers.byIssuer(),
                                clusterAttestor.issuers(),
                                crypto,
                                settings.tokenCacheSize()),
                        clusterAttestor,
                        new JoinTokenAttestor(joinTokens),
                        new CertificateAttestor(
                                trustDomain,
                                new IssuerPaths(trustBundles, issuers::isBelieved, crypto),
                                revocations,
                                new RevokedIssuers(
                                        new IssuerPaths(
                                                trustBundles,
                                                id -> authorities.chain(id).isPresent(),
                                                crypto),
                                        revocations,
                                        leaf -> recorded(records, leaf))),
                        clock);
        return new ReportingAttestation(attestation, presented);
    }

    private static boolean recorded(CertificateRecords records, X509Certificate leaf) {
        try {
            byte[] der = leaf.getEncoded();
            return SerialNumber.fromOctets(leaf.getSerialNumber().toByteArray())
                    .flatMap(records::bySerialNumber)
                    .filter(record -> Arrays.equals(record.der(), der))
                    .isPresent();
        } catch (CertificateEncodingException _) {
            return false;
        }
    }
}
