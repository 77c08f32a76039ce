package dev.signet.issuer.lifecycle;

import io.fabric8.kubernetes.api.model.HasMetadata;

/// Where events about resources go. Thread-safe.
public interface Events {

    /// Says something about a resource; returns at once, and may forget it.
    ///
    /// @param reason in CamelCase
    void record(HasMetadata about, EventRecorder.Type type, String reason, String message);
}
