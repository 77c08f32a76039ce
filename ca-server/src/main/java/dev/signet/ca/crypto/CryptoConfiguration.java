package dev.signet.ca.crypto;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Beans of this package: the one [CryptoProvider].
@Configuration(proxyBeanMethods = false)
public class CryptoConfiguration {

    @Bean
    CryptoProvider cryptoProvider() {
        return CryptoProvider.detect();
    }
}
