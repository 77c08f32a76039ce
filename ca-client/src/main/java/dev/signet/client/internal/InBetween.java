package dev.signet.client.internal;

import io.grpc.Status;
import io.netty.handler.ssl.NotSslRecordException;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What answers in the CA's place: a proxy, a web server, another port. Told from what gRPC and
/// Netty say; what a stranger sent is bounded and printable.
///
/// @param code permanent
/// @param words what answered, what was expected, what to do
record InBetween(String code, String words) {

    static final String NOT_GRPC = "ANSWER_NOT_GRPC";
    static final String PROXY_REFUSED = "PROXY_REFUSED";
    static final Set<String> CODES = Set.of(NOT_GRPC, PROXY_REFUSED);

    private static final String WHAT_TO_DO =
            "; check host and port (the CA's gRPC port), and let a proxy in between pass TLS"
                    + " through: the CA must see this client's certificate";

    /// As io.grpc.internal.GrpcUtil and Http2ClientStreamTransportState put it; the body follows.
    private static final Pattern HTTP_STATUS =
            Pattern.compile(
                    "HTTP status code (\\d{3})(?:\\R(?:invalid content-type: ([^\\r\\n]{0,200}))?)?.*",
                    Pattern.DOTALL);

    private static final String NO_HTTP2 = "Failed ALPN negotiation";
    private static final String PROXY_PACKAGE = "io.netty.handler.proxy.";
    private static final int MAX_EXCERPT = 80;
    private static final int MAX_DEPTH = 20;

    private static final List<String> PROXY_VARIABLES =
            List.of("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy");

    /// Null: it was the CA, or nobody.
    static @Nullable InBetween of(Status status, Throwable failure) {
        String description = status.getDescription() == null ? "" : status.getDescription();
        Matcher http = HTTP_STATUS.matcher(description);
        if (http.matches()) {
            String type = http.group(2);
            return new InBetween(
                    NOT_GRPC,
                    "what answers is no CA but a proxy or web server: HTTP status "
                            + http.group(1)
                            + (type == null ? "" : ", content type " + printable(type))
                            + " (expected: gRPC)"
                            + WHAT_TO_DO);
        }
        if (description.contains(NO_HTTP2)) {
            return new InBetween(
                    NOT_GRPC,
                    "what answers speaks TLS but not HTTP/2 (ALPN \"h2\"), so it is no CA but a proxy"
                            + " or web server"
                            + WHAT_TO_DO);
        }
        Throwable at = failure;
        for (int depth = 0; at != null && depth < MAX_DEPTH; depth++, at = at.getCause()) {
            if (at.getClass().getName().startsWith(PROXY_PACKAGE)) {
                return new InBetween(
                        PROXY_REFUSED,
                        "the HTTP proxy that this JVM is set to use (https.proxyHost) did not"
                                + " connect to the CA: "
                                + printable(String.valueOf(at.getMessage()))
                                + "; allow CONNECT to the CA's host and port there, or leave the CA"
                                + " out by http.nonProxyHosts");
            }
            if (at instanceof NotSslRecordException) {
                return new InBetween(
                        NOT_GRPC,
                        "what answers speaks without TLS: \""
                                + plaintext(String.valueOf(at.getMessage()))
                                + "\" (expected: TLS)"
                                + WHAT_TO_DO);
            }
        }
        return null;
    }

    /// The JVM does not look at the variables that other programs take their proxy from. Their
    /// values may hold a password and are not shown.
    static String hint(Status status, Map<String, String> environment) {
        if (status.getCode() != Status.Code.UNAVAILABLE
                && status.getCode() != Status.Code.DEADLINE_EXCEEDED) {
            return "";
        }
        if (System.getProperty("https.proxyHost") != null) {
            return "";
        }
        for (String variable : PROXY_VARIABLES) {
            if (!environment.getOrDefault(variable, "").isEmpty()) {
                return "; "
                        + variable
                        + " is set and not used by Java: where only that proxy reaches the CA, set"
                        + " -Dhttps.proxyHost=HOST -Dhttps.proxyPort=PORT";
            }
        }
        return "";
    }

    /// Netty shows the octets that it got in hexadecimal.
    private static String plaintext(String message) {
        String hex = message.substring(message.lastIndexOf(' ') + 1);
        int length = Math.min(hex.length(), 2 * MAX_EXCERPT) / 2 * 2;
        try {
            String text =
                    new String(
                            HexFormat.of().parseHex(hex.substring(0, length)),
                            StandardCharsets.ISO_8859_1);
            return printable(text.lines().findFirst().orElse(""));
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private static String printable(String text) {
        StringBuilder printable = new StringBuilder();
        for (int i = 0; i < text.length() && i < MAX_EXCERPT; i++) {
            char c = text.charAt(i);
            printable.append(c >= ' ' && c < 0x7f && c != '"' ? c : '?');
        }
        return printable.toString();
    }
}
