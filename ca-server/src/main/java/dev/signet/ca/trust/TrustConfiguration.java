package dev.signet.ca.trust;

import org.springframework.context.annotation.Configuration;

/// Beans of this package: [TrustBundles].
@Configuration(proxyBeanMethods = false)
public class TrustConfiguration {}
