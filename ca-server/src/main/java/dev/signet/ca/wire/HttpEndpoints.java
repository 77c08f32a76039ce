package dev.signet.ca.wire;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import dev.signet.ca.trust.TrustBundle;
import dev.signet.ca.trust.TrustBundles;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

import java.io.IOException;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/// The plain HTTP port: trust bundle, liveness, readiness, metrics; only facts that anybody may
/// know, no credential is read. Starts before gRPC and stops after it, so that probes see both.
/// Thread-safe.
final class HttpEndpoints implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(HttpEndpoints.class);

    private static final int BACKLOG = 128;
    private static final String JSON = "application/json";
    private static final JsonFactory JSON_FACTORY = new JsonFactory();
    private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

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
    private final TrustBundles bundles;
    private final Readiness readiness;
    private final PrometheusMeterRegistry registry;
    private final Semaphore places;
    private @Nullable HttpServer server;
    private @Nullable ExecutorService executor;
    private volatile boolean running;

    HttpEndpoints(
            HttpSettings settings,
            TrustBundles bundles,
            Readiness readiness,
            PrometheusMeterRegistry registry) {
        this.settings = settings;
        this.bundles = bundles;
        this.readiness = readiness;
        this.registry = registry;
        this.places = new Semaphore(settings.maxRequests());
    }

    private static void limit(String property, int value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, Integer.toString(value));
        }
    }

    /// @param tag null: not to be cached
    private record Document(int status, String type, String body, @Nullable String tag) {}

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
                send(exchange, text(503, "too many requests at a time\n"));
                return;
            }
            try {
                answer(exchange);
            } catch (RuntimeException e) {
                LOG.error(
                        "fault in HTTP {}",
                        RefusalLog.printable(exchange.getRequestURI().getPath()),
                        e);
                send(exchange, text(500, "internal fault; its cause is logged\n"));
            } finally {
                places.release();
            }
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        String method = exchange.getRequestMethod();
        String path = exchange.getRequestURI().getPath();
        Document document = document(path);
        if (document == null) {
            send(exchange, text(404, "no such document\n"));
        } else if (!method.equals("GET") && !method.equals("HEAD")) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            send(exchange, text(405, "only GET and HEAD\n"));
        } else {
            send(exchange, document);
        }
    }

    private @Nullable Document document(@Nullable String path) {
        if (path == null) {
            return null;
        }
        return switch (path) {
            case "/trust-bundle" -> {
                TrustBundle bundle = bundles.current();
                yield new Document(200, JSON, bundle.spiffeJson(), "\"j" + bundle.version() + "\"");
            }
            case "/trust-bundle.pem" -> {
                TrustBundle bundle = bundles.current();
                yield new Document(
                        200,
                        "application/x-pem-file",
                        bundle.pem(),
                        "\"p" + bundle.version() + "\"");
            }
            case "/livez" -> new Document(200, JSON, "{\"status\":\"live\"}", null);
            case "/readyz" -> readiness(readiness.objections());
            case "/metrics" -> new Document(200, METRICS_TYPE, registry.scrape(), null);
            default -> null;
        };
    }

    private static Document readiness(List<Readiness.Objection> objections) {
        if (objections.isEmpty()) {
            return new Document(200, JSON, "{\"status\":\"ready\"}", null);
        }
        StringWriter document = new StringWriter();
        try (JsonGenerator json =
                JSON_FACTORY.createGenerator(ObjectWriteContext.empty(), document)) {
            json.writeStartObject();
            json.writeStringProperty("status", "not ready");
            json.writeArrayPropertyStart("reasons");
            for (Readiness.Objection objection : objections) {
                json.writeStartObject();
                json.writeStringProperty("code", objection.code());
                json.writeStringProperty("text", objection.text());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return new Document(503, JSON, document.toString(), null);
    }

    private static Document text(int status, String text) {
        return new Document(status, "text/plain; charset=utf-8", text, null);
    }

    private static void send(HttpExchange exchange, Document document) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", document.type());
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
        String tag = document.tag();
        headers.set("Cache-Control", tag == null ? "no-store" : "no-cache");
        if (tag != null) {
            headers.set("ETag", tag);
            if (tag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
                exchange.sendResponseHeaders(304, -1);
                return;
            }
        }
        byte[] body = document.body().getBytes(StandardCharsets.UTF_8);
        if (exchange.getRequestMethod().equals("HEAD")) {
            headers.set("Content-Length", Integer.toString(body.length));
            exchange.sendResponseHeaders(document.status(), -1);
            return;
        }
        exchange.sendResponseHeaders(document.status(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }
}
