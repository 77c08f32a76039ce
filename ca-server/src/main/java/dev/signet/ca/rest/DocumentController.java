package dev.signet.ca.rest;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/// The OpenAPI document. It is written by a test, from these controllers.
@RestController
final class DocumentController {

    static final String RESOURCE = "openapi.json";

    private final JsonNode document;

    DocumentController() {
        try (InputStream input = DocumentController.class.getResourceAsStream(RESOURCE)) {
            if (input == null) {
                throw new IllegalStateException("no resource " + RESOURCE);
            }
            this.document = new JsonMapper().readTree(input.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @GetMapping("/openapi.json")
    @Performs(value = Operation.SHOW_OPENAPI, answers = Object.class)
    JsonNode openApi() {
        return document;
    }
}
