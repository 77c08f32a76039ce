package dev.signet.ca.authority;

/// What was brought along is not usable; the message says why, for whoever brought it. Does not
/// leave this package.
final class NotAcceptedException extends Exception {

    private static final long serialVersionUID = 1L;

    NotAcceptedException(String message) {
        super(message, null, false, false);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
