package dev.signet.ca.identity;

/// Letters of ASCII without regard to their case, and no others: Unicode folds the Kelvin sign to
/// `k` and the long s to `S`, so that two names that differ would be one. Pure.
public final class Ascii {

    private Ascii() {}

    /// The same object where there is nothing to do.
    public static String lowerCase(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isUpper(text.charAt(i))) {
                char[] lower = text.toCharArray();
                for (int j = i; j < lower.length; j++) {
                    lower[j] = lower(lower[j]);
                }
                return new String(lower);
            }
        }
        return text;
    }

    public static boolean startsWithIgnoringCase(String text, String beginning) {
        return text.length() >= beginning.length()
                && equalIgnoringCase(text.substring(0, beginning.length()), beginning);
    }

    public static boolean equalIgnoringCase(String one, String other) {
        if (one.length() != other.length()) {
            return false;
        }
        for (int i = 0; i < one.length(); i++) {
            if (lower(one.charAt(i)) != lower(other.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isUpper(char c) {
        return c >= 'A' && c <= 'Z';
    }

    private static char lower(char c) {
        return isUpper(c) ? (char) (c + ('a' - 'A')) : c;
    }
}
