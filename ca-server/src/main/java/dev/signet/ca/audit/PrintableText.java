package dev.signet.ca.audit;

/// Text from outside as the trail keeps it and as callers are told it: on one line, bounded. Pure.
public final class PrintableText {

    private PrintableText() {}

    /// Control characters become spaces, halves of a character the replacement character; what is
    /// too long is cut. The same object where there is nothing to do.
    public static String of(String text, int maxLength) {
        if (text.length() <= maxLength && isPlain(text)) {
            return text;
        }
        StringBuilder printable = new StringBuilder(Math.min(text.length(), maxLength));
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (printable.length() + Character.charCount(c) > maxLength) {
                break;
            }
            printable.appendCodePoint(isHalf(c) ? 0xFFFD : Character.isISOControl(c) ? ' ' : c);
        }
        return printable.toString();
    }

    /// Whether it holds neither control characters nor halves of a character.
    public static boolean isPrintable(String text) {
        return text.codePoints().noneMatch(c -> Character.isISOControl(c) || isHalf(c));
    }

    /// Of the common characters alone: quick to tell.
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c) || Character.isSurrogate(c)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isHalf(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }
}
