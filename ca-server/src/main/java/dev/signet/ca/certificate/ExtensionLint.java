package dev.signet.ca.certificate;

import static dev.signet.ca.certificate.DerFormatException.require;

import java.util.EnumSet;
import java.util.Set;

/// Reads the extensions of one certificate back: each that its profile wants exactly once, no
/// other, each as decided, and together as RFC 5280 allows, whatever the profile says. Used once,
/// by one thread.
///
/// @rfc 5280 4.2.1
/// @rfc 9608 2
final class ExtensionLint {

    private static final int KEY_IDENTIFIER = 0x80;
    private static final int DIGITAL_SIGNATURE = 0x8000;
    private static final int CONTENT_COMMITMENT = 0x4000;
    private static final int KEY_ENCIPHERMENT = 0x2000;
    private static final int DATA_ENCIPHERMENT = 0x1000;
    private static final int KEY_AGREEMENT = 0x0800;
    private static final int KEY_CERT_SIGN = 0x0400;
    private static final int CRL_SIGN = 0x0200;
    private static final int ENCIPHER_ONLY = 0x0100;
    private static final int DECIPHER_ONLY = 0x0080;

    private enum Type {
        KEY_USAGE(0x55, 0x1d, 15),
        EXTENDED_KEY_USAGE(0x55, 0x1d, 37),
        BASIC_CONSTRAINTS(0x55, 0x1d, 19),
        AUTHORITY_KEY_IDENTIFIER(0x55, 0x1d, 35),
        SUBJECT_KEY_IDENTIFIER(0x55, 0x1d, 14),
        NAME_CONSTRAINTS(0x55, 0x1d, 30),
        SUBJECT_ALT_NAME(0x55, 0x1d, 17),
        CRL_DISTRIBUTION_POINTS(0x55, 0x1d, 31),
        AUTHORITY_INFORMATION_ACCESS(0x2b, 6, 1, 5, 5, 7, 1, 1),
        NO_REVOCATION_AVAILABLE(0x55, 0x1d, 56);

        @SuppressWarnings("ImmutableEnumChecker") // never changed
        private final int[] identifier;

        Type(int... identifier) {
            this.identifier = identifier;
        }

        static Type of(DerCursor identifier) {
            for (Type type : values()) {
                if (identifier.isOctets(type.identifier)) {
                    return type;
                }
            }
            throw new DerFormatException("an extension is in no profile");
        }
    }

    private final CertificateContent expected;
    private final Set<Type> seen = EnumSet.noneOf(Type.class);
    private int keyUsage;
    private boolean authority;

    ExtensionLint(CertificateContent expected) {
        this.expected = expected;
    }

    void check(DerCursor extensions) {
        while (extensions.hasMore()) {
            DerCursor extension = extensions.next(DerCursor.SEQUENCE);
            DerCursor identifier = extension.next(DerCursor.OBJECT_IDENTIFIER);
            boolean critical = false;
            if (extension.peekTag() == DerCursor.BOOLEAN) {
                require(
                        extension.next(DerCursor.BOOLEAN).isOctets(0xff),
                        "an extension's critical is not the DER of TRUE");
                critical = true;
            }
            DerCursor value = extension.next(DerCursor.OCTET_STRING);
            extension.end();
            Type type = Type.of(identifier);
            require(seen.add(type), "an extension appears twice (RFC 5280 4.2)");
            checkExtension(type, critical, value);
            value.end();
        }
        checkTogether();
    }

    private void checkExtension(Type type, boolean critical, DerCursor value) {
        switch (type) {
            case KEY_USAGE -> {
                require(critical, "keyUsage is not critical");
                checkKeyUsage(value.next(DerCursor.BIT_STRING));
            }
            case EXTENDED_KEY_USAGE -> {
                boolean stampsTime =
                        expected.extendedKeyUsages().contains(ExtendedKeyUsage.TIME_STAMPING);
                require(
                        critical == stampsTime,
                        "extKeyUsage is critical, or of time stamping and not (RFC 3161 2.3)");
                checkExtendedKeyUsage(value.next(DerCursor.SEQUENCE));
            }
            case BASIC_CONSTRAINTS -> {
                require(critical, "basicConstraints is not critical");
                checkBasicConstraints(value.next(DerCursor.SEQUENCE));
            }
            case AUTHORITY_KEY_IDENTIFIER -> {
                require(!critical, "authorityKeyIdentifier is critical (RFC 5280 4.2.1.1)");
                DerCursor identifier = value.next(DerCursor.SEQUENCE);
                require(
                        identifier
                                .next(KEY_IDENTIFIER)
                                .contentEquals(expected.issuer().subjectKeyIdentifier()),
                        "authorityKeyIdentifier is not the issuer's subjectKeyIdentifier");
                identifier.end();
            }
            case SUBJECT_KEY_IDENTIFIER -> {
                require(!critical, "subjectKeyIdentifier is critical (RFC 5280 4.2.1.2)");
                require(
                        value.next(DerCursor.OCTET_STRING).contentEquals(expected.key().sha256()),
                        "subjectKeyIdentifier is not the key's");
            }
            case NAME_CONSTRAINTS -> {
                require(critical, "nameConstraints is not critical (RFC 5280 4.2.1.10)");
                NameLint.checkConstraints(value.next(DerCursor.SEQUENCE), expected);
            }
            case SUBJECT_ALT_NAME -> {
                require(
                        critical == expected.subject().isEmpty(),
                        "subjectAltName is critical or not, unlike the subject is empty or not"
                                + " (RFC 5280 4.2.1.6)");
                NameLint.checkSubjectAltNames(value.next(DerCursor.SEQUENCE), expected);
            }
            case CRL_DISTRIBUTION_POINTS, AUTHORITY_INFORMATION_ACCESS, NO_REVOCATION_AVAILABLE ->
                    StatusLint.check(type.identifier, critical, value, expected.status());
        }
    }

