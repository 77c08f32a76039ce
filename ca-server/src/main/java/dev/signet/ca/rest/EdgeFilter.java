package dev.signet.ca.rest;

import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;
import dev.signet.ca.wire.HttpsConnections;

import io.micrometer.core.instrument.MeterRegistry;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.web.filter.OncePerRequestFilter;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/// Lets a bounded number of requests in, each with a proved caller; nothing is reached without one,
/// not even what does not exist. A request has its place when its body is there ([RequestPlaces]).
/// Thread-safe.
final class EdgeFilter extends OncePerRequestFilter {

    private static final Logger LOG = LoggerFactory.getLogger(EdgeFilter.class);

    private final Logins logins;
    private final Problems problems;
    private final MeterRegistry registry;
    private final RequestPlaces places;

    EdgeFilter(Logins logins, Problems problems, MeterRegistry registry, int requests) {
        this.logins = logins;
        this.problems = problems;
        this.registry = registry;
        this.places = new RequestPlaces(requests);
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        try {
            serve(request, response, chain);
        } catch (RuntimeException | ServletException e) {
            if (response.isCommitted()) {
                throw e;
            }
            problems.write(response, Problems.problem(request, e));
        } finally {
            SecurityContextHolder.clearContext();
        }
    }

    private void serve(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        switch (logins.login(request)) {
            case Logins.Outcome.Out(Refusal refusal) -> {
                registry.counter("signet.admin.logins.refused", "code", refusal.code().name())
                        .increment();
                LOG.debug("login refused: {} {}", refusal.code(), refusal.diagnosis());
                problems.write(response, refusal);
            }
            case Logins.Outcome.In(AdminCaller caller) -> {
                if (request.getMethod().equals("TRACE")) {
                    // The servlet API would send back what it got.
                    response.setHeader("Allow", "GET, HEAD, POST, PUT");
                    problems.write(
                            response,
                            Refusal.of(
                                    RefusalCode.METHOD_NOT_ALLOWED, "TRACE is not answered here."));
                    return;
                }
                if (!places.enter(caller)) {
                    problems.write(response, overloaded());
                    return;
                }
                try {
                    serve(caller, request, response, chain);
                } finally {
                    places.leave(caller);
                }
            }
        }
    }

    private void serve(
            AdminCaller caller,
            HttpServletRequest request,
            HttpServletResponse response,
            FilterChain chain)
            throws ServletException, IOException {
        HttpServletRequest whole;
        try {
            whole = WholeRequest.read(request);
        } catch (IOException e) {
            problems.write(response, Problems.unread(e));
            return;
        }
        HttpsConnections.Held connection = HttpsConnections.of(request);
        if (connection != null) {
            connection.requestRead();
        }
        Semaphore place = places.acquire(caller);
        if (place == null) {
            problems.write(response, overloaded());
            return;
        }
        try {
            SecurityContextHolder.setContext(
                    new SecurityContextImpl(new AdminAuthentication(caller)));
            chain.doFilter(whole, response);
        } finally {
            place.release();
        }
    }

    private static Refusal overloaded() {
        return Refusal.of(
                        RefusalCode.OVERLOADED,
                        "Too many requests at a time. Retry after the given time.")
                .retryAfter(Duration.ofSeconds(1));
    }
}
