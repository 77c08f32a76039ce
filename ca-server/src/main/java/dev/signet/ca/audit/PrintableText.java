package dev.signet.ca.audit;

import dev.signet.ca.identity.ShownText;

/// Text from outside as the trail keeps it and as callers are told it: on one line, bounded. Pure.
public final class PrintableText {

    private PrintableText() {}

    /// Control characters become spaces, others that are not shown ([ShownText]) the replacement
    /// character; what is too long is cut. The same object where there is nothing to do.
    public static String of(String text, int maxLength) {
        if (text.length() <= maxLength && ShownText.isShown(text)) {
            return text;
        }
        StringBuilder printable = new StringBuilder(Math.min(text.length(), maxLength));
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (printable.length() + Character.charCount(c) > maxLength) {
                break;
            }
            printable.appendCodePoint(
                    ShownText.isShown(c) ? c : Character.isISOControl(c) ? ' ' : 0xFFFD);
        }
        return printable.toString();
    }

    /// Whether each character shows as itself.
    public static boolean isPrintable(String text) {
        return ShownText.isShown(text);
    }
}
