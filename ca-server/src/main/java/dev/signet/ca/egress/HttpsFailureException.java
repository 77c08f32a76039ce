package dev.signet.ca.egress;

/// There was no answer, or none that is usable. The message follows the name of who was asked, and
/// holds nothing of an answer (R14).
public final class HttpsFailureException extends Exception {

    private static final long serialVersionUID = 1L;

    public HttpsFailureException(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
