package dev.signet.ca.rest;

import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.policy.PolicyWorkException;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.io.EofException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.NoHandlerFoundException;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/// Writes every problem, whoever found it. Thread-safe.
final class Problems implements HandlerExceptionResolver {

    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    private final JsonMapper mapper;

    Problems(JsonMapper mapper) {
        this.mapper = mapper;
    }

    void write(HttpServletResponse response, Refusal refusal) throws IOException {
        write(response, Problem.of(refusal, List.of()));
    }

    void write(HttpServletResponse response, Problem problem) throws IOException {
        if (response.isCommitted()) {
            throw new IOException("the answer has begun");
        }
        response.resetBuffer();
        response.setStatus(problem.status());
        if (problem.retryAfterSeconds() != null) {
            response.setHeader("Retry-After", String.valueOf(problem.retryAfterSeconds()));
        }
        if (problem.status() == 401) {
            response.setHeader("WWW-Authenticate", "Bearer, Operator");
        }
        byte[] body = mapper.writeValueAsBytes(problem);
        response.setContentType(Problem.MEDIA_TYPE);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    @Override
    public @Nullable ModelAndView resolveException(
            HttpServletRequest request,
            HttpServletResponse response,
            @Nullable Object handler,
            Exception exception) {
        if (response.isCommitted()) {
            // Half an answer must not look like a whole one: the connection is cut.
            return null;
        }
        try {
            if (exception instanceof HttpRequestMethodNotSupportedException method) {
                Set<HttpMethod> supported = method.getSupportedHttpMethods();
                if (supported != null) {
                    response.setHeader(
                            "Allow",
                            supported.stream()
                                    .map(HttpMethod::name)
                                    .sorted()
                                    .collect(Collectors.joining(", ")));
                }
            }
            write(response, problem(request, exception));
        } catch (IOException _) {
            LOG.debug("the caller is gone");
        }
        return new ModelAndView();
    }

    static Problem problem(HttpServletRequest request, Exception exception) {
        return switch (exception) {
            case RefusedException refused -> Problem.of(refused.refusal(), refused.details());
            case PolicyWorkException work -> refused(work.refusal());
            case LedgerUnavailableException away -> {
                if (away.readOnly()) {
                    LOG.warn("PostgreSQL takes no writes, so a call of the admin API was refused");
                    yield refused(ledgerReadOnly());
                }
                LOG.warn("PostgreSQL did not answer a call of the admin API", away);
                yield refused(ledgerAway());
            }
            case NoHandlerFoundException _ ->
                    refused(
                            Refusal.of(
                                    RefusalCode.NOT_FOUND,
                                    "There is no such resource. See /openapi.json."));
            case HttpRequestMethodNotSupportedException _ ->
                    refused(
                            Refusal.of(
                                    RefusalCode.METHOD_NOT_ALLOWED,
                                    "This resource does not know this method; Allow names those"
                                            + " that it knows."));
            case HttpMediaTypeNotAcceptableException _ ->
                    refused(
                            Refusal.of(
                                    RefusalCode.NOT_ACCEPTABLE,
                                    "None of the media types of Accept can be given (expected:"
                                            + " application/json, or for exports"
                                            + " application/x-ndjson or text/csv)."));
            case HttpMediaTypeNotSupportedException _ ->
                    refused(
                            Refusal.of(
                                    RefusalCode.UNSUPPORTED_MEDIA_TYPE,
                                    "The body's media type is not taken (expected:"
                                            + " application/json)."));
            case HttpMessageNotReadableException unreadable -> unreadable(unreadable);
            case RequestRejectedException _ ->
                    refused(
                            Refusal.of(
                                    RefusalCode.INVALID_ARGUMENT,
                                    "A name or value in the request's head holds characters that"
                                            + " are not accepted (expected: no control"
                                            + " characters)."));
            default ->
                    isBadRequest(exception)
                            ? refused(
                                    Refusal.of(
                                            RefusalCode.INVALID_ARGUMENT,
                                            "The request's path or query is not UTF-8 in percent"
                                                    + " encoding (RFC 3986)."))
                            : fault(request, exception);
        };
    }

    /// Jetty decodes the query when it is first asked for, and throws then.
    private static boolean isBadRequest(Throwable exception) {
        for (Throwable cause = exception; cause != null; cause = cause.getCause()) {
            if (cause instanceof HttpException http && http.getCode() / 100 == 4) {
                return true;
            }
        }
        return false;
    }

    /// Of a body that could not be read to its end.
    static Problem unread(IOException exception) {
        return unreadable((Throwable) exception);
    }

    private static Problem unreadable(Throwable exception) {
        for (Throwable cause = exception; cause != null; cause = cause.getCause()) {
            if (cause instanceof HttpException http && http.getCode() == 413) {
                return refused(tooLarge());
            }
            if (cause instanceof RefusedException refused) {
                return Problem.of(refused.refusal(), refused.details());
            }
            if (cause instanceof JacksonException json) {
                String field = json.getPathReference();
                int at = field.indexOf("[\"");
                String name = at < 0 ? "" : field.substring(at).replaceAll("[^A-Za-z0-9.,]", "");
                return Problem.of(
                        Refusal.of(
                                RefusalCode.INVALID_ARGUMENT,
                                "The body is not the JSON that is expected here"
                                        + (name.isEmpty() ? "" : ", at " + name)
                                        + " (unknown and repeated names are refused; see"
                                        + " /openapi.json)."),
                        List.of());
            }
        }
        return refused(
                Refusal.of(
                        RefusalCode.INVALID_ARGUMENT,
                        "The body is missing or cannot be read (expected: one JSON object)."));
    }

    static Refusal tooLarge() {
        return Refusal.of(
                RefusalCode.REQUEST_TOO_LARGE,
                "The body is larger than this server takes (expected: at most "
                        + RestServer.MAX_BODY_OCTETS
                        + " octets).");
    }

    static Refusal ledgerAway() {
        return Refusal.of(
                        RefusalCode.LEDGER_UNAVAILABLE,
                        "The CA's database did not answer. Retry after the given time, with the"
                                + " same Idempotency-Key.")
                .retryAfter(Duration.ofSeconds(1));
    }

    private static Refusal ledgerReadOnly() {
        return Refusal.of(
                        RefusalCode.LEDGER_UNAVAILABLE,
                        "The CA's database is read-only now, so nothing can be changed. Reading"
                                + " goes on. Retry after the given time, with the same"
                                + " Idempotency-Key.")
                .retryAfter(Duration.ofSeconds(1));
    }

    private static Problem refused(Refusal refusal) {
        return Problem.of(refusal, List.of());
    }

    static Problem fault(HttpServletRequest request, Throwable fault) {
        if (fault instanceof EofException) {
            return Problem.fault("");
        }
        String id = UUID.randomUUID().toString();
        LOG.error("fault {} at {} {}", id, request.getMethod(), path(request), fault);
        return Problem.fault(id);
    }

    private static String path(HttpServletRequest request) {
        String path = request.getRequestURI();
        return path.length() > 200 ? path.substring(0, 200) : path;
    }
}
