package dev.signet.ca.wire;

import org.springframework.context.annotation.Configuration;

/// Beans of this package: the servers on both ports and what they share.
@Configuration(proxyBeanMethods = false)
public class WireConfiguration {}
