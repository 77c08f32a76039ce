package dev.signet.cli.output;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Writes JSON (RFC 8259) from maps, lists, strings, numbers, booleans, instants and null, indented
/// by two spaces, keys in the maps' order.
///
/// @rfc 8259 7
public final class Json {

    private Json() {}

    /// @throws IllegalArgumentException for a value of another kind
    public static String write(@Nullable Object value) {
        StringBuilder json = new StringBuilder();
        write(json, value, "\n");
        return json.toString();
    }

    private static void write(StringBuilder json, @Nullable Object value, String newLine) {
        switch (value) {
            case null -> json.append("null");
            case Map<?, ?> map -> writeMap(json, map, newLine);
            case List<?> list -> writeList(json, list, newLine);
            case Boolean truth -> json.append(truth.booleanValue());
            case Integer number -> json.append(number.intValue());
            case Long number -> json.append(number.longValue());
            case Instant instant -> writeString(json, instant.toString());
            case String text -> writeString(json, text);
            default -> throw new IllegalArgumentException("no JSON for a " + value.getClass());
        }
    }

    private static void writeMap(StringBuilder json, Map<?, ?> map, String newLine) {
        if (map.isEmpty()) {
            json.append("{}");
            return;
        }
        String separator = "{";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            json.append(separator).append(newLine).append("  ");
            writeString(json, String.valueOf(entry.getKey()));
            json.append(": ");
            write(json, entry.getValue(), newLine + "  ");
            separator = ",";
        }
        json.append(newLine).append('}');
    }

    private static void writeList(StringBuilder json, List<?> list, String newLine) {
        if (list.isEmpty()) {
            json.append("[]");
            return;
        }
        String separator = "[";
        for (Object element : list) {
            json.append(separator).append(newLine).append("  ");
            write(json, element, newLine + "  ");
            separator = ",";
        }
        json.append(newLine).append(']');
    }

    private static void writeString(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                default -> {
                    if (c < 0x20 || c == 0x7f || (Character.isSurrogate(c) && !paired(text, i))) {
                        json.append(String.format("\\u%04x", (int) c));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        json.append('"');
    }

    private static boolean paired(String text, int i) {
        return Character.isHighSurrogate(text.charAt(i))
                ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }
}
