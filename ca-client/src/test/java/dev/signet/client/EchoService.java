package dev.signet.client;

import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/// The application in the tests: says back what it hears, once or in a stream.
final class EchoService implements BindableService {

    private static final MethodDescriptor.Marshaller<String> TEXT =
            new MethodDescriptor.Marshaller<>() {
                @Override
                public InputStream stream(String value) {
                    return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
                }

                @Override
                public String parse(InputStream stream) {
                    try {
                        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            };

    private static final MethodDescriptor<String, String> ONCE =
            MethodDescriptor.newBuilder(TEXT, TEXT)
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("test.Echo/Once")
                    .build();

    private static final MethodDescriptor<String, String> STREAM =
            MethodDescriptor.newBuilder(TEXT, TEXT)
                    .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                    .setFullMethodName("test.Echo/Stream")
                    .build();

    @Override
    public ServerServiceDefinition bindService() {
        return ServerServiceDefinition.builder("test.Echo")
                .addMethod(
                        ONCE,
                        ServerCalls.asyncUnaryCall((text, observer) -> {
                            observer.onNext(text);
                            observer.onCompleted();
                        }))
                .addMethod(
                        STREAM,
                        ServerCalls.asyncBidiStreamingCall(observer ->
                                new StreamObserver<>() {
                                    @Override
                                    public void onNext(String text) {
                                        observer.onNext(text);
                                    }

                                    @Override
                                    public void onError(Throwable failure) {}

                                    @Override
                                    public void onCompleted() {
                                        observer.onCompleted();
                                    }
                                }))
                .build();
    }

    static String once(Channel channel, String text) {
        return ClientCalls.blockingUnaryCall(
                channel, ONCE, CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS), text);
    }

    static StreamObserver<String> stream(Channel channel, StreamObserver<String> answers) {
        return ClientCalls.asyncBidiStreamingCall(
                channel.newCall(STREAM, CallOptions.DEFAULT), answers);
    }
}
