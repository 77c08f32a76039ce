package dev.signet.ca.attestation;

/// There was no answer, or none that is usable. The message follows the name of who was asked, and
/// holds nothing of an answer (R14).
final class HttpsFailureException extends Exception {

    private static final long serialVersionUID = 1L;

    HttpsFailureException(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
