package dev.signet.client.internal;

import io.grpc.ChannelCredentials;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettySslContextChannelCredentials;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;

import java.util.function.UnaryOperator;

import javax.net.ssl.SSLException;

/// Credentials of gRPC clients on the platform's own TLS, also where BoringSSL (netty-tcnative) is
/// on the classpath: BoringSSL accepts no Ed25519 signature of a server or of an issuer, so that a
/// CA with such keys could not be used. Host names are checked. Stateless.
public final class PlatformTls {

    private PlatformTls() {}

    /// @param keysAndTrust sets what is shown and what is trusted
    public static ChannelCredentials client(UnaryOperator<SslContextBuilder> keysAndTrust) {
        try {
            return NettySslContextChannelCredentials.create(
                    GrpcSslContexts.configure(
                                    keysAndTrust.apply(SslContextBuilder.forClient()),
                                    SslProvider.JDK)
                            .build());
        } catch (SSLException e) {
            throw new IllegalStateException("this Java runtime has no TLS", e);
        }
    }
}
