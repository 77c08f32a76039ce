package dev.signet.ca.authority;

/// A signature could not be made. A fault, not a refusal: the caller is told INTERNAL, the operator
/// reads the cause.
public final class SigningException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public SigningException(String message, Throwable cause) {
        super(message, cause);
    }
}
