package dev.signet.ca.attestation;

import org.springframework.context.annotation.Configuration;

/// Makes the beans of this package.
@Configuration(proxyBeanMethods = false)
public class AttestationConfiguration {}
