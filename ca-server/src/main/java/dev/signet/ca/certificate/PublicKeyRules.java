package dev.signet.ca.certificate;

import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// Which public keys get a certificate: P-256 and P-384 (named curve, uncompressed point on the
/// curve), Ed25519 (canonical, not of small order), RSA of 2048 to 4096 bits. Gives each in its one
/// canonical encoding.
///
/// Compressed points are refused: RFC 5480 lets a CA do so, and not every TLS library reads them.
///
/// @rfc 5480 2
/// @rfc 8410 3
/// @rfc 3279 2.3.1
final class PublicKeyRules {

    /// An accepted key.
    ///
    /// @param keyInfo DER SubjectPublicKeyInfo, canonical
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Accepted(KeyKind kind, PublicKeyType type, byte[] keyInfo) {}

    /// Kinds of key by the JCA name of their KeyFactory.
    enum KeyKind {
        EC("EC"),
        ED25519("Ed25519"),
        RSA("RSA");

        private final String jcaName;

        KeyKind(String jcaName) {
            this.jcaName = jcaName;
        }

        String jcaName() {
            return jcaName;
        }
    }

    private static final byte[] ED25519_PREFIX =
            HexFormat.of().parseHex("302a300506032b6570032100");
    private static final int ED25519_LENGTH = 32;
    private static final BigInteger ED25519_PRIME =
            BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));

    /// The y coordinates of the eight points whose order divides 8: a signature under such a key
    /// proves nothing, since it verifies for many messages.
    private static final List<BigInteger> ED25519_SMALL_ORDER =
            List.of(
                    BigInteger.ZERO,
                    BigInteger.ONE,
                    ED25519_PRIME.subtract(BigInteger.ONE),
                    new BigInteger(
                            "05fc536d880238b13933c6d305acdfd5" + "f098eff289f4c345b027b2c28f95e826",
                            16),
                    new BigInteger(
                            "7a03ac9277fdc74ec6cc392cfa53202a" + "0f67100d760b3cba4fd84d3d706a17c7",
                            16));

    private PublicKeyRules() {}

    /// @throws UnacceptableRequestException KEY_NOT_ACCEPTED
    static Accepted check(SubjectPublicKeyInfo keyInfo) {
        AlgorithmIdentifier algorithm = keyInfo.getAlgorithm();
        ASN1ObjectIdentifier identifier = algorithm.getAlgorithm();
        ASN1BitString bits = keyInfo.getPublicKeyData();
        if (bits.getPadBits() != 0) {
            throw UnacceptableRequestException.key("public key is not a whole number of octets");
        }
        if (identifier.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            NamedCurve curve = curve(algorithm.getParameters());
            return new Accepted(KeyKind.EC, curve.keyType(), curve.keyInfo(bits.getOctets()));
        }
        if (identifier.equals(EdECObjectIdentifiers.id_Ed25519)) {
            return new Accepted(
                    KeyKind.ED25519, PublicKeyType.ED25519, ed25519(algorithm, bits.getOctets()));
        }
        if (identifier.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            return new Accepted(KeyKind.RSA, PublicKeyType.RSA, rsa(algorithm, bits.getOctets()));
        }
        throw UnacceptableRequestException.key(
                "public key is of a kind that is not accepted (expected: EC P-256 or P-384,"
                        + " Ed25519, RSA 2048 to 4096 as rsaEncryption)");
    }

    private static NamedCurve curve(ASN1Encodable parameters) {
        for (NamedCurve curve : NamedCurve.values()) {
            if (curve.identifier().equals(parameters)) {
                return curve;
            }
        }
        throw UnacceptableRequestException.key(
                "EC key's curve is not accepted (expected: the named curve P-256 or P-384)");
    }

    private static byte[] ed25519(AlgorithmIdentifier algorithm, byte[] key) {
        if (algorithm.getParameters() != null || key.length != ED25519_LENGTH) {
            throw UnacceptableRequestException.key(
                    "Ed25519 key is not 32 octets without parameters (RFC 8410)");
        }
        byte[] bigEndian = new byte[ED25519_LENGTH];
        for (int i = 0; i < ED25519_LENGTH; i++) {
            bigEndian[i] = key[ED25519_LENGTH - 1 - i];
        }
        bigEndian[0] &= 0x7f;
        BigInteger y = new BigInteger(1, bigEndian);
        if (y.compareTo(ED25519_PRIME) >= 0) {
            throw UnacceptableRequestException.key("Ed25519 key is not canonical (RFC 8032)");
        }
        if (ED25519_SMALL_ORDER.contains(y)) {
            throw UnacceptableRequestException.key("Ed25519 key is a point of small order");
        }
        byte[] keyInfo = Arrays.copyOf(ED25519_PREFIX, ED25519_PREFIX.length + ED25519_LENGTH);
        System.arraycopy(key, 0, keyInfo, ED25519_PREFIX.length, ED25519_LENGTH);
        return keyInfo;
    }

    private static byte[] rsa(AlgorithmIdentifier algorithm, byte[] key) {
        if (!DERNull.INSTANCE.equals(algorithm.getParameters())) {
            throw UnacceptableRequestException.key(
                    "RSA key's parameters are not NULL (RFC 3279 2.3.1)");
        }
        BigInteger modulus;
        BigInteger exponent;
        try {
            DerCursor outer = new DerCursor(key);
            DerCursor numbers = outer.next(DerCursor.SEQUENCE);
            outer.end();
            modulus = positive(numbers.next(DerCursor.INTEGER));
            exponent = positive(numbers.next(DerCursor.INTEGER));
            numbers.end();
        } catch (DerFormatException e) {
            throw UnacceptableRequestException.key("RSA key is not DER: " + e.getMessage());
        }
        RsaKeyRules.check(modulus, exponent);
        try {
            return new SubjectPublicKeyInfo(
                            new AlgorithmIdentifier(
                                    PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                            new DERSequence(
                                    new ASN1Encodable[] {
                                        new ASN1Integer(modulus), new ASN1Integer(exponent)
                                    }))
                    .getEncoded(ASN1Encoding.DER);
        } catch (IOException e) {
            throw new IllegalStateException("RSA key cannot be encoded", e);
        }
    }

    private static BigInteger positive(DerCursor integer) {
        int length = integer.length();
        if (length == 0
                || integer.octet(0) >= 0x80
                || (length > 1 && integer.octet(0) == 0 && integer.octet(1) < 0x80)) {
            throw new DerFormatException("an integer is not positive or not of the shortest form");
        }
        return new BigInteger(integer.content());
    }
}
