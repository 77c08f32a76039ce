package dev.signet.ca.wire;

import dev.signet.ca.trust.TrustBundle;
import dev.signet.ca.trust.TrustBundles;
import dev.signet.ca.wire.HttpDocuments.Document;
import dev.signet.ca.wire.HttpDocuments.Freshness;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// The plain HTTP port's own documents: trust bundle, liveness, readiness, metrics. Thread-safe.
final class ServerDocuments {

    private static final String JSON = "application/json";
    private static final JsonFactory JSON_FACTORY = new JsonFactory();
    private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final TrustBundles bundles;
    private final Readiness readiness;
    private final PrometheusMeterRegistry registry;

    ServerDocuments(TrustBundles bundles, Readiness readiness, PrometheusMeterRegistry registry) {
        this.bundles = bundles;
        this.readiness = readiness;
        this.registry = registry;
    }

    @Nullable Document find(String path) {
        return switch (path) {
            case "/trust-bundle" -> {
                TrustBundle bundle = bundles.current();
                yield bundle(JSON, bundle.spiffeJson(), "\"j" + bundle.version() + "\"");
            }
            case "/trust-bundle.pem" -> {
                TrustBundle bundle = bundles.current();
                yield bundle(
                        "application/x-pem-file", bundle.pem(), "\"p" + bundle.version() + "\"");
            }
            case "/metrics" -> document(200, METRICS_TYPE, registry.scrape());
            default -> probe(path);
        };
    }

    /// Liveness or readiness; never blocks.
    @Nullable Document probe(String path) {
        return switch (path) {
            case "/livez" -> document(200, JSON, "{\"status\":\"live\"}");
            case "/readyz" -> readiness(readiness.objections());
            default -> null;
        };
    }

    static Document text(int status, String text) {
        return document(status, "text/plain; charset=utf-8", text);
    }

    private static Document document(int status, String type, String text) {
        return new Document(status, type, text.getBytes(StandardCharsets.UTF_8), null);
    }

    /// To be asked for each time: a cache may keep it, and not use it unasked.
    private static Document bundle(String type, String text, String tag) {
        return new Document(
                200,
                type,
                text.getBytes(StandardCharsets.UTF_8),
                new Freshness(tag, Duration.ZERO, Instant.EPOCH, Instant.EPOCH));
    }

    private static Document readiness(List<Readiness.Objection> objections) {
        if (objections.isEmpty()) {
            return document(200, JSON, "{\"status\":\"ready\"}");
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
        return document(503, JSON, document.toString());
    }
}
