package dev.signet.ca.wire;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import dev.signet.ca.audit.PrintableText;
import dev.signet.ca.wire.HttpDocuments.Document;
import dev.signet.ca.wire.HttpDocuments.Freshness;
import dev.signet.ca.wire.HttpDocuments.Request;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/// The plain HTTP port: trust bundle, liveness, readiness, metrics, and what other parts register;
/// only facts that anybody may know, no credential is read. Starts before gRPC and stops after it,
/// so that probes see both. Thread-safe.
final class HttpEndpoints implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(HttpEndpoints.class);

    private static final int BACKLOG = 128;
    private static final int MAX_TEXT = 512;

    static {
        // The JDK's server has no other way to be told; seconds, and numbers.
        limit("sun.net.httpserver.maxReqTime", 10);
        limit("sun.net.httpserver.maxRspTime", 30);
        limit("sun.net.httpserver.idleInterval", 30);
        limit("sun.net.httpserver.maxReqHeaders", 64);
        limit("sun.net.httpserver.maxReqHeaderSize", 16 * 1024);
        limit("jdk.httpserver.maxConnections", 1000);
    }

    private final HttpSettings settings;
    private final ServerDocuments own;
    private final List<HttpDocuments> parts;
    private final Semaphore places;
    private @Nullable HttpServer server;
    private @Nullable ExecutorService executor;
    private volatile boolean running;

    HttpEndpoints(HttpSettings settings, ServerDocuments own, List<HttpDocuments> parts) {
        this.settings = settings;
        this.own = own;
        this.parts = List.copyOf(parts);
        this.places = new Semaphore(settings.maxRequests());
    }

    private static void limit(String property, int value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, Integer.toString(value));
        }
    }

    @Override
    public int getPhase() {
        return Integer.MAX_VALUE - 1;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public synchronized void start() {
        InetSocketAddress address =
                settings.address().isEmpty()
                        ? new InetSocketAddress(settings.port())
                        : new InetSocketAddress(settings.address(), settings.port());
        HttpServer created;
        try {
            created = HttpServer.create(address, BACKLOG);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "signet.http.port: cannot listen on port "
                            + settings.port()
                            + ": "
                            + e.getMessage(),
                    e);
        }
        ExecutorService threads =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("signet-http-", 0).factory());
        created.setExecutor(threads);
        created.createContext("/", this::handle);
        created.start();
        server = created;
        executor = threads;
        running = true;
        LOG.info("HTTP on port {}", port());
    }

    /// The port as bound.
    synchronized int port() {
        HttpServer started = server;
        if (started == null) {
            throw new IllegalStateException("the HTTP server has not started");
        }
        return started.getAddress().getPort();
    }

    @Override
    public synchronized void stop() {
        HttpServer started = server;
        ExecutorService threads = executor;
        if (running && started != null && threads != null) {
            started.stop(0);
            threads.shutdownNow();
            running = false;
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!places.tryAcquire()) {
                send(exchange, ServerDocuments.text(503, "too many requests at a time\n"));
                return;
            }
            try {
                answer(exchange);
            } catch (RuntimeException e) {
                LOG.error(
                        "fault in HTTP {}",
                        PrintableText.of(exchange.getRequestURI().getPath(), MAX_TEXT),
                        e);
                send(exchange, ServerDocuments.text(500, "internal fault; its cause is logged\n"));
            } finally {
                places.release();
            }
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        String method = exchange.getRequestMethod();
        String path = exchange.getRequestURI().getRawPath();
        boolean reads = method.equals("GET") || method.equals("HEAD");
        HttpDocuments part = path == null ? null : part(path);
        Document document =
                path == null || part != null ? null : own.find(exchange.getRequestURI().getPath());
        if (part != null && (reads || (method.equals("POST") && part.maxBody() > 0))) {
            ask(exchange, part, path.substring(part.prefix().length()));
        } else if (part == null && document == null) {
            send(exchange, ServerDocuments.text(404, "no such document\n"));
        } else if (!reads || document == null) {
            boolean posts = part != null && part.maxBody() > 0;
            exchange.getResponseHeaders().set("Allow", posts ? "GET, HEAD, POST" : "GET, HEAD");
            send(exchange, ServerDocuments.text(405, "no such method here\n"));
        } else {
            send(exchange, document);
        }
    }

    private @Nullable HttpDocuments part(String path) {
        for (HttpDocuments part : parts) {
            String prefix = part.prefix();
            if (path.startsWith(prefix)
                    && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/')) {
                return part;
            }
        }
        return null;
    }

    private static void ask(HttpExchange exchange, HttpDocuments part, String path)
            throws IOException {
        boolean posts = exchange.getRequestMethod().equals("POST");
        byte[] body = {};
        if (posts) {
            body = exchange.getRequestBody().readNBytes(part.maxBody() + 1);
            if (body.length > part.maxBody()) {
                exchange.getResponseHeaders().set("Connection", "close");
                send(exchange, ServerDocuments.text(413, "longer than is read here\n"));
                return;
            }
        }
        send(
                exchange,
                part.answer(
                        new Request(
                                posts ? "POST" : "GET",
                                path,
                                exchange.getRequestHeaders().getFirst("Content-Type"),
                                body)));
    }

    private static void send(HttpExchange exchange, Document document) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", document.type());
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
        Freshness freshness = document.freshness();
        if (freshness == null) {
            headers.set("Cache-Control", "no-store");
        } else if (isKnown(exchange, headers, freshness)) {
            exchange.sendResponseHeaders(304, -1);
            return;
        }
        byte[] body = document.body();
        if (exchange.getRequestMethod().equals("HEAD")) {
            headers.set("Content-Length", Integer.toString(body.length));
            exchange.sendResponseHeaders(document.status(), -1);
            return;
        }
        exchange.sendResponseHeaders(document.status(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    /// Says how long the document is good; whether the caller has it already.
    private static boolean isKnown(HttpExchange exchange, Headers headers, Freshness freshness) {
        long seconds = freshness.maxAge().toSeconds();
        headers.set(
                "Cache-Control",
                seconds == 0 ? "no-cache" : "public, no-transform, max-age=" + seconds);
        headers.set("ETag", freshness.tag());
        if (freshness.expires().getEpochSecond() > 0) {
            headers.set("Last-Modified", date(freshness.lastModified()));
            headers.set("Expires", date(freshness.expires()));
        }
        String known = exchange.getRequestHeaders().getFirst("If-None-Match");
        return known != null
                && !exchange.getRequestMethod().equals("POST")
                && List.of(known.replace("W/", "").split("\\s*,\\s*", 32))
                        .contains(freshness.tag());
    }

    private static String date(Instant instant) {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(instant.atOffset(ZoneOffset.UTC));
    }
}