    private void checkKeyUsage(DerCursor bits) {
        boolean two = bits.length() == 3;
        require(two || bits.length() == 2, "keyUsage is not of one or two octets of bits");
        keyUsage = bits.octet(1) << 8 | (two ? bits.octet(2) : 0);
        require(keyUsage != 0, "keyUsage has no bit set (RFC 5280 4.2.1.3)");
        require(
                bits.octet(0) == Integer.numberOfTrailingZeros(keyUsage) - (two ? 0 : 8)
                        && (!two || bits.octet(2) != 0),
                "keyUsage is not the DER of named bits");
        int wanted = 0;
        for (KeyUsage usage : expected.keyUsages()) {
            wanted |=
                    switch (usage) {
                        case DIGITAL_SIGNATURE -> DIGITAL_SIGNATURE;
                        case CONTENT_COMMITMENT -> CONTENT_COMMITMENT;
                        case KEY_ENCIPHERMENT -> KEY_ENCIPHERMENT;
                        case DATA_ENCIPHERMENT -> DATA_ENCIPHERMENT;
                        case KEY_AGREEMENT -> KEY_AGREEMENT;
                        case KEY_CERT_SIGN -> KEY_CERT_SIGN;
                        case CRL_SIGN -> CRL_SIGN;
                        case ENCIPHER_ONLY -> ENCIPHER_ONLY;
                        case DECIPHER_ONLY -> DECIPHER_ONLY;
                    };
        }
        require(keyUsage == wanted, "keyUsage is not the decided one");
    }

    private void checkExtendedKeyUsage(DerCursor purposes) {
        for (ExtendedKeyUsage purpose : expected.extendedKeyUsages()) {
            int lastArc =
                    switch (purpose) {
                        case SERVER_AUTH -> 1;
                        case CLIENT_AUTH -> 2;
                        case CODE_SIGNING -> 3;
                        case EMAIL_PROTECTION -> 4;
                        case IPSEC_END_SYSTEM -> 5;
                        case IPSEC_TUNNEL -> 6;
                        case IPSEC_USER -> 7;
                        case TIME_STAMPING -> 8;
                        case ANY, MS_SGC, NS_SGC -> -1;
                    };
            DerCursor identifier = purposes.next(DerCursor.OBJECT_IDENTIFIER);
            require(
                    lastArc < 0
                            ? isElsewhere(purpose, identifier)
                            : identifier.isOctets(0x2b, 6, 1, 5, 5, 7, 3, lastArc),
                    "a purpose of extKeyUsage is not the decided one");
        }
        purposes.end();
        require(
                !expected.extendedKeyUsages().isEmpty(),
                "extKeyUsage is empty (RFC 5280 4.2.1.12)");
    }

    /// The purposes that are not below id-kp.
    private static boolean isElsewhere(ExtendedKeyUsage purpose, DerCursor identifier) {
        return switch (purpose) {
            case ANY -> identifier.isOctets(0x55, 0x1d, 37, 0);
            case MS_SGC -> identifier.isOctets(0x2b, 6, 1, 4, 1, 0x82, 0x37, 10, 3, 3);
            case NS_SGC -> identifier.isOctets(0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x42, 4, 1);
            case SERVER_AUTH,
                    CLIENT_AUTH,
                    CODE_SIGNING,
                    EMAIL_PROTECTION,
                    IPSEC_END_SYSTEM,
                    IPSEC_TUNNEL,
                    IPSEC_USER,
                    TIME_STAMPING ->
                    false;
        };
    }

    private void checkBasicConstraints(DerCursor constraints) {
        CertificateProfile.AuthorityConstraints wanted = expected.profile().authority();
        if (wanted == null) {
            require(
                    constraints.length() == 0,
                    "basicConstraints is not CA:FALSE by default (RFC 5280 4.2.1.9)");
            return;
        }
        authority = true;
        require(
                constraints.next(DerCursor.BOOLEAN).isOctets(0xff),
                "basicConstraints is not CA:TRUE");
        require(
                constraints.next(DerCursor.INTEGER).isOctets(wanted.pathLength())
                        && wanted.pathLength() < 0x80,
                "path length is not the profile's");
        constraints.end();
        require(
                wanted.pathLength() < expected.issuer().pathLength(),
                "path length is not below the issuer's (RFC 5280 4.2.1.9)");
    }

