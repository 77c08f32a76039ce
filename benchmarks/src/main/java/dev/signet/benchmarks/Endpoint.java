package dev.signet.benchmarks;

import java.util.List;

/// Where the server under test answers, and whom the generator trusts there.
///
/// @param host name or address; the server's certificate must have it
/// @param port of gRPC
/// @param trustDomain without scheme
/// @param bundle DER CA certificates
record Endpoint(String host, int port, String trustDomain, List<byte[]> bundle) {
    Endpoint {
        bundle = List.copyOf(bundle);
    }
}
