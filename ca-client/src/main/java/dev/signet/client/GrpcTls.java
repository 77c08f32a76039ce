package dev.signet.client;

import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettySslContextChannelCredentials;
import io.grpc.netty.NettySslContextServerCredentials;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;

import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// gRPC credentials on the platform's own TLS, wherever BoringSSL lies on the classpath: that one
/// resumes sessions by tickets on both sides, cannot be told otherwise by a trust manager, and a
/// resumed session is not judged.
final class GrpcTls {

    private GrpcTls() {}

    static ChannelCredentials channel(X509ExtendedKeyManager keys, X509ExtendedTrustManager trust) {
        SslContextBuilder builder =
                SslContextBuilder.forClient().keyManager(keys).trustManager(trust);
        try {
            return NettySslContextChannelCredentials.create(
                    GrpcSslContexts.configure(builder, SslProvider.JDK).build());
        } catch (SSLException e) {
            throw new IllegalStateException("this Java runtime has no TLS", e);
        }
    }

    static ServerCredentials server(X509ExtendedKeyManager keys, X509ExtendedTrustManager trust) {
        SslContextBuilder builder =
                SslContextBuilder.forServer(keys)
                        .trustManager(trust)
                        .clientAuth(ClientAuth.REQUIRE);
        try {
            return NettySslContextServerCredentials.create(
                    GrpcSslContexts.configure(builder, SslProvider.JDK).build());
        } catch (SSLException e) {
            throw new IllegalStateException("this Java runtime has no TLS", e);
        }
    }
}
