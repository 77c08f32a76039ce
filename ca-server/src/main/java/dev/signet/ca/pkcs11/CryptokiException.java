package dev.signet.ca.pkcs11;

import java.util.Map;

/// A function of the library did not return CKR_OK.
///
/// @rfc PKCS#11 2.40 4.13
final class CryptokiException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    static final long USER_ALREADY_LOGGED_IN = 0x100;
    static final long CRYPTOKI_NOT_INITIALIZED = 0x190;
    static final long CRYPTOKI_ALREADY_INITIALIZED = 0x191;

    private static final Map<Long, String> NAMES =
            Map.ofEntries(
                    Map.entry(0x03L, "CKR_SLOT_ID_INVALID"),
                    Map.entry(0x05L, "CKR_GENERAL_ERROR"),
                    Map.entry(0x06L, "CKR_FUNCTION_FAILED"),
                    Map.entry(0x07L, "CKR_ARGUMENTS_BAD"),
                    Map.entry(0x30L, "CKR_DEVICE_ERROR"),
                    Map.entry(0x31L, "CKR_DEVICE_MEMORY"),
                    Map.entry(0x32L, "CKR_DEVICE_REMOVED"),
                    Map.entry(0x60L, "CKR_KEY_HANDLE_INVALID"),
                    Map.entry(0x70L, "CKR_MECHANISM_INVALID"),
                    Map.entry(0x82L, "CKR_OBJECT_HANDLE_INVALID"),
                    Map.entry(0xA0L, "CKR_PIN_INCORRECT"),
                    Map.entry(0xA1L, "CKR_PIN_INVALID"),
                    Map.entry(0xA2L, "CKR_PIN_LEN_RANGE"),
                    Map.entry(0xA3L, "CKR_PIN_EXPIRED"),
                    Map.entry(0xA4L, "CKR_PIN_LOCKED"),
                    Map.entry(0xB0L, "CKR_SESSION_CLOSED"),
                    Map.entry(0xB1L, "CKR_SESSION_COUNT"),
                    Map.entry(0xB3L, "CKR_SESSION_HANDLE_INVALID"),
                    Map.entry(0xB5L, "CKR_SESSION_READ_ONLY"),
                    Map.entry(0xD0L, "CKR_TEMPLATE_INCOMPLETE"),
                    Map.entry(0xD1L, "CKR_TEMPLATE_INCONSISTENT"),
                    Map.entry(0xE0L, "CKR_TOKEN_NOT_PRESENT"),
                    Map.entry(0xE1L, "CKR_TOKEN_NOT_RECOGNIZED"),
                    Map.entry(0x101L, "CKR_USER_NOT_LOGGED_IN"),
                    Map.entry(0x102L, "CKR_USER_PIN_NOT_INITIALIZED"),
                    Map.entry(CRYPTOKI_NOT_INITIALIZED, "CKR_CRYPTOKI_NOT_INITIALIZED"));

    private final long code;

    CryptokiException(String function, long code) {
        super(function + " gave " + NAMES.getOrDefault(code, "0x" + Long.toHexString(code)));
        this.code = code;
    }

    long code() {
        return code;
    }

    /// Whether the token refused the PIN. Trying again with the same one may lock it.
    boolean refusedPin() {
        return code >= 0xA0 && code <= 0xA4;
    }
}
