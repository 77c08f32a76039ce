package dev.signet.ca.certificate;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/// Writes certificates of one issuer as DER: a template holds what all certificates of a profile
/// share, the rest is filled in as octets of known length. No text is ever interpreted (R13): names
/// come from [CertificateContent], valid by construction.
///
/// End entity: keyUsage (critical), extKeyUsage, basicConstraints CA:FALSE (critical), authority
/// key identifier, subjectAltName with the SPIFFE ID first, because some peers look at the first
/// name only; critical where the subject is empty and not otherwise. extKeyUsage is critical for
/// time stamping alone. Intermediate CA: keyUsage and basicConstraints CA:TRUE with path length
/// (critical), both key identifiers, nameConstraints (critical), subjectAltName with the trust
/// domain's URI alone. Before subjectAltName either noRevAvail, or cRLDistributionPoints and
/// authorityInfoAccess, or neither, as decided. Where the identity is only on record,
/// subjectAltName has the further names alone, and is left out where there are none; an
/// unconstrained CA has no nameConstraints.
///
/// Thread-safe.
///
/// @rfc 5280 4.1
/// @rfc 5280 4.2.1
public final class CertificateEncoder {

    private static final byte[] VERSION_3 = octets("a003020102");
    private static final byte[] EMPTY_NAME = octets("3000");
    private static final byte[] KEY_USAGE_CRITICAL = octets("0603551d0f0101ff");
    private static final byte[] EXTENDED_KEY_USAGE = octets("0603551d25");
    private static final byte[] EXTENDED_KEY_USAGE_CRITICAL = octets("0603551d250101ff");
    private static final byte[] NOT_A_CA = octets("300c0603551d130101ff04023000");
    private static final byte[] BASIC_CONSTRAINTS_CRITICAL = octets("0603551d130101ff");
    private static final byte[] TRUE = octets("0101ff");
    private static final byte[] AUTHORITY_KEY_IDENTIFIER = octets("0603551d23");
    private static final byte[] SUBJECT_KEY_IDENTIFIER = octets("0603551d0e");
    private static final byte[] NAME_CONSTRAINTS_CRITICAL = octets("0603551d1e0101ff");
    private static final byte[] SUBJECT_ALT_NAME = octets("0603551d11");
    private static final byte[] SUBJECT_ALT_NAME_CRITICAL = octets("0603551d110101ff");
    private static final byte[] NOTHING = {};

    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int OCTET_STRING = 0x04;
    private static final int OBJECT_IDENTIFIER = 0x06;
    private static final int SEQUENCE = 0x30;
    private static final int EXTENSIONS = 0xa3;
    private static final int KEY_IDENTIFIER = 0x80;

    /// So many profiles are in use at once at most; with more, one is written anew now and then.
    private static final int MAX_TEMPLATES = 32;

    private final byte[] algorithm;
    private final byte[] algorithmAndIssuer;
    private final byte[] authorityKeyIdentifier;

    /// The most recent last; replaced as a whole.
    private volatile List<Template> templates = List.of();

    public CertificateEncoder(Issuer issuer) {
        this.algorithm = algorithm(issuer.algorithm());
        this.algorithmAndIssuer = DerWriter.concat(algorithm, issuer.subject());
        byte[] keyIdentifier =
                DerWriter.element(
                        SEQUENCE, DerWriter.element(KEY_IDENTIFIER, issuer.subjectKeyIdentifier()));
        this.authorityKeyIdentifier = extension(AUTHORITY_KEY_IDENTIFIER, keyIdentifier);
    }

    /// What all certificates of a profile with the same purposes share.
    ///
    /// @param extensions whole Extension elements
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Template(
            CertificateProfile profile,
            Set<KeyUsage> usages,
            List<ExtendedKeyUsage> purposes,
            byte[] extensions) {

        // A profile is one instance for as long as its policy is in force: no need to compare more.
        @SuppressWarnings("ReferenceEquality")
        boolean fits(CertificateContent content) {
            return profile == content.profile()
                    && usages.equals(content.keyUsages())
                    && purposes.equals(content.extendedKeyUsages());
        }
    }

