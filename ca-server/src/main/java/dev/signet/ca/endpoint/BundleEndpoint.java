package dev.signet.ca.endpoint;

import java.util.OptionalInt;

/// Where our bundle is served to other trust domains. Thread-safe.
public interface BundleEndpoint {

    /// TCP port as bound, once the server has started; empty where
    /// `signet.federation.endpoint.enabled` is false.
    OptionalInt port();
}
