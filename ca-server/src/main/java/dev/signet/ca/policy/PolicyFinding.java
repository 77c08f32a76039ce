package dev.signet.ca.policy;

/// Something about a policy document that its author should know. Immutable.
///
/// @param severity whether the document is refused for it
/// @param line of the document, from 1
/// @param column of the line in characters (Unicode code points), from 1
/// @param message one sentence: what is wrong, what was expected
public record PolicyFinding(Severity severity, int line, int column, String message) {

    /// How bad it is.
    public enum Severity {
        /// The document is refused.
        ERROR,
        /// The document is accepted.
        WARNING
    }

    @Override
    public String toString() {
        return line + ":" + column + ": " + severity + ": " + message;
    }
}
