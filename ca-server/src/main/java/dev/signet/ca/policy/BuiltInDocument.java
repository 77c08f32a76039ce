package dev.signet.ca.policy;

import dev.signet.ca.privilege.Role;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/// The policy without a policy, in force until an operator activates one: version 0.
final class BuiltInDocument {

    /// How its version begins.
    static final String LABEL = "default-1";

    private BuiltInDocument() {}

    static String text() {
        try (InputStream resource = BuiltInDocument.class.getResourceAsStream("default.yaml")) {
            if (resource == null) {
                throw new IllegalStateException("default.yaml is missing from this package");
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static PolicySnapshot compile(PolicyLanguage language, Set<Role> activatorRoles) {
        return switch (language.read(text(), LABEL, activatorRoles)) {
            case PolicyLanguage.Reading.Accepted accepted -> accepted.snapshot();
            case PolicyLanguage.Reading.NotAccepted refused ->
                    throw new IllegalStateException(
                            "the built-in policy is not accepted: " + refused.findings());
        };
    }
}
