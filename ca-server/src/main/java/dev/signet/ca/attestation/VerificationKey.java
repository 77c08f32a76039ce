package dev.signet.ca.attestation;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;

import dev.signet.ca.crypto.CryptoProvider;

import org.jspecify.annotations.Nullable;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/// A public key of a token issuer, good for the algorithms that its own kind, curve and `alg` say
/// and no other: a token's header cannot choose (R8). Thread-safe. Compared by identity: a key that
/// is read again unchanged stays the same object, see [KeySet].
///
/// @rfc 7517
final class VerificationKey {

    private static final int MIN_RSA_BITS = 2048;
    private static final int MAX_RSA_BITS = 8192;
    private static final int OCTET_BITS = 8;
    private static final int ED25519_LENGTH = 32;

    /// SubjectPublicKeyInfo of Ed25519 up to the key itself (RFC 8410 4).
    private static final byte[] ED25519_PREFIX = {
        0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00
    };

    private final @Nullable String id;
    private final TokenAlgorithm.Family family;
    private final String curve;
    private final @Nullable String onlyAlgorithm;
    private final PublicKey key;

    private VerificationKey(
            @Nullable String id,
            TokenAlgorithm.Family family,
            String curve,
            @Nullable String onlyAlgorithm,
            PublicKey key) {
        this.id = id;
        this.family = family;
        this.curve = curve;
        this.onlyAlgorithm = onlyAlgorithm;
        this.key = key;
    }

    /// @return empty for a key that cannot verify signatures or is too weak or too large
    static Optional<VerificationKey> of(JWK jwk, CryptoProvider crypto) {
        boolean verifies =
                (jwk.getKeyUse() == null || KeyUse.SIGNATURE.equals(jwk.getKeyUse()))
                        && (jwk.getKeyOperations() == null
                                || jwk.getKeyOperations().contains(KeyOperation.VERIFY));
        if (!verifies) {
            return Optional.empty();
        }
        String only = jwk.getAlgorithm() == null ? null : jwk.getAlgorithm().getName();
        try {
            if (jwk instanceof ECKey ec) {
                PublicKey key = converted(crypto, "EC", ec.toECPublicKey().getEncoded());
                return Optional.of(
                        new VerificationKey(
                                jwk.getKeyID(),
                                TokenAlgorithm.Family.EC,
                                ec.getCurve().getName(),
                                only,
                                key));
            }
            if (jwk instanceof RSAKey rsa) {
                int bits = rsa.toRSAPublicKey().getModulus().bitLength();
                if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
                    return Optional.empty();
                }
                PublicKey key = converted(crypto, "RSA", rsa.toRSAPublicKey().getEncoded());
                return Optional.of(
                        new VerificationKey(
                                jwk.getKeyID(), TokenAlgorithm.Family.RSA, "", only, key));
            }
            if (jwk instanceof OctetKeyPair pair && Curve.Ed25519.equals(pair.getCurve())) {
                byte[] x = pair.getDecodedX();
                if (x.length != ED25519_LENGTH) {
                    return Optional.empty();
                }
                byte[] encoded = Arrays.copyOf(ED25519_PREFIX, ED25519_PREFIX.length + x.length);
                System.arraycopy(x, 0, encoded, ED25519_PREFIX.length, x.length);
                return Optional.of(
                        new VerificationKey(
                                jwk.getKeyID(),
                                TokenAlgorithm.Family.OKP,
                                Curve.Ed25519.getName(),
                                only,
                                converted(crypto, "Ed25519", encoded)));
            }
            return Optional.empty();
        } catch (JOSEException | GeneralSecurityException | RuntimeException _) {
            return Optional.empty();
        }
    }

    private static PublicKey converted(CryptoProvider crypto, String family, byte[] encoded)
            throws GeneralSecurityException {
        return crypto.keyFactory(family).generatePublic(new X509EncodedKeySpec(encoded));
    }

    /// The `kid`; null where the key has none.
    @Nullable String id() {
        return id;
    }

    boolean isFor(TokenAlgorithm algorithm) {
        return family == algorithm.family()
                && curve.equals(algorithm.curve())
                && (onlyAlgorithm == null || onlyAlgorithm.equals(algorithm.joseName()));
    }

    boolean isSameAs(VerificationKey other) {
        return Objects.equals(id, other.id)
                && family == other.family
                && curve.equals(other.curve)
                && Objects.equals(onlyAlgorithm, other.onlyAlgorithm)
                && Arrays.equals(key.getEncoded(), other.key.getEncoded());
    }

    /// @param algorithm one that the key [#isFor]
    boolean verifies(
            TokenAlgorithm algorithm,
            byte[] signingInput,
            byte[] signature,
            CryptoProvider crypto) {
        if (algorithm.signatureLength() != 0 && signature.length != algorithm.signatureLength()) {
            return false;
        }
        String jcaName = algorithm.jcaName();
        try {
            Signature verifier = crypto.signature(jcaName);
            if (!algorithm.pssDigest().isEmpty()) {
                verifier.setParameter(pss(algorithm.pssDigest()));
            }
            verifier.initVerify(key);
            verifier.update(signingInput);
            return verifier.verify(
                    family == TokenAlgorithm.Family.EC
                            ? EcdsaSignature.toDer(signature)
                            : signature);
        } catch (GeneralSecurityException | RuntimeException _) {
            crypto.discardSignature(jcaName);
            return false;
        }
    }

    private static PSSParameterSpec pss(String digest) {
        int saltLength = Integer.parseInt(digest.substring(digest.indexOf('-') + 1)) / OCTET_BITS;
        return new PSSParameterSpec(
                digest,
                "MGF1",
                new MGF1ParameterSpec(digest),
                saltLength,
                PSSParameterSpec.TRAILER_FIELD_BC);
    }
}