    private Set<Type> statusTypes() {
        CertificateStatus status = expected.status();
        if (status.isNoRevocationAvailable()) {
            return EnumSet.of(Type.NO_REVOCATION_AVAILABLE);
        }
        return status.crlUri() == null
                ? EnumSet.noneOf(Type.class)
                : EnumSet.of(Type.CRL_DISTRIBUTION_POINTS, Type.AUTHORITY_INFORMATION_ACCESS);
    }

    private void checkTogether() {
        Set<Type> wanted =
                EnumSet.of(Type.KEY_USAGE, Type.BASIC_CONSTRAINTS, Type.AUTHORITY_KEY_IDENTIFIER);
        if (expected.profile().identity() == CertificateProfile.Identity.WRITTEN
                || !expected.names().isEmpty()) {
            wanted.add(Type.SUBJECT_ALT_NAME);
        }
        require(
                seen.contains(Type.SUBJECT_ALT_NAME) || !expected.subject().isEmpty(),
                "neither subject nor subjectAltName says anything (RFC 5280 4.1.2.6)");
        CertificateProfile.AuthorityConstraints constraints = expected.profile().authority();
        if (authority) {
            wanted.add(Type.SUBJECT_KEY_IDENTIFIER);
            if (constraints != null && !constraints.unconstrained()) {
                wanted.add(Type.NAME_CONSTRAINTS);
            }
        } else {
            wanted.add(Type.EXTENDED_KEY_USAGE);
        }
        wanted.addAll(statusTypes());
        require(seen.equals(wanted), "extensions are not those of the profile");
        require(
                !(authority && seen.contains(Type.NO_REVOCATION_AVAILABLE)),
                "noRevAvail in a CA's certificate (RFC 9608 2)");
        require(
                !(seen.contains(Type.NO_REVOCATION_AVAILABLE)
                        && (seen.contains(Type.CRL_DISTRIBUTION_POINTS)
                                || seen.contains(Type.AUTHORITY_INFORMATION_ACCESS))),
                "noRevAvail beside pointers to revocation information (RFC 9608 2)");
        require(
                authority == ((keyUsage & KEY_CERT_SIGN) != 0),
                "keyCertSign is set and it is no CA, or the reverse (RFC 5280 4.2.1.3, 4.2.1.9)");
        require(
                authority || (keyUsage & CRL_SIGN) == 0,
                "cRLSign is set and it is no CA (RFC 5280 4.2.1.3)");
        checkPurposes();
        checkKey();
    }

    /// RFC 5280 4.2.1.12: usable only where both extensions allow it.
    private void checkPurposes() {
        int tls = DIGITAL_SIGNATURE | KEY_ENCIPHERMENT | KEY_AGREEMENT;
        for (ExtendedKeyUsage purpose : expected.extendedKeyUsages()) {
            int one =
                    switch (purpose) {
                        case SERVER_AUTH, MS_SGC, NS_SGC -> tls;
                        case EMAIL_PROTECTION -> tls | CONTENT_COMMITMENT;
                        case CLIENT_AUTH -> DIGITAL_SIGNATURE | KEY_AGREEMENT;
                        case CODE_SIGNING -> DIGITAL_SIGNATURE;
                        case TIME_STAMPING -> DIGITAL_SIGNATURE | CONTENT_COMMITMENT;
                        case ANY, IPSEC_END_SYSTEM, IPSEC_TUNNEL, IPSEC_USER -> 0xffff;
                    };
            require(
                    (keyUsage & one) != 0,
                    "keyUsage allows none of what a purpose of extKeyUsage needs (RFC 5280"
                            + " 4.2.1.12)");
            require(
                    purpose != ExtendedKeyUsage.TIME_STAMPING
                            || expected.extendedKeyUsages().size() == 1,
                    "time stamping is not alone (RFC 3161 2.3)");
        }
    }

    /// RFC 3279 2.3.1, RFC 8813 3, RFC 8410 5.
    private void checkKey() {
        int onlyOne = ENCIPHER_ONLY | DECIPHER_ONLY;
        int enciphers = KEY_ENCIPHERMENT | DATA_ENCIPHERMENT;
        int forbidden =
                switch (expected.key().type()) {
                    case P256, P384 -> enciphers;
                    case ED25519 -> enciphers | KEY_AGREEMENT | onlyOne;
                    case RSA -> KEY_AGREEMENT | onlyOne;
                };
        require((keyUsage & forbidden) == 0, "keyUsage is not one for keys of this type");
        require(
                (keyUsage & onlyOne) == 0
                        || ((keyUsage & KEY_AGREEMENT) != 0 && (keyUsage & onlyOne) != onlyOne),
                "encipherOnly or decipherOnly is without keyAgreement, or with the other (RFC 8813"
                        + " 3)");
    }
}
