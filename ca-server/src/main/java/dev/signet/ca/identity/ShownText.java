package dev.signet.ca.identity;

/// What text may hold that people read: in reasons, subjects, attested attributes, logs. Nothing
/// that is invisible, and nothing that changes how the text around it is shown, so that two texts
/// that read alike are alike, and none reads other than it is. Pure.
public final class ShownText {

    private ShownText() {}

    /// Whether each of its characters shows as itself.
    public static boolean isShown(String text) {
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            if (!isShown(c)) {
                return false;
            }
            i += Character.charCount(c);
        }
        return true;
    }

    /// Not control and formatting characters (U+202E among them), separators of lines, private
    /// ones, those that are not assigned, halves of a character, and letters without a shape.
    public static boolean isShown(int codePoint) {
        if (codePoint >= ' ' && codePoint <= '~') {
            return true;
        }
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> !isBlankLetter(codePoint);
        };
    }

    /// Default_Ignorable_Code_Point that is none of the above, but for variation selectors, which
    /// an emoji may have; and the braille pattern without a dot.
    private static boolean isBlankLetter(int c) {
        return c == 0x034f
                || c == 0x115f
                || c == 0x1160
                || c == 0x17b4
                || c == 0x17b5
                || (c >= 0x180b && c <= 0x180f)
                || c == 0x2800
                || c == 0x3164
                || c == 0xffa0
                || (c >= 0xe0100 && c <= 0xe01ef);
    }
}
