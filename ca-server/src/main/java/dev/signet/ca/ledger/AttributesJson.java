package dev.signet.ca.ledger;

import java.util.Arrays;
import java.util.Map;

/// Attested attributes as one JSON object of strings (RFC 8259), keys sorted: the same attributes
/// give the same text. Control characters and everything beyond ASCII are escaped, so no attribute
/// can make a text that PostgreSQL refuses.
final class AttributesJson {

    private static final String HEX = "0123456789abcdef";

    private AttributesJson() {}

    static String of(Map<String, String> attributes) {
        if (attributes.isEmpty()) {
            return "{}";
        }
        String[] keys = attributes.keySet().toArray(new String[0]);
        Arrays.sort(keys);
        StringBuilder json = new StringBuilder(64 * keys.length).append('{');
        for (String key : keys) {
            if (json.length() > 1) {
                json.append(',');
            }
            string(json, key);
            json.append(':');
            string(json, attributes.getOrDefault(key, ""));
        }
        return json.append('}').toString();
    }

    private static void string(StringBuilder json, String text) {
        json.append('"');
        if (isPlain(text)) {
            json.append(text).append('"');
            return;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ' || c > '~') {
                json.append("\\u")
                        .append(HEX.charAt(c >> 12))
                        .append(HEX.charAt(c >> 8 & 0xf))
                        .append(HEX.charAt(c >> 4 & 0xf))
                        .append(HEX.charAt(c & 0xf));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }

    /// Nearly all are: names of Kubernetes objects.
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                return false;
            }
        }
        return true;
    }
}
