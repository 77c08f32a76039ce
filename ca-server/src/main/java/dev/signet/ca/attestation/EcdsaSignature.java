package dev.signet.ca.attestation;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.impl.ECDSA;

import java.security.SignatureException;

/// JOSE writes an ECDSA signature as r and s side by side, JCA as DER.
///
/// @rfc 7518 3.4
final class EcdsaSignature {

    private EcdsaSignature() {}

    static byte[] toDer(byte[] joined) throws SignatureException {
        try {
            return ECDSA.transcodeSignatureToDER(joined);
        } catch (JOSEException e) {
            throw new SignatureException("not r and s side by side", e);
        }
    }
}
