package dev.signet.ca.certificate;

import dev.signet.ca.identity.TrustDomain;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Names as DER.
///
/// @rfc 5280 4.1.2.6
/// @rfc 5280 4.2.1.6
/// @rfc 5280 4.2.1.10
final class NameEncoder {

    /// A domain that never exists (RFC 6761 6.4): to permit nothing but its names forbids all. An
    /// empty excluded name would say the same, but the JDK does not read an empty e-mail name, and
    /// OpenSSL does not heed it.
    static final String NOWHERE = "invalid";

    private static final int OBJECT_IDENTIFIER = 0x06;
    private static final int UTF8_STRING = 0x0c;
    private static final int PRINTABLE_STRING = 0x13;
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final int OTHER_NAME = 0xa0;
    private static final int EXPLICIT_VALUE = 0xa0;
    private static final int RFC822_NAME = 0x81;
    private static final int DNS_NAME = 0x82;
    private static final int URI = 0x86;
    private static final int IP_ADDRESS = 0x87;
    private static final int PERMITTED = 0xa0;
    private static final int EXCLUDED = 0xa1;

    /// Address and mask, all zero: every address.
    private static final byte[] ALL_IPV4 = new byte[8];

    private static final byte[] ALL_IPV6 = new byte[32];

    private static final byte[] NOTHING = {};

    private NameEncoder() {}

    /// Content of GeneralNames; empty where there is no name.
    static byte[] subjectAltNames(CertificateContent content) {
        AlternativeNames further = content.names();
        byte[] identity = content.profile().writesIdentity() ? identity(content) : NOTHING;
        if (further.isEmpty()) {
            return identity;
        }
        ByteArrayOutputStream names = new ByteArrayOutputStream();
        names.writeBytes(identity);
        further.dnsNames().forEach(name -> names.writeBytes(element(DNS_NAME, name)));
        for (InetAddress address : further.ipAddresses()) {
            names.writeBytes(DerWriter.element(IP_ADDRESS, address.getAddress()));
        }
        further.emailAddresses().forEach(name -> names.writeBytes(element(RFC822_NAME, name)));
        further.uris().forEach(name -> names.writeBytes(element(URI, name)));
        further.otherNames().forEach(name -> names.writeBytes(otherName(name)));
        return names.toByteArray();
    }

    private static byte[] identity(CertificateContent content) {
        return element(
                URI,
                content.profile().authority() == null
                        ? content.spiffeId().toString()
                        : content.spiffeId().trustDomain().uri());
    }

    private static byte[] otherName(OtherName name) {
        byte[] value =
                DerWriter.element(UTF8_STRING, name.value().getBytes(StandardCharsets.UTF_8));
        return DerWriter.element(
                OTHER_NAME,
                DerWriter.concat(
                        DerWriter.element(
                                OBJECT_IDENTIFIER, ObjectIdentifiers.encode(name.typeId())),
                        DerWriter.element(EXPLICIT_VALUE, value)));
    }

    /// DER Name, one attribute to each RDN.
    static byte[] name(SubjectName subject) {
        ByteArrayOutputStream relative = new ByteArrayOutputStream();
        for (SubjectName.Attribute attribute : subject.attributes()) {
            byte[] type = DerWriter.element(OBJECT_IDENTIFIER, type(attribute.type()));
            byte[] value =
                    attribute.type() == SubjectName.Type.COUNTRY
                            ? element(PRINTABLE_STRING, attribute.value())
                            : DerWriter.element(
                                    UTF8_STRING,
                                    attribute.value().getBytes(StandardCharsets.UTF_8));
            relative.writeBytes(
                    DerWriter.element(
                            SET, DerWriter.element(SEQUENCE, DerWriter.concat(type, value))));
        }
        return DerWriter.element(SEQUENCE, relative.toByteArray());
    }

    /// DER NameConstraints: SPIFFE IDs of the trust domain, DNS names of the domains, and nothing
    /// else of any kind that a SAN may have here.
    static byte[] constraints(TrustDomain trustDomain, List<String> dnsDomains) {
        ByteArrayOutputStream permitted = new ByteArrayOutputStream();
        permitted.writeBytes(subtree(element(URI, trustDomain.name())));
        for (String domain : dnsDomains.isEmpty() ? List.of(NOWHERE) : dnsDomains) {
            permitted.writeBytes(subtree(element(DNS_NAME, domain)));
        }
        permitted.writeBytes(subtree(element(RFC822_NAME, NOWHERE)));
        byte[] excluded =
                DerWriter.concat(
                        subtree(DerWriter.element(IP_ADDRESS, ALL_IPV4)),
                        subtree(DerWriter.element(IP_ADDRESS, ALL_IPV6)));
        return DerWriter.element(
                SEQUENCE,
                DerWriter.concat(
                        DerWriter.element(PERMITTED, permitted.toByteArray()),
                        DerWriter.element(EXCLUDED, excluded)));
    }

    private static byte[] subtree(byte[] base) {
        return DerWriter.element(SEQUENCE, base);
    }

    private static byte[] type(SubjectName.Type type) {
        int lastArc =
                switch (type) {
                    case COMMON_NAME -> 3;
                    case COUNTRY -> 6;
                    case LOCALITY -> 7;
                    case STATE -> 8;
                    case ORGANIZATION -> 10;
                    case ORGANIZATIONAL_UNIT -> 11;
                };
        return new byte[] {0x55, 0x04, (byte) lastArc};
    }

    private static byte[] element(int tag, String ascii) {
        return DerWriter.element(tag, ascii.getBytes(StandardCharsets.US_ASCII));
    }
}
