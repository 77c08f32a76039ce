package dev.signet.ca.wire;

import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.StatusRuntimeException;

import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/// Methods whose unparsable request is an empty Optional, not an exception inside gRPC.
final class Lenient {

    private Lenient() {}

    static <Q, R> MethodDescriptor<Optional<Q>, R> method(MethodDescriptor<Q, R> method) {
        return method.toBuilder(
                        new RequestMarshaller<>(method.getRequestMarshaller()),
                        method.getResponseMarshaller())
                .build();
    }

    /// @throws IllegalStateException when a method of the service is missing
    static ServerServiceDefinition service(
            ServiceDescriptor original, List<ServerMethodDefinition<?, ?>> methods) {
        ServiceDescriptor.Builder descriptor =
                ServiceDescriptor.newBuilder(original.getName())
                        .setSchemaDescriptor(RefusalSchema.with(original.getSchemaDescriptor()));
        methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
        if (methods.size() != original.getMethods().size()) {
            throw new IllegalStateException(original.getName() + " is not served completely");
        }
        ServerServiceDefinition.Builder service =
                ServerServiceDefinition.builder(descriptor.build());
        methods.forEach(service::addMethod);
        return service.build();
    }

    private record RequestMarshaller<Q>(MethodDescriptor.Marshaller<Q> strict)
            implements MethodDescriptor.Marshaller<Optional<Q>> {

        @Override
        public InputStream stream(Optional<Q> value) {
            return strict.stream(value.orElseThrow());
        }

        @Override
        public Optional<Q> parse(InputStream stream) {
            try {
                return Optional.of(strict.parse(stream));
            } catch (StatusRuntimeException _) {
                return Optional.empty();
            }
        }
    }
}
