package dev.signet.ca.attestation;

/// An issuer's keys could not be read this time. The message holds nothing that was read (R14).
final class KeysUnavailableException extends Exception {

    private static final long serialVersionUID = 1L;

    KeysUnavailableException(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
