package dev.signet.ca.rest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

import java.nio.file.Files;
import java.nio.file.Path;

/// The committed document is what the running server's own controllers say. After a change:
/// `-Dopenapi.write=true` writes it anew.
class OpenApiIT {

    private static final JsonMapper PRETTY =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @Test
    void theCommittedDocumentIsThatOfTheRunningServer() throws Exception {
        try (RestRig rig = new RestRig()) {
            JsonNode generated =
                    PRETTY.readTree(
                            PRETTY.writeValueAsString(OpenApi.of(Endpoint.all(rig.server))));
            if (Boolean.getBoolean("openapi.write")) {
                Files.writeString(source(), PRETTY.writeValueAsString(generated) + "\n");
                return;
            }
            assertThat(PRETTY.readTree(Files.readString(source()))).isEqualTo(generated);
            assertThat(RestRig.json(rig.get("/openapi.json"))).isEqualTo(generated);
        }
    }

    private static Path source() {
        Path path = Path.of("src/main/resources/dev/signet/ca/rest/openapi.json");
        for (Path up = Path.of("").toAbsolutePath();
                up != null && !Files.exists(path);
                up = up.getParent()) {
            path = up.resolve("ca-server/src/main/resources/dev/signet/ca/rest/openapi.json");
        }
        return path;
    }
}
