package dev.signet.cli.remote;

import dev.signet.cli.output.Json;

import tools.jackson.databind.JsonNode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;

/// Reads NDJSON line by line and keeps one line at a time. Stateless.
public final class AdminLines {

    private static final int MAX_LINE = 1 << 20;
    private static final int BUFFER = 16 * 1024;

    private AdminLines() {}

    /// @throws IOException when the stream fails, a line is longer than 1 MiB or no JSON, or the
    ///   last one has no end: it may have been cut off
    public static void read(InputStream in, Consumer<JsonNode> each) throws IOException {
        byte[] buffer = new byte[BUFFER];
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int read = in.read(buffer); read != -1; read = in.read(buffer)) {
            int from = 0;
            for (int i = 0; i < read; i++) {
                if (buffer[i] == '\n') {
                    line.write(buffer, from, i - from);
                    take(line, each);
                    from = i + 1;
                }
            }
            line.write(buffer, from, read - from);
            if (line.size() > MAX_LINE) {
                throw new AdminFailures.Broken("it has a line of more than 1 MiB", null);
            }
        }
        if (line.size() > 0) {
            throw new AdminFailures.Broken("it ended within a line", null);
        }
    }

    private static void take(ByteArrayOutputStream line, Consumer<JsonNode> each)
            throws IOException {
        byte[] octets = line.toByteArray();
        line.reset();
        if (octets.length == 0) {
            return;
        }
        JsonNode node;
        try {
            node = Json.read(octets);
        } catch (IllegalArgumentException e) {
            throw new AdminFailures.Broken("it has a line that is no JSON", e);
        }
        each.accept(node);
    }
}
