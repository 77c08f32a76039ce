package dev.signet.ca.wire;

/// Where this server listens. Thread-safe; known once the server has started.
public interface ListeningPorts {

    /// TCP port of gRPC over TLS.
    int grpc();

    /// TCP port of plain HTTP.
    int http();
}
