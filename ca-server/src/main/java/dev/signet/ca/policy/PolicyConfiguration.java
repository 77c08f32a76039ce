package dev.signet.ca.policy;

import dev.signet.ca.certificate.CertificateProfile;
import dev.signet.ca.identity.TrustDomain;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Makes the beans of this package.
@Configuration(proxyBeanMethods = false)
public class PolicyConfiguration {

    @Bean
    Policies policies(TrustDomain trustDomain, PolicySettings settings) {
        PolicySnapshot snapshot =
                new DefaultPolicy(trustDomain, settings, CertificateProfile.WORKLOAD);
        return () -> snapshot;
    }
}
