package dev.signet.ca.egress;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;

/// Whether a private key belongs to a certificate: proved by a signature, as not every key can be
/// compared. Stateless.
final class KeyPairProof {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int CHALLENGE_BYTES = 32;

    private KeyPairProof() {}

    /// @throws GeneralSecurityException when it does not, naming both files
    static void require(PrivateKey key, PublicKey certified, Path keyFile, Path certificateFile)
            throws GeneralSecurityException {
        if (!belongs(key, certified)) {
            throw new InvalidKeyException(
                    "the key in "
                            + keyFile
                            + " is not the one of the certificate in "
                            + certificateFile
                            + " (expected: a pair; one of the two may be about to be replaced)");
        }
    }

    private static boolean belongs(PrivateKey key, PublicKey certified)
            throws GeneralSecurityException {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "EC" -> "SHA256withECDSA";
                    case "RSA" -> "SHA256withRSA";
                    default -> "EdDSA";
                };
        byte[] challenge = new byte[CHALLENGE_BYTES];
        RANDOM.nextBytes(challenge);
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(challenge);
        byte[] signed = signature.sign();
        try {
            signature.initVerify(certified);
            signature.update(challenge);
            return signature.verify(signed);
        } catch (GeneralSecurityException _) {
            return false; // of another algorithm or curve
        }
    }
}
