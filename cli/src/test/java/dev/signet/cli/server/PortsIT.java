package dev.signet.cli.server;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.cli.CommandFailedException;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;

class PortsIT {

    @Test
    void aPortThatIsTakenIsNamedWithItsOption() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(taken.getLocalPort());
            for (String part : new String[] {"grpc", "http", "admin"}) {
                Map<String, String> settings = Map.of("signet." + part + ".port", port);
                for (String address : new String[] {"127.0.0.1", ""}) {
                    assertThatThrownBy(() -> Ports.requireFree(settings, address))
                            .isInstanceOf(CommandFailedException.class)
                            .hasMessageContaining("port " + port)
                            .hasMessageContaining("--" + part + "-port");
                }
            }
            assertThatCode(() ->
                            Ports.requireFree(
                                    Map.of(
                                            "signet.admin.port",
                                            port,
                                            "signet.admin.enabled",
                                            "false"),
                                    "127.0.0.1"))
                    .as("a port that is not used")
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void anyFreePortIsNotLookedFor() {
        assertThatCode(() ->
                        Ports.requireFree(
                                Map.of("signet.grpc.port", "0", "signet.http.port", "0"),
                                "127.0.0.1"))
                .doesNotThrowAnyException();
    }

    @Test
    void onePortForTwoThingsIsRefused() {
        assertThatThrownBy(() ->
                        Ports.requireFree(
                                Map.of("signet.grpc.port", "44321", "signet.admin.port", "44321"),
                                "127.0.0.1"))
                .hasMessageContaining("--grpc-port and --admin-port");
    }
}
