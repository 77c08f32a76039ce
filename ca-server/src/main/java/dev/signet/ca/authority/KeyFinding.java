package dev.signet.ca.authority;

/// One thing that [KeyExamination] looked at.
///
/// @param level how it is
/// @param subject what it is about: `database`, `key-encryption key`, an authority's id
/// @param check what was looked at, in a few words
/// @param text what was found
/// @param remedy what to do; empty where nothing is to be done
public record KeyFinding(Level level, String subject, String check, String text, String remedy) {

    /// How it is.
    public enum Level {
        PASS,

        /// Works, and should not stay so.
        WARN,

        /// Does not work, or soon will not.
        FAIL
    }

    static KeyFinding pass(String subject, String check, String text) {
        return new KeyFinding(Level.PASS, subject, check, text, "");
    }

    static KeyFinding warn(String subject, String check, String text, String remedy) {
        return new KeyFinding(Level.WARN, subject, check, text, remedy);
    }

    static KeyFinding fail(String subject, String check, String text, String remedy) {
        return new KeyFinding(Level.FAIL, subject, check, text, remedy);
    }
}
