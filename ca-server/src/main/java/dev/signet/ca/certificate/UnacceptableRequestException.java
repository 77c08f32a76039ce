package dev.signet.ca.certificate;

import dev.signet.ca.refusal.RefusalCode;

/// Carries a refusal out of the depths of reading a certification request, to
/// [SigningRequestReader#read(byte[])] and no further. Without a stack trace (R12).
final class UnacceptableRequestException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final RefusalCode code;

    private UnacceptableRequestException(RefusalCode code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    static UnacceptableRequestException malformed(String message) {
        return new UnacceptableRequestException(RefusalCode.CSR_MALFORMED, message);
    }

    static UnacceptableRequestException key(String message) {
        return new UnacceptableRequestException(RefusalCode.KEY_NOT_ACCEPTED, message);
    }

    static UnacceptableRequestException signature(String message) {
        return new UnacceptableRequestException(RefusalCode.CSR_SIGNATURE_INVALID, message);
    }

    RefusalCode code() {
        return code;
    }

    String text() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
