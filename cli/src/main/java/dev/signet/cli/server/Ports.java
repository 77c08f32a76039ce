package dev.signet.cli.server;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/// Looks whether a server's ports can be had before anything else is started, as a conflict is the
/// most frequent reason why it does not start. Another program may still take one meanwhile.
/// Stateless.
final class Ports {

    private static final Map<String, String> OPTIONS = new LinkedHashMap<>();

    static {
        OPTIONS.put("grpc", "--grpc-port");
        OPTIONS.put("http", "--http-port");
        OPTIONS.put("admin", "--admin-port");
    }

    private Ports() {}

    /// @param settings of the server, such as `signet.grpc.port`
    /// @param address where they name none; empty: all
    /// @throws CommandFailedException when a port is in use, may not be taken, or is named twice
    static void requireFree(Map<String, String> settings, String address) {
        Map<Integer, String> named = new HashMap<>();
        OPTIONS.forEach((part, option) -> {
            String text = settings.getOrDefault("signet." + part + ".port", "0");
            boolean off = "false".equals(settings.get("signet." + part + ".enabled"));
            if (off || !text.matches("[1-9][0-9]{0,4}")) {
                return; // any free one, or refused by the server in its own words
            }
            int port = Integer.parseInt(text);
            String other = named.put(port, option);
            if (other != null) {
                throw refused(
                        "port "
                                + port
                                + " is named twice: "
                                + other
                                + " and "
                                + option
                                + "\nGive each its own",
                        null);
            }
            String at = settings.getOrDefault("signet." + part + ".address", address);
            require(at, port, option);
        });
    }

    private static void require(String address, int port, String option) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(
                    address.isEmpty()
                            ? new InetSocketAddress(port)
                            : new InetSocketAddress(InetAddress.getByName(address), port),
                    1);
        } catch (IOException | IllegalArgumentException e) {
            throw refused(
                    "port "
                            + port
                            + (address.isEmpty() ? "" : " of " + address)
                            + " cannot be used: "
                            + e.getMessage()
                            + "\nEnd the program that uses it (another Signet?), or give another"
                            + " port: "
                            + option
                            + " PORT (0: any free port)",
                    e);
        }
    }

    private static CommandFailedException refused(
            String message, @org.jspecify.annotations.Nullable Exception cause) {
        return new CommandFailedException(ExitCode.FAILED, "PORT_IN_USE", message, cause);
    }
}
