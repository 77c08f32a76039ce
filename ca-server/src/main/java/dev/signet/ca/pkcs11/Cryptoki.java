package dev.signet.ca.pkcs11;

import java.util.List;

/// The functions of one PKCS#11 library that are used here: one method a function, no state.
/// Thread-safe as far as the library is, which is asked for at [#initialize()]. Each throws
/// [CryptokiException] for anything but CKR_OK, and may take for ever.
///
/// @rfc PKCS#11 2.40 5
interface Cryptoki {

    /// What is known of a token without login.
    record TokenInfo(String label, String manufacturer, String model, String serialNumber) {}

    /// @return false: it was initialized before
    boolean initialize();

    /// Ends all sessions of this process. No other call may be under way.
    void finalizeLibrary();

    /// Slots with a token in them.
    long[] slots();

    TokenInfo tokenInfo(long slot);

    /// @return its handle
    long openSession(long slot);

    void closeSession(long session);

    /// Logs this process in, all its sessions with the token. Being so already is no error.
    ///
    /// @param pin UTF-8; the caller clears it
    void login(long session, byte[] pin);

    void destroyObject(long session, long object);

    byte[] attribute(long session, long object, long type);

    /// @return handles of objects with these attributes, two at most
    long[] find(long session, List<Attribute> wanted);

    byte[] sign(long session, long key, long mechanism, byte[] data, int longestSignature);

    /// @return handles of public and private key
    long[] generateKeyPair(
            long session,
            long mechanism,
            List<Attribute> publicTemplate,
            List<Attribute> privateTemplate);
}
