package dev.signet.ca.wire;

import dev.signet.ca.crypto.NativeDirectory;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.DelegatingSslContext;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.internal.tcnative.SSL;

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

    /// @throws IllegalStateException when the provider asked for is not there
    static SslContext context(
            GrpcSettings.Tls settings, LiveKeyManager keys, LiveTrustManager trust) {
        SslProvider provider = provider(settings.provider());
        SslContextBuilder builder =
                SslContextBuilder.forServer(keys)
                        .trustManager(trust)
                        .clientAuth(ClientAuth.OPTIONAL)
                        .protocols(
                                settings.tls12()
                                        ? List.of("TLSv1.3", "TLSv1.2")
                                        : List.of("TLSv1.3"));
        try {
            return new WithoutResumption(GrpcSslContexts.configure(builder, provider).build());
        } catch (SSLException e) {
            throw new IllegalStateException("TLS cannot be set up with " + provider, e);
        }
    }

    private static SslProvider provider(GrpcSettings.TlsProvider wished) {
        return switch (wished) {
            case JDK -> SslProvider.JDK;
            case OPENSSL -> {
                if (!OpenSsl.isAvailable()) {
                    throw new IllegalStateException(
                            "signet.grpc.tls.provider is OPENSSL, but netty-tcnative does not load"
                                    + " here (expected: AUTO or JDK)."
                                    + NativeDirectory.problem(),
                            OpenSsl.unavailabilityCause());
                }
                yield SslProvider.OPENSSL;
            }
            case AUTO -> {
                if (OpenSsl.isAvailable()) {
                    yield SslProvider.OPENSSL;
                }
                LOG.warn(
                        "netty-tcnative does not load here; TLS is done by the JDK, slower.{}",
                        NativeDirectory.problem());
                yield SslProvider.JDK;
            }
        };
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
