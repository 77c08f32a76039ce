package dev.signet.cli.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.cli.PostgresProcess;
import dev.signet.cli.ServerProcess;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A server with the chart's memory and the image's JVM flags, against strangers who only connect.
class ConnectionFloodIT {

    private static final long CHART_MEMORY_KB = 512 * 1024;
    private static final int ADDRESSES = 6;
    private static final int CONNECTIONS_PER_ADDRESS = 1_000;

    /// As in images/builder; the memory is the container's there.
    private static final List<String> FLAGS =
            List.of(
                    "-XX:MaxRAM=512m",
                    "-XX:+UseSerialGC",
                    "-XX:MaxRAMPercentage=50",
                    "-XX:TrimNativeHeapInterval=10000",
                    "-XX:+ExitOnOutOfMemoryError");

    @TempDir private Path directory;

    @Test
    @EnabledOnOs(OS.LINUX)
    void connectionsThatOnlyConnectNeitherKeepCallersOutNorFillTheMemory() throws Exception {
        List<SocketChannel> held = new ArrayList<>();
        try (PostgresProcess postgres = PostgresProcess.start(directory.resolve("postgres"));
                ServerProcess server =
                        ServerProcess.start(
                                directory.resolve("server"), postgres, Map.of(), FLAGS)) {
            for (int i = 0; i < ADDRESSES * CONNECTIONS_PER_ADDRESS; i++) {
                SocketChannel channel = SocketChannel.open();
                held.add(channel);
                channel.bind(new InetSocketAddress("127.0.0." + (2 + i % ADDRESSES), 0));
                channel.connect(new InetSocketAddress("127.0.0.1", server.grpcPort()));
                if (i % 1_000 == 999) {
                    assertThat(server.joinToken("spiffe://test.signet/host/caller")).isNotEmpty();
                }
            }
            assertThat(server.get("/metrics").body().lines())
                    .filteredOn(line -> line.startsWith("signet_grpc_handshakes "))
                    .singleElement()
                    .satisfies(line ->
                            assertThat(Double.parseDouble(line.split(" ")[1]))
                                    .isLessThanOrEqualTo(500));
            assertThat(residentKilobytes(server.processId())).isLessThan(CHART_MEMORY_KB);
        } finally {
            for (SocketChannel channel : held) {
                channel.close();
            }
        }
    }

    private static long residentKilobytes(long process) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .map(line -> line.replaceAll("\\D", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow();
    }
}
