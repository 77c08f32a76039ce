package dev.signet.ca.certificate;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;

/// The elliptic curves whose keys are accepted.
///
/// @rfc 5480 2.1.1
@SuppressWarnings("ImmutableEnumChecker") // never changed after construction
enum NamedCurve {
    P256(
            PublicKeyType.P256,
            SECObjectIdentifiers.secp256r1,
            32,
            "3059301306072a8648ce3d020106082a8648ce3d030107034200",
            "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
            "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"),
    P384(
            PublicKeyType.P384,
            SECObjectIdentifiers.secp384r1,
            48,
            "3076301006072a8648ce3d020106052b81040022036200",
            "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe"
                    + "ffffffff0000000000000000ffffffff",
            "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875a"
                    + "c656398d8a2ed19d2a85c8edd3ec2aef");

    private static final int UNCOMPRESSED = 0x04;
    private static final BigInteger THREE = BigInteger.valueOf(3);

    private final PublicKeyType keyType;
    private final ASN1ObjectIdentifier identifier;
    private final int fieldLength;
    private final byte[] keyInfoPrefix;
    private final BigInteger prime;
    private final BigInteger b;

    NamedCurve(
            PublicKeyType keyType,
            ASN1ObjectIdentifier identifier,
            int fieldLength,
            String keyInfoPrefix,
            String prime,
            String b) {
        this.keyType = keyType;
        this.identifier = identifier;
        this.fieldLength = fieldLength;
        this.keyInfoPrefix = HexFormat.of().parseHex(keyInfoPrefix);
        this.prime = new BigInteger(prime, 16);
        this.b = new BigInteger(b, 16);
    }

    PublicKeyType keyType() {
        return keyType;
    }

    ASN1ObjectIdentifier identifier() {
        return identifier;
    }

    /// Checks the point and encodes it as SubjectPublicKeyInfo.
    ///
    /// @throws UnacceptableRequestException KEY_NOT_ACCEPTED when it is not the uncompressed form
    ///   of a point on the curve
    byte[] keyInfo(byte[] point) {
        if (point.length == 1 && point[0] == 0) {
            throw UnacceptableRequestException.key("EC point is the point at infinity");
        }
        if (point.length != 1 + 2 * fieldLength || point[0] != UNCOMPRESSED) {
            throw UnacceptableRequestException.key(
                    "EC point is not of the uncompressed form (expected: 04, then X and Y of "
                            + fieldLength
                            + " octets each)");
        }
        BigInteger x = new BigInteger(1, point, 1, fieldLength);
        BigInteger y = new BigInteger(1, point, 1 + fieldLength, fieldLength);
        BigInteger right = x.multiply(x).subtract(THREE).multiply(x).add(b);
        if (x.compareTo(prime) >= 0
                || y.compareTo(prime) >= 0
                || y.multiply(y).subtract(right).mod(prime).signum() != 0) {
            throw UnacceptableRequestException.key("EC point is not on the curve " + this);
        }
        byte[] keyInfo = Arrays.copyOf(keyInfoPrefix, keyInfoPrefix.length + point.length);
        System.arraycopy(point, 0, keyInfo, keyInfoPrefix.length, point.length);
        return keyInfo;
    }
}
