package dev.signet.ca.certificate;

import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.refusal.Refusal;
import dev.signet.ca.refusal.RefusalCode;

/// stub
public final class SigningRequestReader {

    public SigningRequestReader(CryptoProvider crypto) {}

    public SigningRequest.Reading read(byte[] input) {
        return new SigningRequest.Reading.Rejected(
                Refusal.of(RefusalCode.CSR_MALFORMED, "not yet"));
    }
}
