package dev.signet.ca.authority;

import org.springframework.context.annotation.Configuration;

/// Beans of this package: [Authorities].
@Configuration(proxyBeanMethods = false)
public class AuthorityConfiguration {}
