package dev.signet.ca.policy;

import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.nodes.ScalarNode;

/// A value of the document that is text, and where each of its characters stands in the document:
/// the author of a condition in a block of five lines is told the line of those five. Immutable.
final class Scalar {

    private final String value;
    private final int start;
    private final ScalarStyle style;
    private final DocumentText document;

    Scalar(ScalarNode node, DocumentText document) {
        this.value = node.getValue();
        this.start = node.getStartMark().getIndex();
        this.style = node.getScalarStyle();
        this.document = document;
    }

    String value() {
        return value;
    }

    /// Where the value begins.
    Position at() {
        return document.position(start);
    }

    /// Where a character of the value stands. YAML folds lines, drops indentation and knows
    /// escapes; walking value and document side by side undoes that.
    ///
    /// @param offset in code points of the value; beyond its end: the end
    Position at(int offset) {
        int[] wanted = value.codePoints().toArray();
        int raw = firstOfContent();
        for (int i = 0; i < wanted.length; i++) {
            if (!isSpace(wanted[i])) {
                raw = skipToContent(raw);
            }
            if (i == offset) {
                break;
            }
            raw += width(raw, wanted[i]);
        }
        return document.position(Math.min(raw, document.length()));
    }

    private int firstOfContent() {
        return switch (style) {
            case SINGLE_QUOTED, DOUBLE_QUOTED -> start + 1;
            case LITERAL, FOLDED -> behindLine(start);
            case PLAIN, JSON_SCALAR_STYLE -> start;
        };
    }

    private int behindLine(int from) {
        int i = from;
        while (i < document.length() && document.codePoint(i) != '\n') {
            i++;
        }
        return i + 1;
    }

    private int skipToContent(int from) {
        int i = from;
        while (isSpace(document.codePoint(i)) || isFoldedBreak(i)) {
            i++;
        }
        return i;
    }

    /// How many characters of the document made this one of the value.
    private int width(int raw, int wanted) {
        int seen = document.codePoint(raw);
        if (style == ScalarStyle.DOUBLE_QUOTED && seen == '\\') {
            return switch (document.codePoint(raw + 1)) {
                case 'x' -> 4;
                case 'u' -> 6;
                case 'U' -> 10;
                default -> 2;
            };
        }
        if (style == ScalarStyle.SINGLE_QUOTED && wanted == '\'') {
            return 2;
        }
        return isSpace(wanted) && !isSpace(seen) ? 0 : 1;
    }

    private boolean isFoldedBreak(int i) {
        return style == ScalarStyle.DOUBLE_QUOTED
                && document.codePoint(i) == '\\'
                && (document.codePoint(i + 1) == '\n' || document.codePoint(i + 1) == '\r');
    }

    private static boolean isSpace(int c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }

    @Override
    public String toString() {
        return value;
    }
}
