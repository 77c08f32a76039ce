package dev.signet.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.internal.GrpcUtil;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.channels.ClosedChannelException;
import java.util.Map;

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

    /// As gRPC puts an answer that is none, with the page in full.
    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 407, 429, 500, 502, 503, 504})
    void E32_aWebPageInTheCasPlaceIsNamedAndNotShown(int code) {
        CallFailedException failure =
                failure(
                        GrpcUtil.httpStatusToGrpcStatus(code)
                                .augmentDescription("invalid content-type: text/html")
                                .augmentDescription("headers: Metadata(secret=1)")
                                .augmentDescription("DATA-----\n<html>\u001b[31m</html>"));
        assertThat(failure.status()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(failure.reason()).isEqualTo("ANSWER_NOT_GRPC");
        assertThat(failure.isOfAnother()).isTrue();
        assertThat(failure.getMessage())
                .contains("no CA but a proxy or web server: HTTP status " + code)
                .contains("text/html", "let a proxy in between pass TLS through")
                .doesNotContain("<html>", "secret", "\n");
    }

    @Test
    void E32_aProxyVariableThatJavaIgnoresIsNamedWithoutItsValue() {
        Map<String, String> environment = Map.of("HTTPS_PROXY", "http://me:canary@proxy:3128");
        CallFailedException away =
                CallFailedException.of(
                        "ca:8443",
                        Status.UNAVAILABLE.withDescription("io exception").asRuntimeException(),
                        environment);
        assertThat(away.getMessage())
                .contains("io exception", "HTTPS_PROXY is set and not used", "-Dhttps.proxyHost=")
                .doesNotContain("canary");
        assertThat(away.reason()).isEqualTo("UNAVAILABLE");
        assertThat(
                        CallFailedException.of(
                                        "ca:8443",
                                        Status.PERMISSION_DENIED
                                                .withDescription("no")
                                                .asRuntimeException(),
                                        environment)
                                .getMessage())
                .doesNotContain("PROXY");
    }

    @Test
    void anUnknownThatTheServerSaidStaysUnknown() {
        assertThat(failure(Status.UNKNOWN.withDescription("channel closed")).status())
                .isEqualTo(Status.Code.UNKNOWN);
        assertThat(failure(Status.UNKNOWN.withCause(new IllegalStateException())).status())
                .isEqualTo(Status.Code.UNKNOWN);
    }
}
