package dev.signet.benchmarks;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.Map;

/// Writes maps, collections, numbers, texts and null as JSON.
///
/// @rfc 8259
final class Json {

    private final StringBuilder out = new StringBuilder();

    private Json() {}

    static String of(Map<String, ?> value) {
        Json json = new Json();
        json.append(value, "");
        return json.out.toString();
    }

    private void append(@Nullable Object value, String indent) {
        switch (value) {
            case null -> out.append("null");
            case Map<?, ?> map -> appendMap(map, indent);
            case Collection<?> collection -> appendCollection(collection, indent);
            case Double number when number.isNaN() || number.isInfinite() -> out.append("null");
            case Number number -> out.append(number);
            case Boolean truth -> out.append(truth);
            default -> appendText(value.toString());
        }
    }

    private void appendMap(Map<?, ?> map, String indent) {
        String inner = indent + "  ";
        String separator = "{\n";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(separator).append(inner);
            appendText(String.valueOf(entry.getKey()));
            out.append(": ");
            append(entry.getValue(), inner);
            separator = ",\n";
        }
        out.append(map.isEmpty() ? "{}" : "\n" + indent + "}");
    }

    private void appendCollection(Collection<?> collection, String indent) {
        String separator = "[";
        for (Object element : collection) {
            out.append(separator);
            append(element, indent);
            separator = ", ";
        }
        out.append(collection.isEmpty() ? "[]" : "]");
    }

    private void appendText(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append("\\u00").append(Character.forDigit(c >> 4, 16));
                out.append(Character.forDigit(c & 0xf, 16));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
