package dev.signet.ca.rest;

import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.MediaType;

import tools.jackson.databind.json.JsonMapper;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Answers of any length, written as fast as the caller reads and never held as a whole: a slow
/// caller slows the look-ups, one that goes away ends them, one that takes longer than the deadline
/// is cut off. A stream that was not written to its end ends without HTTP's own end, so that it
/// cannot be taken for a whole one. Thread-safe.
final class Streams {

    static final String NDJSON = "application/x-ndjson";
    static final String CSV = "text/csv";

    private final JsonMapper mapper;
    private final Semaphore places;
    private final Duration deadline;

    Streams(JsonMapper mapper, AdminSettings.Limits limits) {
        this.mapper = mapper;
        this.places = new Semaphore(limits.streams());
        this.deadline = limits.streamDeadline();
    }

    /// Takes one line.
    interface Lines {
        void line(Object value) throws IOException;
    }

    interface Source {
        void write(Lines lines) throws IOException;
    }

    /// Gives every row to a consumer; ends when that throws.
    interface Rows<T> {
        void each(Consumer<T> consumer);
    }

    /// All rows, as the caller accepts it: NDJSON or CSV with a header line.
    <T extends Record> void rows(
            HttpServletRequest request,
            HttpServletResponse response,
            Class<T> type,
            String name,
            Rows<T> rows)
            throws IOException {
        boolean csv = wantsCsv(request);
        acquire();
        try (OutputStream out = begin(response, csv ? CSV : NDJSON, name, csv)) {
            if (csv) {
                out.write(header(type));
            }
            long end = System.nanoTime() + deadline.toNanos();
            rows.each(row -> {
                try {
                    cutOff(end);
                    out.write(csv ? row(row) : json(row));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            places.release();
        }
    }

    /// NDJSON, each line sent at once.
    void lines(HttpServletResponse response, String name, Source source) throws IOException {
        acquire();
        try (OutputStream out = begin(response, NDJSON, name, false)) {
            long end = System.nanoTime() + deadline.toNanos();
            source.write(value -> {
                cutOff(end);
                out.write(json(value));
                out.flush();
            });
        } finally {
            places.release();
        }
    }

    private static void cutOff(long end) throws IOException {
        if (System.nanoTime() - end >= 0) {
            throw new IOException(
                    "the stream took longer than signet.admin.limits.stream-deadline");
        }
    }

    private void acquire() {
        if (!places.tryAcquire()) {
            throw new RefusedException(
                    Refusal.of(
                                    RefusalCode.OVERLOADED,
                                    "Too many exports and replays at a time. Retry after the given"
                                            + " time.")
                            .retryAfter(Duration.ofSeconds(5)));
        }
    }

    private static OutputStream begin(
            HttpServletResponse response, String type, String name, boolean csv)
            throws IOException {
        response.setContentType(csv ? type + ";charset=utf-8" : type);
        response.setHeader(
                "Content-Disposition",
                "attachment; filename=\"" + name + (csv ? ".csv\"" : ".ndjson\""));
        return new Unclosed(response.getOutputStream());
    }

    /// Closed by the container once the handler came to its end: a fault must not close it.
    private static final class Unclosed extends BufferedOutputStream {
        private static final int OCTETS = 16 * 1024;

        Unclosed(OutputStream out) {
            super(out, OCTETS);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }

    /// The handler's `produces` has already refused what is neither.
    private static boolean wantsCsv(HttpServletRequest request) {
        String accept = request.getHeader("Accept");
        if (accept == null) {
            return false;
        }
        List<MediaType> requested = MediaType.parseMediaTypes(accept);
        org.springframework.util.MimeTypeUtils.sortBySpecificity(requested);
        for (MediaType type : requested) {
            if (type.includes(MediaType.parseMediaType(NDJSON))) {
                return false;
            }
            if (type.includes(MediaType.parseMediaType(CSV))) {
                return true;
            }
        }
        return false;
    }

    private byte[] json(Object item) {
        byte[] json = mapper.writeValueAsBytes(item);
        byte[] line = Arrays.copyOf(json, json.length + 1);
        line[json.length] = '\n';
        return line;
    }

    private static byte[] header(Class<?> type) {
        return line(
                Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName).toList());
    }

    private static byte[] row(Record item) {
        return line(
                Arrays.stream(item.getClass().getRecordComponents())
                        .map(component -> text(item, component))
                        .toList());
    }

    private static String text(Record item, RecordComponent component) {
        try {
            Object value = component.getAccessor().invoke(item);
            return switch (value) {
                case null -> "";
                case Collection<?> several ->
                        several.stream().map(String::valueOf).collect(Collectors.joining(" "));
                default -> value.toString();
            };
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("record " + item.getClass().getName(), e);
        }
    }

    private static byte[] line(List<String> cells) {
        return (cells.stream().map(Streams::cell).collect(Collectors.joining(",")) + "\r\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /// Quoted (RFC 4180), and never a formula to a spreadsheet: what begins like one is preceded by
    /// an apostrophe.
    static String cell(String text) {
        String safe =
                !text.isEmpty() && "=+-@\t\r\n|%".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
        return '"' + safe.replace("\"", "\"\"") + '"';
    }
}
