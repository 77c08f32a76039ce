package dev.signet.ca.certificate;

import static dev.signet.ca.certificate.DerFormatException.require;

import dev.signet.ca.identity.Ascii;

import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Reads names back. Shares no code with [NameEncoder].
///
/// @rfc 5280 4.1.2.6
/// @rfc 5280 4.2.1.6
/// @rfc 5280 4.2.1.10
final class NameLint {

    private static final int UTF8_STRING = 0x0c;
    private static final int PRINTABLE_STRING = 0x13;
    private static final int OTHER_NAME = 0xa0;
    private static final int EXPLICIT_VALUE = 0xa0;
    private static final int EMAIL = 0x81;
    private static final int DNS_NAME = 0x82;
    private static final int URI = 0x86;
    private static final int IP_ADDRESS = 0x87;
    private static final int PERMITTED = 0xa0;
    private static final int EXCLUDED = 0xa1;

    private NameLint() {}

    /// @param subject DER of the subject Name
    static void checkSubject(byte[] subject, CertificateContent expected) {
        switch (expected.subject()) {
            case SubjectName made ->
                    checkMade(new DerCursor(subject).next(DerCursor.SEQUENCE), made);
            case EncodedName given ->
                    require(Arrays.equals(subject, given.der()), "subject is not the decided one");
        }
    }

    private static void checkMade(DerCursor subject, SubjectName expected) {
        for (SubjectName.Attribute attribute : expected.attributes()) {
            DerCursor relative = subject.next(DerCursor.SET);
            DerCursor pair = relative.next(DerCursor.SEQUENCE);
            relative.end();
            require(
                    pair.next(DerCursor.OBJECT_IDENTIFIER)
                            .isOctets(0x55, 4, lastArc(attribute.type())),
                    "a subject attribute is not of the decided type");
            boolean country = attribute.type() == SubjectName.Type.COUNTRY;
            DerCursor value = pair.next(country ? PRINTABLE_STRING : UTF8_STRING);
            pair.end();
            require(
                    value.contentEquals(attribute.value().getBytes(StandardCharsets.UTF_8)),
                    "a subject attribute is not the decided one");
        }
        subject.end();
    }

    /// @param names content of subjectAltName
    static void checkSubjectAltNames(DerCursor names, CertificateContent expected) {
        String identity = expected.spiffeId().toString();
        if (expected.profile().authority() != null) {
            identity = "spiffe://" + expected.spiffeId().trustDomain().name();
        }
        boolean written =
                switch (expected.profile().identity()) {
                    case WRITTEN -> true;
                    case RECORDED -> false;
                };
        if (written) {
            require(is(names.next(URI), identity), "first URI is not the decided SPIFFE ID");
        }
        AlternativeNames further = expected.names();
        for (String name : further.dnsNames()) {
            require(is(names.next(DNS_NAME), name), "DNS name is not the decided one");
        }
        for (InetAddress address : further.ipAddresses()) {
            require(
                    names.next(IP_ADDRESS).contentEquals(address.getAddress()),
                    "IP address is not the decided one");
        }
        for (String name : further.emailAddresses()) {
            require(is(names.next(EMAIL), name), "e-mail address is not the decided one");
        }
        for (String name : further.uris()) {
            require(is(names.next(URI), name), "URI is not the decided one");
            require(
                    !Ascii.startsWithIgnoringCase(name, "spiffe:"),
                    "a further URI is of scheme spiffe");
        }
        for (OtherName name : further.otherNames()) {
            checkOtherName(names.next(OTHER_NAME), name);
        }
        names.end();
    }

    private static void checkOtherName(DerCursor name, OtherName expected) {
        require(
                dotted(name.next(DerCursor.OBJECT_IDENTIFIER)).equals(expected.typeId()),
                "other name is not of the decided type");
        DerCursor wrapped = name.next(EXPLICIT_VALUE);
        name.end();
        require(
                wrapped.next(UTF8_STRING)
                        .contentEquals(expected.value().getBytes(StandardCharsets.UTF_8)),
                "other name is not the decided one");
        wrapped.end();
    }

    /// Dotted decimal of an object identifier's content.
    static String dotted(DerCursor identifier) {
        StringBuilder bits = new StringBuilder();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < identifier.length(); i++) {
            int octet = identifier.octet(i);
            bits.append(Integer.toBinaryString(0x80 | (octet & 0x7f)).substring(1));
            if (octet >= 0x80) {
                continue;
            }
            BigInteger arc = new BigInteger(bits.toString(), 2);
            bits.setLength(0);
            if (i > 0 && !text.isEmpty()) {
                text.append('.').append(arc);
            } else if (arc.bitLength() > 31 || arc.intValue() >= 80) {
                text.append("2.").append(arc.subtract(BigInteger.valueOf(80)));
            } else {
                text.append(arc.intValue() / 40).append('.').append(arc.intValue() % 40);
            }
        }
        require(bits.isEmpty(), "an object identifier is cut off");
        return text.toString();
    }

    /// @param constraints content of nameConstraints
    static void checkConstraints(DerCursor constraints, CertificateContent expected) {
        CertificateProfile.AuthorityConstraints authority = expected.profile().authority();
        if (authority == null) {
            throw new DerFormatException("nameConstraints are not a CA's (RFC 5280 4.2.1.10)");
        }
        DerCursor permitted = constraints.next(PERMITTED);
        DerCursor excluded = constraints.next(EXCLUDED);
        constraints.end();
        require(
                is(base(permitted, URI), expected.spiffeId().trustDomain().name()),
                "permitted URI is not of the trust domain");
        List<String> domains = new ArrayList<>(authority.permittedDnsDomains());
        if (domains.isEmpty()) {
            domains.add("invalid");
        }
        for (String domain : domains) {
            require(is(base(permitted, DNS_NAME), domain), "permitted DNS name is not the decided");
        }
        require(is(base(permitted, EMAIL), "invalid"), "e-mail addresses are permitted");
        permitted.end();
        for (int length : List.of(8, 32)) {
            require(
                    base(excluded, IP_ADDRESS).contentEquals(new byte[length]),
                    "an IP address is not excluded");
        }
        excluded.end();
    }

    /// The name of the next subtree, which has no minimum and no maximum.
    private static DerCursor base(DerCursor subtrees, int tag) {
        DerCursor subtree = subtrees.next(DerCursor.SEQUENCE);
        DerCursor base = subtree.next(tag);
        subtree.end();
        return base;
    }

    private static int lastArc(SubjectName.Type type) {
        return switch (type) {
            case COMMON_NAME -> 3;
            case COUNTRY -> 6;
            case LOCALITY -> 7;
            case STATE -> 8;
            case ORGANIZATION -> 10;
            case ORGANIZATIONAL_UNIT -> 11;
        };
    }

    private static boolean is(DerCursor value, String ascii) {
        return value.contentEquals(ascii.getBytes(StandardCharsets.US_ASCII));
    }
}
