package dev.signet.ca.policy;

import org.jspecify.annotations.Nullable;

/// Something of a request that a condition names.
sealed interface Operand {

    /// As one writes it in a condition.
    String text();

    /// @return null when the request does not have it, or it is no text
    @Nullable String read(RequestInput input);

    record Variable(String name) implements Operand {
        @Override
        public String text() {
            return name;
        }

        @Override
        public @Nullable String read(RequestInput input) {
            String text = input.text(name);
            return text != null ? text : input.find(name).map(Object::toString).orElse(null);
        }
    }

    record Attribute(String key) implements Operand {
        @Override
        public String text() {
            return "attributes[" + Texts.quoted(key) + "]";
        }

        @Override
        public @Nullable String read(RequestInput input) {
            return input.attributes().get(key);
        }
    }
}
