package dev.signet.ca.wire;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;

/// A part of the server that answers requests on the plain HTTP port: facts that anybody may know.
/// Thread-safe; may block for some seconds. What it throws is answered 500.
public interface HttpDocuments {

    /// What the paths begin with: `/`, then lower-case letters. The rest is empty or begins with
    /// `/`.
    String prefix();

    /// Octets of a request's body at most, 0: no POST. Longer ones are answered 413 unread.
    int maxBody();

    Document answer(Request request);

    /// @param method GET (also for HEAD) or POST
    /// @param path after the prefix, as it was sent, without query
    /// @param type of the content; null where none was said
    /// @param body empty for GET
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Request(String method, String path, @Nullable String type, byte[] body) {}

    /// @param type of the content
    /// @param freshness null: not to be cached
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Document(int status, String type, byte[] body, @Nullable Freshness freshness) {}

    /// How long it is good (RFC 9111).
    ///
    /// @param tag entity tag, strong, with its quotes
    /// @param maxAge for caches
    record Freshness(String tag, Duration maxAge, Instant lastModified, Instant expires) {}
}
