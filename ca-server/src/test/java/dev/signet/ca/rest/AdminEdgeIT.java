package dev.signet.ca.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/// What every path of the admin port has in common.
class AdminEdgeIT {

    private static RestRig rig;

    @BeforeAll
    static void start() throws Exception {
        rig = new RestRig();
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @Test
    void noReadTakesAParameterThatItDoesNotKnow() throws Exception {
        for (Endpoint endpoint : Endpoint.all(rig.server)) {
            if (endpoint.method().equals("GET")) {
                HttpResponse<String> response = rig.get(endpoint.example() + "?nonesuch=1");
                assertThat(response.statusCode())
                        .as("%s: %s", endpoint, response.body())
                        .isEqualTo(400);
                assertThat(RestRig.code(response)).isEqualTo("INVALID_ARGUMENT");
            }
        }
    }

    @Test
    void onlyAuthenticatedEncryptionIsSpoken() throws Exception {
        var factory = rig.tls(null, List.of()).getSocketFactory();
        String[] weak =
                Arrays.stream(factory.getSupportedCipherSuites())
                        .filter(suite -> suite.contains("_CBC_"))
                        .toArray(String[]::new);
        assertThat(weak).isNotEmpty();
        try (SSLSocket socket = (SSLSocket) factory.createSocket("127.0.0.1", rig.port())) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            socket.setEnabledCipherSuites(weak);
            assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
        }
        try (SSLSocket socket = (SSLSocket) factory.createSocket("127.0.0.1", rig.port())) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            socket.startHandshake();
            assertThat(socket.getSession().getCipherSuite()).contains("_GCM_");
        }
    }

    @Test
    void theOpenApiDocumentHasAnchoredPatternsTagsAndTypedLines() throws Exception {
        JsonNode document = RestRig.json(rig.get("/openapi.json"));
        for (JsonNode pattern : document.findValues("pattern")) {
            String text = pattern.asString("");
            // An alternative that is not in a group is anchored on one side only.
            assertThat(text.replaceAll("\\(\\?:.*\\)", "")).doesNotContain("|");
        }
        for (JsonNode path : document.path("paths")) {
            for (JsonNode operation : path) {
                assertThat(operation.path("tags")).as("%s", operation).hasSize(1);
            }
        }
        JsonNode lines =
                document.path("paths")
                        .path("/v1/certificates/export")
                        .path("get")
                        .path("responses")
                        .path("200")
                        .path("content")
                        .path(Streams.NDJSON)
                        .path("schema");
        assertThat(lines.path("contentSchema").path("$ref").asString(""))
                .startsWith("#/components/schemas/");
    }
}
