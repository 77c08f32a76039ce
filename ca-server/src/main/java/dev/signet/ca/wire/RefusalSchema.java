package dev.signet.ca.wire;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.rpc.ErrorDetailsProto;
import com.google.rpc.StatusProto;

import io.grpc.protobuf.ProtoFileDescriptorSupplier;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// A service's schema that names those of `grpc-status-details-bin` as well: so that a client that
/// knows the service by reflection alone can read why it was refused.
final class RefusalSchema implements ProtoFileDescriptorSupplier {

    private static final List<FileDescriptor> DETAILS =
            List.of(StatusProto.getDescriptor(), ErrorDetailsProto.getDescriptor());

    private final FileDescriptor file;

    private RefusalSchema(FileDescriptor file) {
        this.file = file;
    }

    /// The same object where it describes no file.
    static @Nullable Object with(@Nullable Object schema) {
        return schema instanceof ProtoFileDescriptorSupplier supplier
                ? new RefusalSchema(extended(supplier.getFileDescriptor()))
                : schema;
    }

    private static FileDescriptor extended(FileDescriptor original) {
        FileDescriptorProto.Builder proto = original.toProto().toBuilder();
        List<FileDescriptor> dependencies = new ArrayList<>(original.getDependencies());
        for (FileDescriptor detail : DETAILS) {
            if (!proto.getDependencyList().contains(detail.getName())) {
                proto.addDependency(detail.getName());
                dependencies.add(detail);
            }
        }
        try {
            return FileDescriptor.buildFrom(
                    proto.build(), dependencies.toArray(FileDescriptor[]::new));
        } catch (DescriptorValidationException e) {
            throw new IllegalStateException(original.getName() + " cannot be extended", e);
        }
    }

    @Override
    public FileDescriptor getFileDescriptor() {
        return file;
    }
}
