package dev.signet.issuer.csr;

/// A duration is no duration, or shorter than Kubernetes allows.
final class InvalidDurationException extends Exception {

    private static final long serialVersionUID = 1L;

    InvalidDurationException(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
