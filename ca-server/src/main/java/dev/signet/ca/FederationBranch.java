package dev.signet.ca;

import dev.signet.ca.endpoint.EndpointSettings;
import dev.signet.ca.federation.FederationSettings;

import org.springframework.boot.context.properties.bind.DefaultValue;

/// Settings under `signet.federation`.
///
/// @param pull how bundles of other trust domains are had
/// @param endpoint where ours is to be had
public record FederationBranch(
        @DefaultValue FederationSettings pull, @DefaultValue EndpointSettings endpoint) {}
