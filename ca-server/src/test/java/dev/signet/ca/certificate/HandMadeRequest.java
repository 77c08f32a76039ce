package dev.signet.ca.certificate;

import dev.signet.ca.TestCertificates.SubjectKeyType;
import dev.signet.ca.refusal.RefusalCode;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// A certification request put together field by field, so that each can be wrong, and the list of
/// named defects. The signature is right unless the defect is in it.
final class HandMadeRequest {

    record Defect(String name, byte[] der, RefusalCode code) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final long SEED = 20261123;

    private final SubjectKeyType type;
    private KeyPair signer;
    private ASN1Encodable version = new ASN1Integer(0);
    private ASN1Encodable subject = new DERSequence();
    private ASN1Encodable keyInfo;
    private ASN1Encodable attributes = new DERTaggedObject(false, 0, new DERSet());
    private ASN1Encodable algorithm;
    private int padBits;

    private HandMadeRequest(SubjectKeyType type) {
        this.type = type;
        this.signer = type.keyPair();
        this.keyInfo = SubjectPublicKeyInfo.getInstance(signer.getPublic().getEncoded());
        this.algorithm =
                new DefaultSignatureAlgorithmIdentifierFinder().find(type.signatureAlgorithm());
    }

    static HandMadeRequest of(SubjectKeyType type) {
        return new HandMadeRequest(type);
    }

    HandMadeRequest signedBy(KeyPair other) {
        signer = other;
        return this;
    }

    private HandMadeRequest version(ASN1Encodable value) {
        version = value;
        return this;
    }

    private HandMadeRequest subject(ASN1Encodable value) {
        subject = value;
        return this;
    }

    private HandMadeRequest key(ASN1ObjectIdentifier kind, ASN1Encodable parameters, byte[] bits) {
        keyInfo =
                new DERSequence(
                        new ASN1Encodable[] {
                            parameters == null
                                    ? new DERSequence(kind)
                                    : new DERSequence(new ASN1Encodable[] {kind, parameters}),
                            new DERBitString(bits)
                        });
        return this;
    }

    private HandMadeRequest attributes(ASN1Encodable... values) {
        attributes = new DERTaggedObject(false, 0, new DERSet(values));
        return this;
    }

    private HandMadeRequest rawAttributes(ASN1Encodable value) {
        attributes = value;
        return this;
    }

    private HandMadeRequest algorithm(ASN1Encodable value) {
        algorithm = value;
        return this;
    }

    private HandMadeRequest extensions(ASN1Encodable... extensions) {
        return attributes(extensionRequest(new DERSequence(extensions)));
    }

    private static DERSequence extensionRequest(ASN1Encodable... values) {
        return new DERSequence(
                new ASN1Encodable[] {
                    PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, new DERSet(values)
                });
    }

    private static DERSequence extension(ASN1ObjectIdentifier type, byte[] value) {
        return new DERSequence(new ASN1Encodable[] {type, new DEROctetString(value)});
    }

    private static DERSequence extension(ASN1ObjectIdentifier type, ASN1Encodable value) {
        return extension(type, encoded(value));
    }

