package dev.signet.ca.certificate;

import dev.signet.ca.identity.SpiffeId;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/// Writes leaf certificates of one issuer as DER: a template holds what all of them share, the rest
/// is filled in as octets of known length. No text is ever interpreted (R13): names come from
/// [CertificateContent], valid by construction.
///
/// Workload profile: version 3, empty subject; keyUsage digitalSignature (critical; no
/// keyEncipherment, also for RSA keys: TLS 1.3 has no use for it and TLS 1.2 none that we want);
/// extKeyUsage serverAuth and clientAuth; basicConstraints CA:FALSE (critical); authority key
/// identifier; subjectAltName (critical), the URI first because some peers look at the first name
/// only. No revocation pointers yet, and no noRevAvail either (RFC 9608): it would say for good
/// that nothing will ever be published about these certificates, which is not so.
///
/// Immutable, thread-safe.
///
/// @rfc 5280 4.1
public final class LeafEncoder {

    private static final byte[] VERSION_3 = octets("a003020102");
    private static final byte[] EMPTY_NAME = octets("3000");
    private static final byte[] KEY_USAGE = octets("300e0603551d0f0101ff040403020780");
    private static final byte[] EXTENDED_KEY_USAGE =
            octets("301d0603551d250416301406082b0601050507030106082b06010505070302");
    private static final byte[] BASIC_CONSTRAINTS = octets("300c0603551d130101ff04023000");
    private static final byte[] AUTHORITY_KEY_IDENTIFIER = octets("0603551d23");
    private static final byte[] SUBJECT_ALT_NAME_CRITICAL = octets("0603551d110101ff");

    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int OCTET_STRING = 0x04;
    private static final int SEQUENCE = 0x30;
    private static final int EXTENSIONS = 0xa3;
    private static final int KEY_IDENTIFIER = 0x80;
    private static final int DNS_NAME = 0x82;
    private static final int URI = 0x86;
    private static final int IP_ADDRESS = 0x87;

    private final byte[] algorithm;
    private final byte[] algorithmAndIssuer;
    private final byte[] extensions;

    public LeafEncoder(Issuer issuer) {
        this.algorithm = algorithm(issuer.algorithm());
        this.algorithmAndIssuer = concat(algorithm, issuer.subject());
        byte[] keyIdentifier =
                element(SEQUENCE, element(KEY_IDENTIFIER, issuer.subjectKeyIdentifier()));
        this.extensions =
                concat(
                        KEY_USAGE,
                        EXTENDED_KEY_USAGE,
                        BASIC_CONSTRAINTS,
                        element(
                                SEQUENCE,
                                concat(
                                        AUTHORITY_KEY_IDENTIFIER,
                                        element(OCTET_STRING, keyIdentifier))));
    }

    /// DER TBSCertificate: what the issuer is to sign.
    public byte[] toBeSigned(CertificateContent content) {
        byte[] serial = content.serialNumber().octets();
        byte[] validity = CertificateTime.encode(content.validity());
        byte[] keyInfo = content.key().subjectPublicKeyInfo();
        byte[] names = subjectAltNames(content);
        int namesExtension =
                SUBJECT_ALT_NAME_CRITICAL.length
                        + DerWriter.lengthOf(DerWriter.lengthOf(names.length));
        int extensionsLength = extensions.length + DerWriter.lengthOf(namesExtension);
        int length =
                VERSION_3.length
                        + DerWriter.lengthOf(serial.length)
                        + algorithmAndIssuer.length
                        + validity.length
                        + EMPTY_NAME.length
                        + keyInfo.length
                        + DerWriter.lengthOf(DerWriter.lengthOf(extensionsLength));
        return new DerWriter(DerWriter.lengthOf(length))
                .header(SEQUENCE, length)
                .octets(VERSION_3)
                .header(INTEGER, serial.length)
                .octets(serial)
                .octets(algorithmAndIssuer)
                .octets(validity)
                .octets(EMPTY_NAME)
                .octets(keyInfo)
                .header(EXTENSIONS, DerWriter.lengthOf(extensionsLength))
                .header(SEQUENCE, extensionsLength)
                .octets(extensions)
                .header(SEQUENCE, namesExtension)
                .octets(SUBJECT_ALT_NAME_CRITICAL)
                .header(OCTET_STRING, DerWriter.lengthOf(names.length))
                .header(SEQUENCE, names.length)
                .octets(names)
                .toOctets();
    }

    /// DER Certificate.
    ///
    /// @param toBeSigned from [#toBeSigned(CertificateContent)]
    /// @param signature over it, in the algorithm's X.509 form
    public byte[] certificate(byte[] toBeSigned, byte[] signature) {
        int length =
                toBeSigned.length + algorithm.length + DerWriter.lengthOf(1 + signature.length);
        return new DerWriter(DerWriter.lengthOf(length))
                .header(SEQUENCE, length)
                .octets(toBeSigned)
                .octets(algorithm)
                .header(BIT_STRING, 1 + signature.length)
                .octet(0)
                .octets(signature)
                .toOctets();
    }

    private static byte[] subjectAltNames(CertificateContent content) {
        byte[] uri = ascii(content.spiffeId());
        if (content.names().isEmpty()) {
            return element(URI, uri);
        }
        ByteArrayOutputStream names = new ByteArrayOutputStream();
        names.writeBytes(element(URI, uri));
        for (String name : content.names().dnsNames()) {
            names.writeBytes(element(DNS_NAME, name.getBytes(StandardCharsets.US_ASCII)));
        }
        for (InetAddress address : content.names().ipAddresses()) {
            names.writeBytes(element(IP_ADDRESS, address.getAddress()));
        }
        return names.toByteArray();
    }

    private static byte[] ascii(SpiffeId id) {
        return id.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] algorithm(SignatureAlgorithm algorithm) {
        return switch (algorithm) {
            case ECDSA_P256_SHA256 -> octets("300a06082a8648ce3d040302");
            case ECDSA_P384_SHA384 -> octets("300a06082a8648ce3d040303");
            case ED25519 -> octets("300506032b6570");
            case RSA_SHA256 -> octets("300d06092a864886f70d01010b0500");
        };
    }

    private static byte[] element(int tag, byte[] content) {
        return new DerWriter(DerWriter.lengthOf(content.length))
                .header(tag, content.length)
                .octets(content)
                .toOctets();
    }

    private static byte[] concat(byte[]... parts) {
        byte[] all = {};
        for (byte[] part : parts) {
            int at = all.length;
            all = Arrays.copyOf(all, at + part.length);
            System.arraycopy(part, 0, all, at, part.length);
        }
        return all;
    }

    private static byte[] octets(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
