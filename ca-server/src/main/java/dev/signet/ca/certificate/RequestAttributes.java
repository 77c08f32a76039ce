package dev.signet.ca.certificate;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.jspecify.annotations.Nullable;

import java.util.HashSet;
import java.util.Set;

/// Makes sure that the attributes of a certification request are well-formed and few. None of them
/// is used (R10); but a request that is broken here was made by something broken, and what is
/// parsed and not checked is where other CAs were hurt (R11, R12).
///
/// @rfc 2985 5.4
final class RequestAttributes {

    private static final int MAX_ATTRIBUTES = 16;
    private static final int MAX_EXTENSIONS = 32;
    private static final int MAX_NAMES = 100;
    private static final int MAX_PURPOSES = 32;
    private static final int MAX_EXTENSION_DEPTH = 12;

    /// Names may hold names: a directoryName has about ten elements.
    private static final int MAX_EXTENSION_ELEMENTS = 512;

    private static final int GENERAL_NAME_CLASS = 0x80;
    private static final int GREATEST_GENERAL_NAME = 8;

    private RequestAttributes() {}

    /// @return the requested extensions; null: there are none
    /// @throws RuntimeException when they are not as they should be
    static @Nullable ASN1Sequence check(ASN1TaggedObject tagged) {
        ASN1Sequence requested = null;
        ASN1Set attributes = ASN1Set.getInstance(tagged, false);
        if (attributes.size() > MAX_ATTRIBUTES) {
            throw UnacceptableRequestException.malformed(
                    "certification request has more than " + MAX_ATTRIBUTES + " attributes");
        }
        Set<ASN1ObjectIdentifier> seen = new HashSet<>();
        for (ASN1Encodable element : attributes) {
            Attribute attribute = Attribute.getInstance(element);
            if (!seen.add(attribute.getAttrType())) {
                throw UnacceptableRequestException.malformed(
                        "certification request has an attribute twice");
            }
            if (attribute.getAttrType().equals(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest)) {
                if (attribute.getAttrValues().size() != 1) {
                    throw UnacceptableRequestException.malformed(
                            "certification request's extensionRequest has not one value"
                                    + " (RFC 2985 5.4.2)");
                }
                requested = ASN1Sequence.getInstance(attribute.getAttrValues().getObjectAt(0));
                checkExtensions(requested);
            }
        }
        return requested;
    }

    private static void checkExtensions(ASN1Sequence extensions) {
        if (extensions.size() < 1 || extensions.size() > MAX_EXTENSIONS) {
            throw UnacceptableRequestException.malformed(
                    "certification request has "
                            + extensions.size()
                            + " extensions (expected: 1 to "
                            + MAX_EXTENSIONS
                            + ")");
        }
        Set<ASN1ObjectIdentifier> seen = new HashSet<>();
        for (ASN1Encodable element : extensions) {
            Extension extension = Extension.getInstance(element);
            if (!seen.add(extension.getExtnId())) {
                throw UnacceptableRequestException.malformed(
                        "certification request has an extension twice (RFC 5280 4.2)");
            }
            checkValue(extension.getExtnId(), extension.getExtnValue());
        }
    }

    private static void checkValue(ASN1ObjectIdentifier type, ASN1OctetString value) {
        byte[] octets = value.getOctets();
        if (type.equals(Extension.subjectAlternativeName)) {
            checkNames(octets);
        } else if (type.equals(Extension.extendedKeyUsage)) {
            checkPurposes(octets);
        } else if (type.equals(Extension.keyUsage)) {
            DerCursor outer = new DerCursor(octets);
            DerCursor bits = outer.next(DerCursor.BIT_STRING);
            outer.end();
            if (bits.length() < 2 || bits.length() > 3 || bits.octet(0) > 7) {
                throw UnacceptableRequestException.malformed(
                        "certification request's keyUsage is empty or too long");
            }
        } else if (type.equals(Extension.basicConstraints)) {
            DerCursor outer = new DerCursor(octets);
            outer.next(DerCursor.SEQUENCE);
            outer.end();
            DerCursor.requireShape(octets, 1, 3);
        }
    }

    private static void checkNames(byte[] octets) {
        DerCursor.requireShape(octets, MAX_EXTENSION_DEPTH, MAX_EXTENSION_ELEMENTS);
        DerCursor names = new DerCursor(octets).next(DerCursor.SEQUENCE);
        int count = 0;
        while (names.hasMore()) {
            int tag = names.peekTag();
            boolean generalName =
                    (tag & 0xc0) == GENERAL_NAME_CLASS && (tag & 0x1f) <= GREATEST_GENERAL_NAME;
            if (!generalName || ++count > MAX_NAMES) {
                break;
            }
            names.next();
        }
        if (count == 0 || names.hasMore()) {
            throw UnacceptableRequestException.malformed(
                    "certification request's subjectAltName is not 1 to " + MAX_NAMES + " names");
        }
    }

    private static void checkPurposes(byte[] octets) {
        DerCursor outer = new DerCursor(octets);
        DerCursor purposes = outer.next(DerCursor.SEQUENCE);
        outer.end();
        int count = 0;
        while (purposes.hasMore() && count <= MAX_PURPOSES) {
            purposes.next(DerCursor.OBJECT_IDENTIFIER);
            count++;
        }
        if (count == 0 || count > MAX_PURPOSES) {
            throw UnacceptableRequestException.malformed(
                    "certification request's extendedKeyUsage is not 1 to "
                            + MAX_PURPOSES
                            + " purposes (RFC 5280 4.2.1.12)");
        }
    }
}