    /// DER TBSCertificate: what the issuer is to sign.
    public byte[] toBeSigned(CertificateContent content) {
        byte[] serial = content.serialNumber().octets();
        byte[] validity = CertificateTime.encode(content.validity());
        byte[] subject = content.subject().isEmpty() ? EMPTY_NAME : content.subject().der();
        byte[] keyInfo = content.key().subjectPublicKeyInfo();
        byte[] shared = template(content);
        byte[] own = ownExtensions(content);
        byte[] status = content.status().extensions();
        byte[] names = NameEncoder.subjectAltNames(content);
        byte[] namesType =
                content.subject().isEmpty() ? SUBJECT_ALT_NAME_CRITICAL : SUBJECT_ALT_NAME;
        int namesExtension =
                namesType.length + DerWriter.lengthOf(DerWriter.lengthOf(names.length));
        int extensionsLength =
                shared.length
                        + own.length
                        + status.length
                        + (names.length == 0 ? 0 : DerWriter.lengthOf(namesExtension));
        int length =
                VERSION_3.length
                        + DerWriter.lengthOf(serial.length)
                        + algorithmAndIssuer.length
                        + validity.length
                        + subject.length
                        + keyInfo.length
                        + DerWriter.lengthOf(DerWriter.lengthOf(extensionsLength));
        DerWriter writer = new DerWriter(DerWriter.lengthOf(length));
        writer.header(SEQUENCE, length)
                .octets(VERSION_3)
                .header(INTEGER, serial.length)
                .octets(serial)
                .octets(algorithmAndIssuer)
                .octets(validity)
                .octets(subject)
                .octets(keyInfo)
                .header(EXTENSIONS, DerWriter.lengthOf(extensionsLength))
                .header(SEQUENCE, extensionsLength)
                .octets(shared)
                .octets(own)
                .octets(status);
        if (names.length > 0) {
            writer.header(SEQUENCE, namesExtension)
                    .octets(namesType)
                    .header(OCTET_STRING, DerWriter.lengthOf(names.length))
                    .header(SEQUENCE, names.length)
                    .octets(names);
        }
        return writer.toOctets();
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

    private byte[] template(CertificateContent content) {
        List<Template> known = templates;
        for (int i = known.size() - 1; i >= 0; i--) {
            if (known.get(i).fits(content)) {
                return known.get(i).extensions();
            }
        }
        Template fresh =
                new Template(
                        content.profile(),
                        content.keyUsages(),
                        content.extendedKeyUsages(),
                        sharedExtensions(content));
        List<Template> grown = new ArrayList<>(known);
        if (grown.size() == MAX_TEMPLATES) {
            grown.removeFirst();
        }
        grown.add(fresh);
        templates = List.copyOf(grown); // a template lost to another thread is written again
        return fresh.extensions();
    }

    private byte[] sharedExtensions(CertificateContent content) {
        List<ExtendedKeyUsage> purposes = content.extendedKeyUsages();
        byte[] purposesType =
                purposes.contains(ExtendedKeyUsage.TIME_STAMPING) // RFC 3161 2.3
                        ? EXTENDED_KEY_USAGE_CRITICAL
                        : EXTENDED_KEY_USAGE;
        return DerWriter.concat(
                extension(KEY_USAGE_CRITICAL, keyUsage(content.keyUsages())),
                purposes.isEmpty() ? NOTHING : extension(purposesType, extendedKeyUsage(purposes)),
                basicConstraints(content.profile()),
                authorityKeyIdentifier);
    }

    /// What only this certificate has, names excepted.
    private static byte[] ownExtensions(CertificateContent content) {
        CertificateProfile.AuthorityConstraints constraints = content.profile().authority();
        if (constraints == null) {
            return NOTHING;
        }
        // RFC 7093 2, method 4: SHA-256 of the SubjectPublicKeyInfo.
        byte[] keyIdentifier =
                extension(
                        SUBJECT_KEY_IDENTIFIER,
                        DerWriter.element(OCTET_STRING, content.key().sha256()));
        if (constraints.unconstrained()) {
            return keyIdentifier;
        }
        return DerWriter.concat(
                keyIdentifier,
                extension(
                        NAME_CONSTRAINTS_CRITICAL,
                        NameEncoder.constraints(
                                content.spiffeId().trustDomain(),
                                constraints.permittedDnsDomains())));
    }

    /// A BIT STRING of named bits: no trailing zero bits (X.690 11.2.2).
    private static byte[] keyUsage(Set<KeyUsage> usages) {
        int last = 0;
        int bits = 0;
        for (KeyUsage usage : usages) {
            last = Math.max(last, usage.bit());
            bits |= 0x8000 >> usage.bit();
        }
        byte first = (byte) (bits >> 8);
        return DerWriter.element(
                BIT_STRING,
                last < 8
                        ? new byte[] {(byte) (7 - last), first}
                        : new byte[] {(byte) (15 - last), first, (byte) bits});
    }

    private static byte[] extendedKeyUsage(List<ExtendedKeyUsage> purposes) {
        byte[] all = NOTHING;
        for (ExtendedKeyUsage purpose : purposes) {
            byte[] oid = ObjectIdentifiers.encode(purpose.oid());
            all = DerWriter.concat(all, DerWriter.element(OBJECT_IDENTIFIER, oid));
        }
        return DerWriter.element(SEQUENCE, all);
    }

    private static byte[] basicConstraints(CertificateProfile profile) {
        CertificateProfile.AuthorityConstraints constraints = profile.authority();
        if (constraints == null) {
            return NOT_A_CA;
        }
        byte[] pathLength =
                DerWriter.element(INTEGER, new byte[] {(byte) constraints.pathLength()});
        return extension(
                BASIC_CONSTRAINTS_CRITICAL,
                DerWriter.element(SEQUENCE, DerWriter.concat(TRUE, pathLength)));
    }

    /// @param type identifier, and critical where it is
    private static byte[] extension(byte[] type, byte[] value) {
        return DerWriter.element(
                SEQUENCE, DerWriter.concat(type, DerWriter.element(OCTET_STRING, value)));
    }

    private static byte[] algorithm(SignatureAlgorithm algorithm) {
        return switch (algorithm) {
            case ECDSA_P256_SHA256 -> octets("300a06082a8648ce3d040302");
            case ECDSA_P384_SHA384 -> octets("300a06082a8648ce3d040303");
            case ED25519 -> octets("300506032b6570");
            case RSA_SHA256 -> octets("300d06092a864886f70d01010b0500");
        };
    }

    private static byte[] octets(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
