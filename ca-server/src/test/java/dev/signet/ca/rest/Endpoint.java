package dev.signet.ca.rest;

import dev.signet.ca.RunningServer;
import dev.signet.ca.ServerParts;

import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// One method of one path of the running server.
record Endpoint(String method, String path, Operation operation, HandlerMethod handler) {

    /// Whatever the server's own mapping has: a new one cannot be missed.
    static List<Endpoint> all(RunningServer server) {
        RestServer rest = (RestServer) ServerParts.part(server, AdminPort.class);
        org.awaitility.Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .until(() -> rest.context() != null);
        List<Endpoint> endpoints = new ArrayList<>();
        rest.context()
                .getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .forEach((info, handler) -> {
                    Performs performs = handler.getMethodAnnotation(Performs.class);
                    if (performs == null) {
                        throw new AssertionError(handler + " names no operation");
                    }
                    for (String path : info.getPatternValues()) {
                        for (var method : info.getMethodsCondition().getMethods()) {
                            endpoints.add(
                                    new Endpoint(method.name(), path, performs.value(), handler));
                        }
                    }
                });
        endpoints.sort(Comparator.comparing(Endpoint::path).thenComparing(Endpoint::method));
        return endpoints;
    }

    /// A path that this endpoint is reached by, for something that is not there.
    String example() {
        return path.replaceAll("\\{serialNumber:[^/]*}", "0".repeat(40))
                .replaceAll("\\{id:\\[0-9a-f]\\{8}[^/]*}", "00000000-0000-4000-8000-000000000000")
                .replaceAll("\\{id:[^/]*}", "0".repeat(64))
                .replaceAll("\\{number:[^/]*}", "999999")
                .replaceAll("\\{tokenId:[^/]*}", "0123456789abcdef")
                .replaceAll("\\{trustDomain:[^/]*}", "elsewhere.test")
                .replaceAll("\\{name}|\\{name:[^/]*}", "none")
                .replaceAll("\\{which:[^/]*}", "0");
    }
}
