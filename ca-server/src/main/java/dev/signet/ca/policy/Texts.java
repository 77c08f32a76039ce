package dev.signet.ca.policy;

import dev.signet.ca.identity.ShownText;

/// How a value is shown in a condition or a finding.
final class Texts {

    private Texts() {}

    /// As a CEL literal; control characters escaped.
    static String quoted(String value) {
        StringBuilder text = new StringBuilder(value.length() + 2).append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (!Character.isSurrogate(c) && !ShownText.isShown(c)) {
                text.append(String.format("\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        return text.append('"').toString();
    }
}
