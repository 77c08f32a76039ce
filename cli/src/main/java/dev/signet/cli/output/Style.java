package dev.signet.cli.output;

/// Marks text by ANSI sequences, or leaves it as it is. Immutable.
public final class Style {

    private static final Style ON = new Style(true);
    private static final Style OFF = new Style(false);

    private final boolean on;

    private Style(boolean on) {
        this.on = on;
    }

    static Style of(boolean on) {
        return on ? ON : OFF;
    }

    /// Whether text is marked at all.
    public boolean on() {
        return on;
    }

    public String bold(String text) {
        return wrap("1", text);
    }

    public String dim(String text) {
        return wrap("2", text);
    }

    public String red(String text) {
        return wrap("31", text);
    }

    public String green(String text) {
        return wrap("32", text);
    }

    public String yellow(String text) {
        return wrap("33", text);
    }

    public String cyan(String text) {
        return wrap("36", text);
    }

    private String wrap(String code, String text) {
        return on ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }

    /// Text from elsewhere without what a terminal would obey: control characters and marks that
    /// reverse the reading direction become `?`.
    public static String printable(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        text.codePoints().map(c -> obeyed(c) ? '?' : c).forEach(printable::appendCodePoint);
        return printable.toString();
    }

    static boolean obeyed(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED ->
                    true;
            default -> false;
        };
    }
}
