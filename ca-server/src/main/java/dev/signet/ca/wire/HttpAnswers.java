package dev.signet.ca.wire;

import dev.signet.ca.audit.PrintableText;
import dev.signet.ca.wire.HttpDocuments.Document;
import dev.signet.ca.wire.HttpDocuments.Request;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

/// Which document answers a request on the plain HTTP port. Thread-safe.
final class HttpAnswers {

    private static final Logger LOG = LoggerFactory.getLogger(HttpAnswers.class);

    private static final int MAX_TEXT = 512;
    static final String READS = "GET, HEAD";
    private static final String READS_AND_POSTS = "GET, HEAD, POST";

    private final ServerDocuments own;
    private final List<HttpDocuments> parts;

    HttpAnswers(ServerDocuments own, List<HttpDocuments> parts) {
        this.own = own;
        this.parts = List.copyOf(parts);
    }

    /// @param allow the methods of the resource, where the request's is not one; else empty
    record Answer(Document document, String allow) {
        Answer(Document document) {
            this(document, "");
        }
    }

    /// The longest body that any part takes.
    int maxBody() {
        return parts.stream().mapToInt(HttpDocuments::maxBody).max().orElse(0);
    }

    /// The answer to a probe, which needs no place and never blocks.
    ///
    /// @return null: the request is not a probe's
    @Nullable Answer probe(String method, String target) {
        if (!reads(method)) {
            return null;
        }
        int query = target.indexOf('?');
        Document document = own.probe(query < 0 ? target : target.substring(0, query));
        return document == null ? null : new Answer(document);
    }

    /// May block for some seconds.
    Answer answer(String method, String target, @Nullable String type, byte[] body) {
        URI uri;
        try {
            uri = new URI(target);
        } catch (URISyntaxException _) {
            return new Answer(ServerDocuments.text(400, "the request's target is not a URI\n"));
        }
        String path = uri.getRawPath();
        if (path == null) {
            return missing();
        }
        try {
            HttpDocuments part = part(path);
            return part == null
                    ? own(method, uri.getPath())
                    : part(part, method, path.substring(part.prefix().length()), type, body);
        } catch (RuntimeException e) {
            LOG.error("fault in HTTP {}", PrintableText.of(path, MAX_TEXT), e);
            return new Answer(ServerDocuments.text(500, "internal fault; its cause is logged\n"));
        }
    }

    private Answer own(String method, String path) {
        Document document = own.find(path);
        if (document == null) {
            return missing();
        }
        return reads(method) ? new Answer(document) : wrongMethod(READS);
    }

    private static Answer part(
            HttpDocuments part, String method, String path, @Nullable String type, byte[] body) {
        boolean posts = part.maxBody() > 0;
        if (reads(method)) {
            return new Answer(part.answer(new Request("GET", path, type, new byte[0])));
        }
        if (!posts || !method.equals("POST")) {
            return wrongMethod(posts ? READS_AND_POSTS : READS);
        }
        return body.length > part.maxBody()
                ? tooLarge()
                : new Answer(part.answer(new Request("POST", path, type, body)));
    }

    static Answer tooLarge() {
        return new Answer(ServerDocuments.text(413, "longer than is read here\n"));
    }

    private static Answer missing() {
        return new Answer(ServerDocuments.text(404, "no such document\n"));
    }

    private static Answer wrongMethod(String allow) {
        return new Answer(ServerDocuments.text(405, "no such method here\n"), allow);
    }

    private static boolean reads(String method) {
        return method.equals("GET") || method.equals("HEAD");
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
}
