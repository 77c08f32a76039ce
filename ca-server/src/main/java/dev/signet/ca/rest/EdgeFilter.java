package dev.signet.ca.rest;

import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

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
/// not even what does not exist. Thread-safe.
final class EdgeFilter extends OncePerRequestFilter {

    private static final Logger LOG = LoggerFactory.getLogger(EdgeFilter.class);

    private final Logins logins;
    private final Problems problems;
    private final MeterRegistry registry;
    private final Semaphore places;

    EdgeFilter(Logins logins, Problems problems, MeterRegistry registry, int requests) {
        this.logins = logins;
        this.problems = problems;
        this.registry = registry;
        this.places = new Semaphore(requests);
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (!places.tryAcquire()) {
            problems.write(
                    response,
                    Refusal.of(
                                    RefusalCode.OVERLOADED,
                                    "Too many requests at a time. Retry after the given time.")
                            .retryAfter(Duration.ofSeconds(1)));
            return;
        }
        try {
            serve(request, response, chain);
        } catch (RuntimeException | ServletException e) {
            if (response.isCommitted()) {
                throw e;
            }
            problems.write(response, Problems.problem(request, e));
        } finally {
            SecurityContextHolder.clearContext();
            places.release();
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
                SecurityContextHolder.setContext(
                        new SecurityContextImpl(new AdminAuthentication(caller)));
                chain.doFilter(request, response);
            }
        }
    }
}
