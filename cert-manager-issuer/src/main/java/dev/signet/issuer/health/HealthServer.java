package dev.signet.issuer.health;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/// `/metrics`, `/livez` and `/readyz` over plain HTTP, for the node and the monitoring only.
/// Thread-safe.
public final class HealthServer implements AutoCloseable {

    private static final int BACKLOG = 16;
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final HttpServer server;

    /// Listens at once.
    ///
    /// @param port 0: any that is free
    /// @param ready whether `/readyz` says so
    /// @throws IOException when the port cannot be listened on
    public HealthServer(int port, PrometheusMeterRegistry metrics, BooleanSupplier ready)
            throws IOException {
        this.server = HttpServer.create(new InetSocketAddress(port), BACKLOG);
        server.setExecutor(
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("signet-http-", 0).factory()));
        server.createContext(
                "/metrics", exchange -> answer(exchange, 200, PROMETHEUS, metrics.scrape()));
        server.createContext("/livez", exchange -> answer(exchange, 200, TEXT, "ok\n"));
        server.createContext(
                "/readyz",
                exchange -> {
                    boolean now = ready.getAsBoolean();
                    answer(exchange, now ? 200 : 503, TEXT, now ? "ok\n" : "not ready\n");
                });
        server.start();
    }

    private static void answer(HttpExchange exchange, int status, String type, String text)
            throws IOException {
        try (exchange) {
            boolean get = exchange.getRequestMethod().equals("GET");
            if (!get || !exchange.getHttpContext().getPath().equals(path(exchange))) {
                exchange.sendResponseHeaders(get ? 404 : 405, -1);
                return;
            }
            byte[] octets = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(status, octets.length);
            try (OutputStream body = exchange.getResponseBody()) {
                body.write(octets);
            }
        }
    }

    private static String path(HttpExchange exchange) {
        String path = exchange.getRequestURI().getPath();
        return path == null ? "" : path;
    }

    /// The port that it listens on.
    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
