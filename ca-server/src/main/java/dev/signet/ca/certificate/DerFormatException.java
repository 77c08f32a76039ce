package dev.signet.ca.certificate;

/// Octets are not the DER that was expected. Never leaves this package; without a stack trace,
/// because hostile input must not be able to make us collect one per request (R12).
final class DerFormatException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DerFormatException(String message) {
        super(message, null, false, false);
    }

    /// @param defect what is wrong where it does not hold
    static void require(boolean holds, String defect) {
        if (!holds) {
            throw new DerFormatException(defect);
        }
    }
}
