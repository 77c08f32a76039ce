package dev.signet.issuer.request;

/// A certification request, or what goes with it, cannot be read or contradicts itself. The message
/// is for the requester; it holds no more than names of fields and counts.
public final class MalformedRequestException extends Exception {

    private static final long serialVersionUID = 1L;

    /// @param message shown to the requester
    public MalformedRequestException(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