    private static byte[] encoded(ASN1Encodable value) {
        try {
            return value.toASN1Primitive().getEncoded(ASN1Encoding.DER);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    byte[] der() {
        DERSequence info =
                attributes == null
                        ? new DERSequence(new ASN1Encodable[] {version, subject, keyInfo})
                        : new DERSequence(
                                new ASN1Encodable[] {version, subject, keyInfo, attributes});
        try {
            Signature signature = Signature.getInstance(type.signatureAlgorithm());
            signature.initSign(signer.getPrivate());
            signature.update(encoded(info));
            byte[] bits = signature.sign();
            if (padBits > 0) {
                bits[bits.length - 1] = 0;
            }
            return encoded(
                    new DERSequence(
                            new ASN1Encodable[] {
                                info, algorithm, new DERBitString(bits, padBits)
                            }));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static Defect malformed(String name, HandMadeRequest request) {
        return new Defect(name, request.der(), RefusalCode.CSR_MALFORMED);
    }

    private static Defect key(String name, HandMadeRequest request) {
        return new Defect(name, request.der(), RefusalCode.KEY_NOT_ACCEPTED);
    }

    private static Defect signature(String name, HandMadeRequest request) {
        return new Defect(name, request.der(), RefusalCode.CSR_SIGNATURE_INVALID);
    }

    private static HandMadeRequest p256() {
        return of(SubjectKeyType.P256);
    }

    private static final List<Defect> DEFECTS = allDefects();

    /// Made once, because the weak RSA keys take a second.
    static List<Defect> defects() {
        return DEFECTS;
    }

    private static List<Defect> allDefects() {
        List<Defect> defects = new ArrayList<>();
        structureDefects(defects);
        extensionDefects(defects);
        ecKeyDefects(defects);
        edwardsKeyDefects(defects);
        rsaKeyDefects(defects);
        signatureDefects(defects);
        return defects;
    }

    private static void structureDefects(List<Defect> defects) {
        defects.add(malformed("version 1", p256().version(new ASN1Integer(1))));
        defects.add(malformed("version as text", p256().version(new DERIA5String("0"))));
        defects.add(malformed("no attributes field", p256().rawAttributes(null)));
        defects.add(
                malformed(
                        "attributes with tag 1",
                        p256().rawAttributes(new DERTaggedObject(false, 1, new DERSet()))));
        defects.add(malformed("subject as a number", p256().subject(new ASN1Integer(5))));
        defects.add(
                malformed(
                        "subject of numbers", p256().subject(new DERSequence(new ASN1Integer(5)))));
        defects.add(malformed("attribute without values", p256().attributes(new DERSequence())));
        DERSequence password =
                new DERSequence(
                        new ASN1Encodable[] {
                            PKCSObjectIdentifiers.pkcs_9_at_challengePassword,
                            new DERSet(new DERPrintableString("x"))
                        });
        DERSequence otherPassword =
                new DERSequence(
                        new ASN1Encodable[] {
                            PKCSObjectIdentifiers.pkcs_9_at_challengePassword,
                            new DERSet(new DERPrintableString("y"))
                        });
        defects.add(malformed("attribute twice", p256().attributes(password, otherPassword)));
        ASN1EncodableVector many = new ASN1EncodableVector();
        for (int i = 0; i < 17; i++) {
            many.add(
                    new DERSequence(
                            new ASN1Encodable[] {
                                new ASN1ObjectIdentifier("1.2.3." + i),
                                new DERSet(new ASN1Integer(i))
                            }));
        }
        defects.add(
                malformed(
                        "17 attributes",
                        p256().rawAttributes(new DERTaggedObject(false, 0, new DERSet(many)))));
        ASN1EncodableVector elements = new ASN1EncodableVector();
        for (int i = 0; i < 1000; i++) {
            elements.add(new ASN1Integer(i));
        }
        defects.add(malformed("1,000 elements", p256().subject(new DERSequence(elements))));
    }

    private static void extensionDefects(List<Defect> defects) {
        byte[] names = encoded(new DERSequence(uri("spiffe://example.org/a")));
        defects.add(
                malformed(
                        "duplicate extension",
                        p256().extensions(
                                        extension(Extension.subjectAlternativeName, names),
                                        extension(Extension.subjectAlternativeName, names))));
        defects.add(malformed("no extensions", p256().extensions()));
        defects.add(
                malformed(
                        "extensionRequest with two values",
                        p256().attributes(
                                        extensionRequest(
                                                new DERSequence(
                                                        extension(
                                                                Extension.subjectAlternativeName,
                                                                names)),
                                                new DERSequence(
                                                        extension(
                                                                Extension.keyUsage,
                                                                new DERBitString(
                                                                        new byte[] {1})))))));
        defects.add(
                malformed("extensionRequest without value", p256().attributes(extensionRequest())));
        defects.add(
                malformed(
                        "empty extKeyUsage",
                        p256().extensions(
                                        extension(Extension.extendedKeyUsage, new DERSequence()))));
        defects.add(
                malformed(
                        "extKeyUsage of numbers",
                        p256().extensions(
                                        extension(
                                                Extension.extendedKeyUsage,
                                                new DERSequence(new ASN1Integer(1))))));
        ASN1EncodableVector purposes = new ASN1EncodableVector();
        for (int i = 0; i < 33; i++) {
            purposes.add(KeyPurposeId.id_kp_serverAuth);
        }
        defects.add(
                malformed(
                        "33 purposes",
                        p256().extensions(
                                        extension(
                                                Extension.extendedKeyUsage,
                                                new DERSequence(purposes)))));
        defects.add(
                malformed(
                        "empty subjectAltName",
                        p256().extensions(
                                        extension(
                                                Extension.subjectAlternativeName,
                                                new DERSequence()))));
        defects.add(
                malformed(
                        "subjectAltName with trailing octet",
                        p256().extensions(
                                        extension(
                                                Extension.subjectAlternativeName,
                                                Arrays.copyOf(names, names.length + 1)))));
        for (int count : new int[] {101, 400, 10_000}) {
            ASN1EncodableVector sans = new ASN1EncodableVector();
            for (int i = 0; i < count; i++) {
                sans.add(uri("spiffe://example.org/" + i));
            }
            defects.add(
                    malformed(
                            count + " SANs",
                            p256().extensions(
                                            extension(
                                                    Extension.subjectAlternativeName,
                                                    new DERSequence(sans)))));
        }
        defects.add(
                malformed(
                        "keyUsage as a number",
                        p256().extensions(extension(Extension.keyUsage, new ASN1Integer(1)))));
        defects.add(
                malformed(
                        "basicConstraints as text",
                        p256().extensions(
                                        extension(
                                                Extension.basicConstraints,
                                                new DERIA5String("CA:TRUE")))));
        defects.add(
                malformed(
                        "extension with an empty value",
                        p256().extensions(extension(Extension.basicConstraints, new byte[0]))));
    }

    private static DERTaggedObject uri(String text) {
        return new DERTaggedObject(false, 6, new DERIA5String(text));
    }

    private static void ecKeyDefects(List<Defect> defects) {
        byte[] keyInfo = SubjectKeyType.P256.keyPair().getPublic().getEncoded();
        byte[] point = Arrays.copyOfRange(keyInfo, keyInfo.length - 65, keyInfo.length);
        ASN1ObjectIdentifier ec = X9ObjectIdentifiers.id_ecPublicKey;
        ASN1ObjectIdentifier p256 = SECObjectIdentifiers.secp256r1;
        byte[] off = point.clone();
        off[64] ^= 1;
        defects.add(key("point off the curve", p256().key(ec, p256, off)));
        defects.add(key("point at infinity", p256().key(ec, p256, new byte[1])));
        byte[] zero = new byte[65];
        zero[0] = 4;
        defects.add(key("point zero", p256().key(ec, p256, zero)));
        byte[] tooLarge = point.clone();
        Arrays.fill(tooLarge, 1, 33, (byte) 0xff);
        defects.add(key("coordinate above the prime", p256().key(ec, p256, tooLarge)));
        byte[] compressed = Arrays.copyOf(point, 33);
        compressed[0] = (byte) (2 + (point[64] & 1));
        defects.add(key("compressed point", p256().key(ec, p256, compressed)));
        byte[] hybrid = point.clone();
        hybrid[0] = (byte) (6 + (point[64] & 1));
        defects.add(key("hybrid point", p256().key(ec, p256, hybrid)));
        defects.add(
                key(
                        "point of another curve",
                        p256().key(ec, SECObjectIdentifiers.secp384r1, point)));
        defects.add(key("point cut off", p256().key(ec, p256, Arrays.copyOf(point, 64))));
        defects.add(key("no point", p256().key(ec, p256, new byte[0])));
        defects.add(key("P-521", p256().key(ec, SECObjectIdentifiers.secp521r1, new byte[133])));
        defects.add(key("secp256k1", p256().key(ec, SECObjectIdentifiers.secp256k1, point)));
        defects.add(key("no curve", p256().key(ec, null, point)));
        defects.add(key("curve NULL", p256().key(ec, DERNull.INSTANCE, point)));
        defects.add(
                key(
                        "explicit curve parameters",
                        p256().key(
                                        ec,
                                        org.bouncycastle.asn1.x9.ECNamedCurveTable.getByOID(p256),
                                        point)));
        defects.add(
                key("unknown kind", p256().key(new ASN1ObjectIdentifier("1.2.3"), null, point)));
    }

    private static void edwardsKeyDefects(List<Defect> defects) {
        ASN1ObjectIdentifier ed = EdECObjectIdentifiers.id_Ed25519;
        defects.add(key("Ed25519 of 31 octets", p256().key(ed, null, new byte[31])));
        defects.add(key("Ed25519 with NULL", p256().key(ed, DERNull.INSTANCE, new byte[32])));
        defects.add(key("Ed25519 of order 4", p256().key(ed, null, new byte[32])));
        byte[] one = new byte[32];
        one[0] = 1;
        defects.add(key("Ed25519 identity", p256().key(ed, null, one)));
        one[31] = (byte) 0x80;
        defects.add(key("Ed25519 identity with sign", p256().key(ed, null, one.clone())));
        byte[] orderEight =
                java.util.HexFormat.of()
                        .parseHex(
                                "26e8958fc2b227b045c3f489f2ef98f0"
                                        + "d5dfac05d3c63339b13802886d53fc05");
        defects.add(key("Ed25519 of order 8", p256().key(ed, null, orderEight)));
        byte[] notCanonical = new byte[32];
        Arrays.fill(notCanonical, (byte) 0xff);
        notCanonical[31] = 0x7f;
        defects.add(key("Ed25519 not canonical", p256().key(ed, null, notCanonical)));
        defects.add(key("X25519", p256().key(EdECObjectIdentifiers.id_X25519, null, new byte[32])));
        defects.add(key("Ed448", p256().key(EdECObjectIdentifiers.id_Ed448, null, new byte[57])));
    }

    private static void rsaKeyDefects(List<Defect> defects) {
        Random random = new Random(SEED);
        BigInteger f4 = BigInteger.valueOf(65_537);
        BigInteger sound =
                ((java.security.interfaces.RSAPublicKey)
                                SubjectKeyType.RSA2048.keyPair().getPublic())
                        .getModulus();
        BigInteger prime = BigInteger.probablePrime(1024, random).setBit(1022).nextProbablePrime();
        defects.add(rsa("RSA 1024", BigInteger.ONE.shiftLeft(1023).add(BigInteger.ONE), f4));
        defects.add(rsa("RSA 2047", BigInteger.ONE.shiftLeft(2046).add(BigInteger.ONE), f4));
        defects.add(rsa("RSA 8192", BigInteger.ONE.shiftLeft(8191).add(BigInteger.ONE), f4));
        defects.add(rsa("RSA 65536", BigInteger.ONE.shiftLeft(65_535).add(BigInteger.ONE), f4));
        defects.add(rsa("RSA exponent 1", sound, BigInteger.ONE));
        defects.add(rsa("RSA exponent 3", sound, BigInteger.valueOf(3)));
        defects.add(rsa("RSA exponent even", sound, BigInteger.valueOf(65_538)));
        defects.add(rsa("RSA exponent of 2048 bits", sound, sound.subtract(BigInteger.TWO)));
        defects.add(rsa("RSA exponent negative", sound, f4.negate()));
        defects.add(rsa("RSA modulus negative", sound.negate(), f4));
        defects.add(rsa("RSA modulus zero", BigInteger.ZERO, f4));
        defects.add(rsa("RSA modulus even", sound.add(BigInteger.ONE), f4));
        BigInteger smallFactor = BigInteger.valueOf(751);
        // Not a prime: the small factor is found whatever the rest is.
        BigInteger other =
                BigInteger.ONE.shiftLeft(2048).divide(smallFactor).subtract(BigInteger.TEN);
        other = other.testBit(0) ? other : other.subtract(BigInteger.ONE);
        defects.add(rsa("RSA with a small factor", smallFactor.multiply(other), f4));
        BigInteger near = prime.add(BigInteger.ONE.shiftLeft(500)).nextProbablePrime();
        BigInteger close = prime.multiply(near);
        if (close.bitLength() == 2048) {
            defects.add(rsa("RSA with close factors", close, f4));
        }
        BigInteger top = BigInteger.probablePrime(1024, random).setBit(1022).nextProbablePrime();
        defects.add(rsa("RSA square of a prime", top.multiply(top), f4));
        defects.add(rsa("RSA next primes", top.multiply(top.nextProbablePrime()), f4));
        defects.add(rsa("RSA of ROCA form", roca(random).multiply(roca(random)), f4));
        byte[] good = encoded(new RSAPublicKey(sound, f4));
        defects.add(
                key(
                        "RSA without NULL",
                        p256().key(PKCSObjectIdentifiers.rsaEncryption, null, good)));
        defects.add(
                key("RSA-PSS key", p256().key(PKCSObjectIdentifiers.id_RSASSA_PSS, null, good)));
        defects.add(
                key(
                        "RSA with trailing octet",
                        p256().key(
                                        PKCSObjectIdentifiers.rsaEncryption,
                                        DERNull.INSTANCE,
                                        Arrays.copyOf(good, good.length + 1))));
        defects.add(
                key(
                        "RSA that is no sequence",
                        p256().key(
                                        PKCSObjectIdentifiers.rsaEncryption,
                                        DERNull.INSTANCE,
                                        new byte[] {1, 2, 3})));
    }

    private static Defect rsa(String name, BigInteger modulus, BigInteger exponent) {
        byte[] bits =
                encoded(
                        new DERSequence(
                                new ASN1Encodable[] {
                                    new ASN1Integer(modulus), new ASN1Integer(exponent)
                                }));
        Defect defect =
                key(name, p256().key(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE, bits));
        // 65536 bits fit into no request at all.
        return defect.der().length <= SigningRequest.MAX_LENGTH
                ? defect
                : new Defect(name, defect.der(), RefusalCode.CSR_MALFORMED);
    }

    /// A prime of the form that the library of CVE-2017-15361 made: k * M + (65537^a mod M), M the
    /// product of the primes up to 167.
    private static BigInteger roca(Random random) {
        BigInteger product = BigInteger.ONE;
        for (BigInteger p = BigInteger.TWO; p.intValue() <= 167; p = p.nextProbablePrime()) {
            product = product.multiply(p);
        }
        // The two highest bits are set, so that two of them make a modulus of 2048 bits.
        BigInteger least = BigInteger.valueOf(3).shiftLeft(1022).divide(product);
        BigInteger width = BigInteger.ONE.shiftLeft(1022).divide(product);
        while (true) {
            BigInteger power =
                    BigInteger.valueOf(65_537).modPow(new BigInteger(60, random), product);
            BigInteger k = least.add(new BigInteger(width.bitLength() - 1, random));
            BigInteger candidate = k.multiply(product).add(power);
            if (candidate.isProbablePrime(50)) {
                return candidate;
            }
        }
    }

    private static void signatureDefects(List<Defect> defects) {
        defects.add(
                signature(
                        "RSA algorithm for an EC key",
                        p256().algorithm(
                                        new AlgorithmIdentifier(
                                                PKCSObjectIdentifiers.sha256WithRSAEncryption,
                                                DERNull.INSTANCE))));
        defects.add(
                signature(
                        "ECDSA with NULL parameters",
                        p256().algorithm(
                                        new AlgorithmIdentifier(
                                                X9ObjectIdentifiers.ecdsa_with_SHA256,
                                                DERNull.INSTANCE))));
        defects.add(
                signature(
                        "unknown algorithm",
                        p256().algorithm(
                                        new AlgorithmIdentifier(
                                                new ASN1ObjectIdentifier("1.2.3.4")))));
        defects.add(malformed("algorithm as text", p256().algorithm(new DERIA5String("SHA256"))));
        defects.add(
                signature(
                        "RSASSA-PSS",
                        of(SubjectKeyType.RSA2048)
                                .algorithm(
                                        new AlgorithmIdentifier(
                                                PKCSObjectIdentifiers.id_RSASSA_PSS))));
        HandMadeRequest padded = p256();
        padded.padBits = 3;
        defects.add(signature("signature with unused bits", padded));
    }
}
