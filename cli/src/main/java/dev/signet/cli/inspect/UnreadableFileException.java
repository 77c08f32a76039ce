package dev.signet.cli.inspect;

/// The file holds nothing that can be shown; the message says what was found instead.
public final class UnreadableFileException extends Exception {

    private static final long serialVersionUID = 1L;

    UnreadableFileException(String message) {
        super(message);
    }
}
