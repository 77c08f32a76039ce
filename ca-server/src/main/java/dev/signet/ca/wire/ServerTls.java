package dev.signet.ca.wire;

import dev.signet.ca.crypto.NativeDirectory;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.DelegatingSslContext;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.internal.tcnative.SSL;
import io.netty.util.ReferenceCountUtil;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/// TLS of the gRPC port: 1.3 (1.2 where configured), ALPN h2, client certificates asked for and not
/// required, and no resumption: every connection verifies its client anew (R9).
final class ServerTls {

    private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);

    /// Longer than the seven days that RFC 8446 4.6.1 allows a ticket: the JDK then sends none.
    private static final int NO_TICKET_SECONDS = 8 * 24 * 3600;

    private ServerTls() {}

    /// Every kind of key that this CA issues for is accepted of clients, whatever the provider.
    ///
    /// @throws IllegalStateException when the requested provider is not there, or cannot do that
    static SslContext context(
            GrpcSettings.Tls settings, LiveKeyManager keys, LiveTrustManager trust) {
        return switch (settings.provider()) {
            case JDK -> jdk(settings, keys, trust);
            case OPENSSL -> {
                if (!OpenSsl.isAvailable()) {
                    throw new IllegalStateException(
                            "signet.grpc.tls.provider is OPENSSL, but netty-tcnative does not load"
                                    + " here (expected: AUTO or JDK)."
                                    + NativeDirectory.problem(),
                            OpenSsl.unavailabilityCause());
                }
                SslContext context = openSsl(settings, keys, trust);
                if (context == null) {
                    throw new IllegalStateException(
                            "signet.grpc.tls.provider is OPENSSL, but this build of netty-tcnative"
                                    + " cannot be told to accept clients with Ed25519 keys, whose"
                                    + " renewals would fail (expected: AUTO or JDK)");
                }
                yield context;
            }
            case AUTO -> {
                if (!OpenSsl.isAvailable()) {
                    LOG.warn(
                            "netty-tcnative does not load here; TLS is done by the JDK, slower.{}",
                            NativeDirectory.problem());
                    yield jdk(settings, keys, trust);
                }
                SslContext context = openSsl(settings, keys, trust);
                if (context == null) {
                    LOG.warn(
                            "this build of netty-tcnative cannot be told to accept clients with"
                                    + " Ed25519 keys; TLS is done by the JDK, slower");
                    yield jdk(settings, keys, trust);
                }
                yield context;
            }
        };
    }

    private static SslContext jdk(
            GrpcSettings.Tls settings, LiveKeyManager keys, LiveTrustManager trust) {
        return new WithoutResumption(build(settings, keys, trust, SslProvider.JDK));
    }

    /// @return null where it would not ask clients for every kind of key that is issued for
    private static @Nullable SslContext openSsl(
            GrpcSettings.Tls settings, LiveKeyManager keys, LiveTrustManager trust) {
        SslContext context = build(settings, keys, trust, SslProvider.OPENSSL);
        if (context instanceof ReferenceCountedOpenSslContext openSsl
                && ClientSignatures.accept(openSsl)) {
            return new WithoutResumption(context);
        }
        ReferenceCountUtil.release(context);
        return null;
    }

    private static SslContext build(
            GrpcSettings.Tls settings,
            LiveKeyManager keys,
            LiveTrustManager trust,
            SslProvider provider) {
        SslContextBuilder builder =
                SslContextBuilder.forServer(keys)
                        .trustManager(trust)
                        .clientAuth(ClientAuth.OPTIONAL)
                        .protocols(
                                settings.tls12()
                                        ? List.of("TLSv1.3", "TLSv1.2")
                                        : List.of("TLSv1.3"));
        try {
            return GrpcSslContexts.configure(builder, provider).build();
        } catch (SSLException e) {
            throw new IllegalStateException("TLS cannot be set up with " + provider, e);
        }
    }

    /// Neither a session cache nor tickets.
    private static final class WithoutResumption extends DelegatingSslContext {

        WithoutResumption(SslContext context) {
            super(context);
            if (context.sessionContext() instanceof OpenSslServerSessionContext openSsl) {
                openSsl.setSessionCacheEnabled(false);
            } else {
                context.sessionContext().setSessionCacheSize(1);
                context.sessionContext().setSessionTimeout(NO_TICKET_SECONDS);
            }
        }

        /// Netty turns tickets on for each engine of TLS 1.3, so they are turned off for each.
        @Override
        protected void initEngine(SSLEngine engine) {
            if (engine instanceof ReferenceCountedOpenSslEngine openSsl) {
                SSL.setOptions(openSsl.sslPointer(), SSL.SSL_OP_NO_TICKET);
            }
        }
    }
}
