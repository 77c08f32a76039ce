package dev.signet.cli.inspect;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

import java.io.IOException;

/// Kind and size of a public key, in words.
final class Keys {

    private Keys() {}

    static String words(SubjectPublicKeyInfo key) throws IOException {
        ASN1ObjectIdentifier algorithm = key.getAlgorithm().getAlgorithm();
        if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            return "ECDSA " + curve(key);
        }
        if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            int bits = RSAPublicKey.getInstance(key.parsePublicKey()).getModulus().bitLength();
            return "RSA " + bits;
        }
        if (algorithm.equals(EdECObjectIdentifiers.id_Ed25519)) {
            return "Ed25519";
        }
        return algorithm.getId();
    }

    private static String curve(SubjectPublicKeyInfo key) {
        ASN1Primitive parameters = key.getAlgorithm().getParameters().toASN1Primitive();
        if (!(parameters instanceof ASN1ObjectIdentifier curve)) {
            return "with explicit parameters";
        }
        String name = ECNamedCurveTable.getName(curve);
        return switch (name) {
            case null -> curve.getId();
            case "secp256r1", "prime256v1", "P-256" -> "P-256";
            case "secp384r1", "P-384" -> "P-384";
            case "secp521r1", "P-521" -> "P-521";
            default -> name;
        };
    }
}
