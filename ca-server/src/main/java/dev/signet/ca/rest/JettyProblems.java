package dev.signet.ca.rest;

import dev.signet.ca.refusal.RefusalCode;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import tools.jackson.databind.json.JsonMapper;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;

/// Problems that Jetty finds before a request reaches us: a line or header that is none, one that
/// is too large. Thread-safe.
final class JettyProblems extends ErrorHandler {

    private static final Logger LOG = LoggerFactory.getLogger(JettyProblems.class);
    private static final JsonMapper MAPPER = RestJson.mapper();

    /// The same for what a servlet context finds.
    static final class ForServlets extends org.eclipse.jetty.ee11.servlet.ErrorHandler {
        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            return answer(request, response, callback);
        }
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        return answer(request, response, callback);
    }

    private static boolean answer(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        Throwable cause =
                request.getAttribute(ERROR_EXCEPTION) instanceof Throwable thrown ? thrown : null;
        ByteBuffer body = ByteBuffer.wrap(MAPPER.writeValueAsBytes(problem(status, cause)));
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problem.MEDIA_TYPE);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.remaining());
        SecurityHeaders.NAMES_AND_VALUES.forEach(response.getHeaders()::put);
        response.write(true, body, callback);
        return true;
    }

    private static Problem problem(int status, @Nullable Throwable cause) {
        if (status >= 500 && status != 503 && status != 505) {
            String id = UUID.randomUUID().toString();
            LOG.error("fault {}", id, cause);
            return Problem.fault(id).withStatus(status);
        }
        RefusalCode code =
                switch (status) {
                    case 404 -> RefusalCode.NOT_FOUND;
                    case 405 -> RefusalCode.METHOD_NOT_ALLOWED;
                    case 413, 414, 431 -> RefusalCode.REQUEST_TOO_LARGE;
                    case 503 -> RefusalCode.SHUTTING_DOWN;
                    default -> RefusalCode.INVALID_ARGUMENT;
                };
        String detail =
                switch (status) {
                    case 413 -> Problems.tooLarge().message();
                    case 414, 431 ->
                            "The request line and headers are larger than this server takes"
                                    + " (expected: at most 16 KiB).";
                    case 503 -> "This server is stopping.";
                    default -> "This is not a request that this server understands.";
                };
        return new Problem(Problem.title(status), status, detail, code, null, null, List.of());
    }
}
