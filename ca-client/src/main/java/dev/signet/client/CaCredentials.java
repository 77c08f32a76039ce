package dev.signet.client;

import dev.signet.client.internal.PlatformTls;

import io.grpc.ChannelCredentials;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;

/// gRPC credentials for own calls of the CA, for tools: with every kind of key that authorities and
/// callers may have, and with the server's host name checked. A fixed certificate and fixed trust:
/// what runs on takes those of [WorkloadIdentity]. Stateless.
public final class CaCredentials {

    private CaCredentials() {}

    /// Trusts servers that chain to one of these authorities; shows no certificate.
    public static ChannelCredentials trusting(Collection<X509Certificate> authorities) {
        return PlatformTls.client(tls -> tls.trustManager(authorities));
    }

    /// As [#trusting], and shows a certificate.
    ///
    /// @param chain leaf first
    public static ChannelCredentials showing(
            Collection<X509Certificate> authorities, List<X509Certificate> chain, PrivateKey key) {
        return PlatformTls.client(tls -> tls.trustManager(authorities).keyManager(key, chain));
    }
}
