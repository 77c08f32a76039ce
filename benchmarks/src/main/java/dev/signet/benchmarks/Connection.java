package dev.signet.benchmarks;

import dev.signet.proto.v1.CertificateServiceGrpc;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.InternalMetadata;
import io.grpc.InternalMetadata.TrustedAsciiMarshaller;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.SslContext;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;

/// One keep-alive TLS connection and the leanest way that grpc-java has to call over it: prepared
/// octets out, an answer of which only a sample is read. Calls are made and answered on the
/// connection's event loop.
final class Connection implements AutoCloseable {

    /// Stands for an answer that was received whole and not looked at.
    static final byte[] NOT_READ = new byte[0];

    private static final Metadata.Key<byte[]> AUTHORIZATION =
            InternalMetadata.keyOf(
                    "authorization",
                    new TrustedAsciiMarshaller<byte[]>() {
                        @Override
                        public byte[] toAsciiString(byte[] value) {
                            return value;
                        }

                        @Override
                        public byte[] parseAsciiString(byte[] serialized) {
                            return serialized;
                        }
                    });

    private final EventLoopGroup loop;
    private final ManagedChannel channel;
    private final MethodDescriptor<OutgoingRequest, byte[]> method;

    /// @param loop one event loop
    /// @param oneReadIn of so many answers one is read
    Connection(Endpoint endpoint, SslContext trust, EventLoopGroup loop, int oneReadIn) {
        this.loop = loop;
        this.channel =
                NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
                        .sslContext(trust)
                        .eventLoopGroup(loop)
                        .channelType(EpollSocketChannel.class)
                        .directExecutor()
                        .disableRetry()
                        .disableServiceConfigLookUp()
                        .maxTraceEvents(0)
                        .build();
        this.method =
                MethodDescriptor.<OutgoingRequest, byte[]>newBuilder()
                        .setType(MethodType.UNARY)
                        .setFullMethodName(
                                CertificateServiceGrpc.getIssueCertificateMethod()
                                        .getFullMethodName())
                        .setRequestMarshaller(new RequestMarshaller())
                        .setResponseMarshaller(new SampleMarshaller(oneReadIn))
                        .build();
    }

    EventLoopGroup loop() {
        return loop;
    }

    ManagedChannel channel() {
        return channel;
    }

    /// Sends one request; `listener` hears of everything else.
    void issue(OutgoingRequest request, Token token, ClientCall.Listener<byte[]> listener) {
        Metadata headers = new Metadata();
        headers.put(AUTHORIZATION, token.authorization());
        ClientCall<OutgoingRequest, byte[]> call = channel.newCall(method, CallOptions.DEFAULT);
        call.start(listener, headers);
        // Two, as a unary call's listener learns of the end only after it asked for more.
        call.request(2);
        call.sendMessage(request);
        call.halfClose();
    }

    @Override
    public void close() {
        channel.shutdownNow();
        try {
            channel.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class RequestMarshaller
            implements MethodDescriptor.Marshaller<OutgoingRequest> {
        @Override
        public InputStream stream(OutgoingRequest value) {
            return value;
        }

        @Override
        public OutgoingRequest parse(InputStream stream) {
            throw new UnsupportedOperationException("the generator receives no requests");
        }
    }

    /// Used on one event loop only.
    private static final class SampleMarshaller implements MethodDescriptor.Marshaller<byte[]> {
        private final int oneReadIn;
        private int unread;

        SampleMarshaller(int oneReadIn) {
            this.oneReadIn = oneReadIn;
        }

        @Override
        public InputStream stream(byte[] value) {
            throw new UnsupportedOperationException("the generator sends no answers");
        }

        @Override
        public byte[] parse(InputStream stream) {
            unread++;
            if (unread < oneReadIn) {
                return NOT_READ;
            }
            unread = 0;
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new IllegalStateException("answer could not be read", e);
            }
        }
    }
}
