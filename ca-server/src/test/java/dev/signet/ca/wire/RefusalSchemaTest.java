package dev.signet.ca.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FileDescriptor;

import dev.signet.proto.v1.CertificateServiceGrpc;

import io.grpc.protobuf.ProtoFileDescriptorSupplier;

import org.junit.jupiter.api.Test;

class RefusalSchemaTest {

    @Test
    void whoKnowsAServiceByReflectionKnowsTheDetailsOfItsRefusals() {
        Object schema =
                RefusalSchema.with(
                        CertificateServiceGrpc.getServiceDescriptor().getSchemaDescriptor());
        assertThat(schema).isInstanceOf(ProtoFileDescriptorSupplier.class);
        FileDescriptor file = ((ProtoFileDescriptorSupplier) schema).getFileDescriptor();
        assertThat(file.getDependencies())
                .extracting(FileDescriptor::getName)
                .contains("google/rpc/error_details.proto", "google/rpc/status.proto");
        assertThat(file.findServiceByName("CertificateService")).isNotNull();
        assertThat(RefusalSchema.with("no schema")).isEqualTo("no schema");
    }
}
