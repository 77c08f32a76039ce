package dev.signet.ca.rest;

import dev.signet.ca.refusal.RefusalCode;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpMethod;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

import java.util.List;
import java.util.Set;

/// The one place where a caller's roles are held against an operation: default deny. A handler that
/// names no operation is never reached. Thread-safe.
///
/// Also refuses what a browser would send for another site: nothing here reads cookies, so that
/// there is no session to ride on, and this keeps it so.
final class Permissions implements HandlerInterceptor {

    private static final Set<String> READS = Set.of("GET", "HEAD");
    private static final List<String> SAME_SITE = List.of("same-origin", "none");

    @Override
    public boolean preHandle(
            HttpServletRequest request, HttpServletResponse response, Object handler)
            throws Exception {
        Performs performs =
                handler instanceof HandlerMethod found
                        ? found.getMethodAnnotation(Performs.class)
                        : null;
        if (performs == null) {
            // OPTIONS, which Spring answers by itself, ends here, too.
            throw new HttpRequestMethodNotSupportedException(
                    request.getMethod(), List.of(HttpMethod.GET.name()));
        }
        AdminCaller caller = Arguments.caller();
        HandlerMethod method = (HandlerMethod) handler;
        if (!performs.value().permits(caller.roles())) {
            throw RefusedException.of(
                    RefusalCode.NOT_PERMITTED,
                    "Your roles "
                            + caller.roles().stream().sorted().toList()
                            + " do not permit "
                            + performs.value().id()
                            + " (expected: one of "
                            + performs.value().roles()
                            + ").");
        }
        Arguments.requireKnownParameters(request, method);
        if (!READS.contains(request.getMethod())) {
            String site = request.getHeader("Sec-Fetch-Site");
            if (request.getHeader("Origin") != null
                    || (site != null && !SAME_SITE.contains(site))) {
                throw RefusedException.of(
                        RefusalCode.NOT_PERMITTED,
                        "Writes that a browser sends for another site are refused (expected: no"
                                + " Origin header).");
            }
        }
        return true;
    }
}
