package dev.signet.ca.certificate;

import dev.signet.ca.crypto.CryptoProvider;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Beans of this package: the reader of certification requests, the trial of profiles.
@Configuration(proxyBeanMethods = false)
public class CertificateConfiguration {

    @Bean
    SigningRequestReader signingRequestReader(CryptoProvider crypto) {
        return new SigningRequestReader(crypto);
    }

    @Bean
    ProfileTrial profileTrial(CryptoProvider crypto) {
        return new ProfileTrial(crypto);
    }
}
