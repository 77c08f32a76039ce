package dev.signet.ca.certificate;

import dev.signet.ca.certificate.PublicKeyRules.KeyKind;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.jspecify.annotations.Nullable;

import java.util.Map;

/// The signature algorithms with which possession of a key may be proved: SHA-2, and for RSA PKCS#1
/// v1.5. No SHA-1, no MD5; no PSS, whose parameters are one more thing to get wrong and which no
/// client of ours uses here.
///
/// @rfc 5758 3.2
/// @rfc 8410 6
/// @rfc 4055 5
final class RequestSignatureAlgorithm {

    private static final Map<ASN1ObjectIdentifier, String> ECDSA =
            Map.of(
                    X9ObjectIdentifiers.ecdsa_with_SHA256, "SHA256withECDSA",
                    X9ObjectIdentifiers.ecdsa_with_SHA384, "SHA384withECDSA",
                    X9ObjectIdentifiers.ecdsa_with_SHA512, "SHA512withECDSA");
    private static final Map<ASN1ObjectIdentifier, String> RSA =
            Map.of(
                    PKCSObjectIdentifiers.sha256WithRSAEncryption, "SHA256withRSA",
                    PKCSObjectIdentifiers.sha384WithRSAEncryption, "SHA384withRSA",
                    PKCSObjectIdentifiers.sha512WithRSAEncryption, "SHA512withRSA");
    private static final Map<ASN1ObjectIdentifier, String> EDDSA =
            Map.of(EdECObjectIdentifiers.id_Ed25519, "Ed25519");

    private RequestSignatureAlgorithm() {}

    /// @throws UnacceptableRequestException CSR_SIGNATURE_INVALID when the algorithm is not
    ///   accepted, or not one of the key's
    static String jcaName(KeyKind kind, AlgorithmIdentifier algorithm) {
        Map<ASN1ObjectIdentifier, String> accepted =
                switch (kind) {
                    case EC -> ECDSA;
                    case ED25519 -> EDDSA;
                    case RSA -> RSA;
                };
        String name = accepted.get(algorithm.getAlgorithm());
        if (name == null) {
            throw UnacceptableRequestException.signature(
                    "certification request's signature algorithm is not accepted for its key"
                            + " (expected: "
                            + String.join(", ", accepted.values().stream().sorted().toList())
                            + ")");
        }
        @Nullable ASN1Encodable parameters = algorithm.getParameters();
        boolean asSpecified =
                parameters == null || (kind == KeyKind.RSA && DERNull.INSTANCE.equals(parameters));
        if (!asSpecified) {
            throw UnacceptableRequestException.signature(
                    "certification request's signature algorithm has parameters (expected: none)");
        }
        return name;
    }
}
