package dev.signet.benchmarks;

import org.jspecify.annotations.Nullable;

/// A server that somebody else started, configured with the token issuer's JWKS file.
record RunningElsewhere(Endpoint endpoint, @Nullable Long pid, @Nullable String databaseUrl)
        implements ServerUnderTest {

    @Override
    public String describe() {
        return endpoint.host() + ":" + endpoint.port() + ", started by somebody else";
    }

    @Override
    public void close() {
        // Not ours to stop.
    }

    @Override
    public String toString() {
        return describe();
    }
}
