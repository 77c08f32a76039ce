package dev.signet.ca.audit;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// Lines written by a thread of its own, so that a reader that does not read stops nobody.
final class StreamAuditLines implements AuditLines, AutoCloseable {

    private static final int MAX_WAITING = 10_000;
    private static final JsonMapper JSON = JsonMapper.shared();

    /// Empty, as no line is: ends the thread.
    private static final ObjectNode END = JSON.createObjectNode();

    private final PrintStream stream;
    private final Runnable dropped;
    private final BlockingQueue<ObjectNode> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final Thread writer;

    /// @param dropped called for each line that is left out
    StreamAuditLines(PrintStream stream, Runnable dropped) {
        this.stream = stream;
        this.dropped = dropped;
        this.writer = Thread.ofPlatform().daemon().name("audit-lines").start(this::write);
    }

    @Override
    public boolean enabled() {
        return true;
    }

    @Override
    public void issued(Issued issued) {
        ObjectNode line = line("issuance", issued.at().toString());
        line.put("serialNumber", issued.serialNumber());
        line.put("spiffeId", issued.spiffeId());
        line.put("notAfter", issued.notAfter().toString());
        line.put("evidenceKind", issued.evidenceKind());
        line.put("evidenceSubject", issued.evidenceSubject());
        line.put("policyVersion", issued.policyVersion());
        line.put("policyRule", issued.policyRule());
        if (issued.requestId() != null) {
            line.put("requestId", issued.requestId().toString());
        }
        offer(line);
    }

    @Override
    public void event(RecordedEvent recorded) {
        AuditEvent event = recorded.event();
        ObjectNode line = line("event", recorded.at().toString());
        line.put("id", recorded.id());
        line.put("replica", recorded.replica());
        line.put("act", event.act());
        ObjectNode actor = line.putObject("actor");
        actor.put("kind", event.actor().kind());
        actor.put("subject", event.actor().subject());
        if (event.actor().address() != null) {
            actor.put("address", event.actor().address());
        }
        line.put("target", event.target());
        line.put("reason", event.reason());
        json(line, "before", event.before());
        json(line, "after", event.after());
        line.put("outcome", event.refusal() == null ? "done" : "refused");
        if (event.refusal() != null) {
            line.put("code", event.refusal().name());
        }
        offer(line);
    }

    @Override
    public void refusals(RefusalCount count) {
        ObjectNode line = line("refusals", count.began().toString());
        line.put("replica", count.replica());
        line.put("code", count.code().name());
        line.put("kind", count.kind());
        line.put("detail", count.detail());
        line.put("refusals", count.refusals());
        line.put("sample", count.sample());
        offer(line);
    }

    @Override
    public void refused(RecordedRefusal refused) {
        RefusedRequest request = refused.request();
        ObjectNode line = line("refusal", refused.firstAt().toString());
        line.put("lastAt", refused.lastAt().toString());
        line.put("replica", refused.replica());
        line.put("code", request.refusal().code().name());
        line.put("refusals", refused.refusals());
        line.put("kind", request.kind());
        put(line, "spiffeId", request.spiffeId());
        put(line, "names", request.names());
        put(line, "subject", request.subject());
        put(line, "address", request.address());
        put(line, "policyRule", request.rule());
        put(line, "policyVersion", request.policyVersion());
        put(line, "requestId", request.requestId());
        put(line, "message", request.refusal().message());
        put(line, "diagnosis", request.refusal().diagnosis());
        offer(line);
    }

    private static void put(ObjectNode line, String name, String text) {
        if (!text.isEmpty()) {
            line.put(name, text);
        }
    }

    private static ObjectNode line(String type, String at) {
        return JSON.createObjectNode().put("type", type).put("at", at);
    }

    private static void json(ObjectNode line, String name, @Nullable String json) {
        if (json != null) {
            line.set(name, JSON.readTree(json));
        }
    }

    private void offer(ObjectNode line) {
        if (!waiting.offer(line)) {
            dropped.run();
        }
    }

    private void write() {
        try {
            for (ObjectNode line = waiting.take(); !line.isEmpty(); line = waiting.take()) {
                stream.println(line);
                if (waiting.isEmpty()) {
                    stream.flush();
                }
            }
            stream.flush();
        } catch (InterruptedException _) {
            // Stopped while the reader does not read.
        }
    }

    /// Waits a second for what is not written yet.
    @Override
    public void close() {
        if (!waiting.offer(END)) {
            writer.interrupt();
        }
        try {
            writer.join(Duration.ofSeconds(1));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        writer.interrupt();
    }
}
