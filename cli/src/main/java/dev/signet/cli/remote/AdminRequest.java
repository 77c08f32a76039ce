package dev.signet.cli.remote;

import org.jspecify.annotations.Nullable;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// One request to the admin API. Immutable: each method that changes something gives another.
///
/// @param path with its segments encoded, such as `/v1/policies/3`
/// @param query in this order
/// @param body null: none, of a GET
/// @param etag what the write is based on; null: on nothing
/// @param write whether something changes: sent with an Idempotency-Key
/// @param document file that positions in a problem are of; null: of none
public record AdminRequest(
        String method,
        String path,
        Map<String, String> query,
        @Nullable Map<String, Object> body,
        @Nullable String etag,
        boolean write,
        @Nullable String document) {

    public static AdminRequest get(String path) {
        return new AdminRequest("GET", path, Map.of(), null, null, false, null);
    }

    /// A POST that only asks.
    public static AdminRequest ask(String path, Map<String, Object> body) {
        return new AdminRequest("POST", path, Map.of(), body, null, false, null);
    }

    public static AdminRequest post(String path, Map<String, Object> body) {
        return new AdminRequest("POST", path, Map.of(), body, null, true, null);
    }

    public static AdminRequest put(String path, Map<String, Object> body) {
        return new AdminRequest("PUT", path, Map.of(), body, null, true, null);
    }

    /// With one more parameter, unless the value is null or empty.
    public AdminRequest with(String name, @Nullable Object value) {
        if (value == null || value.toString().isEmpty()) {
            return this;
        }
        Map<String, String> more = new LinkedHashMap<>(query);
        more.put(name, value.toString());
        return new AdminRequest(method, path, more, body, etag, write, document);
    }

    public AdminRequest with(Map<String, String> parameters) {
        AdminRequest with = this;
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            with = with.with(parameter.getKey(), parameter.getValue());
        }
        return with;
    }

    public AdminRequest about(@Nullable String file) {
        return new AdminRequest(method, path, query, body, etag, write, file);
    }

    /// @param seen ETag, with its quotes
    public AdminRequest basedOn(String seen) {
        return new AdminRequest(method, path, query, body, seen, write, document);
    }

    /// Path and query.
    String target() {
        StringBuilder target = new StringBuilder(path);
        char separator = '?';
        for (Map.Entry<String, String> parameter : query.entrySet()) {
            target.append(separator)
                    .append(segment(parameter.getKey()))
                    .append('=')
                    .append(segment(parameter.getValue()));
            separator = '&';
        }
        return target.toString();
    }

    /// A text as one segment of a path.
    ///
    /// @rfc 3986 2.1
    public static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
