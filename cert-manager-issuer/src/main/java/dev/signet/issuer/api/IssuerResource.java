package dev.signet.issuer.api;

import io.fabric8.kubernetes.api.model.HasMetadata;

import org.jspecify.annotations.Nullable;

/// Either kind of issuer.
public interface IssuerResource extends HasMetadata {

    IssuerRef ref();

    @Nullable IssuerSpec getSpec();

    @Nullable IssuerStatus getStatus();
}
