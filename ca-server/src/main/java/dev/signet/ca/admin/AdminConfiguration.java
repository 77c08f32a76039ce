package dev.signet.ca.admin;

import dev.signet.ca.attestation.JoinTokens;
import dev.signet.ca.identity.TrustDomain;
import dev.signet.ca.ledger.CertificateRecords;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Makes the beans of this package. Needs beans [TrustDomain], [JoinTokens] and
/// [CertificateRecords].
@Configuration(proxyBeanMethods = false)
public class AdminConfiguration {

    @Bean
    OperatorActs operatorActs(
            TrustDomain trustDomain, JoinTokens joinTokens, CertificateRecords records) {
        return new LedgerOperatorActs(trustDomain, joinTokens, records);
    }
}
