package dev.signet.client;

import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.internal.ObjectPool;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.InternalNettyChannelCredentials;
import io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.NettySslContextChannelCredentials;
import io.grpc.netty.NettySslContextServerCredentials;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;

import java.util.concurrent.Executor;

import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedKeyManager;

/// gRPC credentials on the platform's own TLS, wherever BoringSSL lies on the classpath: that one
/// resumes sessions by tickets on both sides, cannot be told otherwise by a trust manager, and a
/// resumed session is not judged. Each connection is followed by [LivePeers], which can close it at
/// any time, idle or not (docs/adr/0018).
final class GrpcTls {

    private final X509ExtendedKeyManager keys;
    private final LiveIdentity identity;
    private final LivePeers peers;

    GrpcTls(X509ExtendedKeyManager keys, LiveIdentity identity, LivePeers peers) {
        this.keys = keys;
        this.identity = identity;
        this.peers = peers;
    }

    ChannelCredentials channel(PeerPredicate acceptedServers) {
        SslContextBuilder builder =
                SslContextBuilder.forClient()
                        .keyManager(keys)
                        .trustManager(new SvidTrustManager(identity, acceptedServers, null));
        try {
            InternalProtocolNegotiator.ClientFactory plain =
                    InternalNettyChannelCredentials.toNegotiator(
                            NettySslContextChannelCredentials.create(
                                    GrpcSslContexts.configure(builder, SslProvider.JDK).build()));
            return InternalNettyChannelCredentials.create(
                    new InternalProtocolNegotiator.ClientFactory() {
                        @Override
                        public InternalProtocolNegotiator.ProtocolNegotiator newNegotiator() {
                            return followed(plain.newNegotiator());
                        }

                        @Override
                        public int getDefaultPort() {
                            return plain.getDefaultPort();
                        }
                    });
        } catch (SSLException e) {
            throw new IllegalStateException("this Java runtime has no TLS", e);
        }
    }

    ServerCredentials server(PeerPredicate acceptedClients) {
        SslContextBuilder builder =
                SslContextBuilder.forServer(keys)
                        .trustManager(new SvidTrustManager(identity, acceptedClients, null))
                        .clientAuth(ClientAuth.REQUIRE);
        try {
            InternalProtocolNegotiator.ServerFactory plain =
                    InternalNettyServerCredentials.toNegotiator(
                            NettySslContextServerCredentials.create(
                                    GrpcSslContexts.configure(builder, SslProvider.JDK).build()));
            return InternalNettyServerCredentials.create(
                    new InternalProtocolNegotiator.ServerFactory() {
                        @Override
                        public InternalProtocolNegotiator.ProtocolNegotiator newNegotiator(
                                ObjectPool<? extends Executor> offloading) {
                            return followed(plain.newNegotiator(offloading));
                        }
                    });
        } catch (SSLException e) {
            throw new IllegalStateException("this Java runtime has no TLS", e);
        }
    }

    private InternalProtocolNegotiator.ProtocolNegotiator followed(
            InternalProtocolNegotiator.ProtocolNegotiator plain) {
        return new FollowedNegotiator(plain, identity, peers);
    }
}
