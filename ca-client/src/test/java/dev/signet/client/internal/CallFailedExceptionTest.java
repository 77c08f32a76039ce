package dev.signet.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;

import org.junit.jupiter.api.Test;

import java.nio.channels.ClosedChannelException;

class CallFailedExceptionTest {

    private static CallFailedException failure(Status status) {
        return CallFailedException.of("localhost:1", status.asRuntimeException());
    }

    /// As grpc-netty has it when the server is killed while a call is written.
    @Test
    void aChannelThatClosedUnderACallIsACaThatIsUnavailable() {
        CallFailedException failure =
                failure(
                        Status.UNKNOWN
                                .withDescription("channel closed")
                                .withCause(new ClosedChannelException()));
        assertThat(failure.status()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(failure.reason()).isEqualTo("UNAVAILABLE");
        assertThat(failure.getMessage()).contains("channel closed");
        assertThat(GrpcCalls.isWorthAnotherReplica(failure.status())).isTrue();
    }

    @Test
    void anUnknownThatTheServerSaidStaysUnknown() {
        assertThat(failure(Status.UNKNOWN.withDescription("channel closed")).status())
                .isEqualTo(Status.Code.UNKNOWN);
        assertThat(failure(Status.UNKNOWN.withCause(new IllegalStateException())).status())
                .isEqualTo(Status.Code.UNKNOWN);
    }
}
