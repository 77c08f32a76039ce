package dev.signet.ca.replay;

import dev.signet.ca.ledger.CertificateRecords;
import dev.signet.ca.policy.Policies;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import java.time.InstantSource;

/// The bean of this package: [Replays]. Needs beans [CertificateRecords], [Policies] and
/// `InstantSource`.
@Configuration(proxyBeanMethods = false)
public class ReplayConfiguration {

    @Bean
    Replays replays(CertificateRecords records, Policies policies, InstantSource clock) {
        return new LedgerReplays(records, policies, clock);
    }
}
