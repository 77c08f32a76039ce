package dev.signet.cli.inspect;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What the attributes of a certification request ask for: all of them, also where there should be
/// one (RFC 2985 5.4.2), and where Microsoft's attribute stands beside it.
final class RequestedExtensions {

    private static final ASN1ObjectIdentifier MICROSOFT =
            new ASN1ObjectIdentifier("1.3.6.1.4.1.311.2.1.14");

    private static final Map<ASN1ObjectIdentifier, String> ATTRIBUTES =
            Map.of(
                    PKCSObjectIdentifiers.pkcs_9_at_extensionRequest,
                    "extensionRequest",
                    MICROSOFT,
                    "extensionRequest (Microsoft)",
                    PKCSObjectIdentifiers.pkcs_9_at_challengePassword,
                    "challengePassword (not shown)",
                    PKCSObjectIdentifiers.pkcs_9_at_unstructuredName,
                    "unstructuredName");

    private static final Map<ASN1ObjectIdentifier, String> EXTENSIONS =
            Map.of(
                    Extension.nameConstraints,
                    "nameConstraints",
                    Extension.certificatePolicies,
                    "certificatePolicies",
                    Extension.subjectKeyIdentifier,
                    "subjectKeyIdentifier",
                    new ASN1ObjectIdentifier("1.3.6.1.5.5.7.1.24"),
                    "tlsFeature");

    private RequestedExtensions() {}

    static List<Extension> of(PKCS10CertificationRequest request) {
        List<Extension> extensions = new ArrayList<>();
        for (Attribute attribute : request.getAttributes()) {
            if (attribute.getAttrType().equals(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest)
                    || attribute.getAttrType().equals(MICROSOFT)) {
                for (ASN1Encodable value : attribute.getAttrValues()) {
                    for (ASN1Encodable extension : ASN1Sequence.getInstance(value)) {
                        extensions.add(Extension.getInstance(extension));
                    }
                }
            }
        }
        return extensions;
    }

    static List<String> attributes(PKCS10CertificationRequest request) {
        List<String> names = new ArrayList<>();
        for (Attribute attribute : request.getAttributes()) {
            names.add(
                    ATTRIBUTES.getOrDefault(
                            attribute.getAttrType(), attribute.getAttrType().getId()));
        }
        return names;
    }

    static List<String> names(List<Extension> extensions, boolean uris) {
        List<String> names = new ArrayList<>();
        for (Extension extension : extensions) {
            if (extension.getExtnId().equals(Extension.subjectAlternativeName)) {
                names.addAll(
                        DerReader.words(
                                GeneralNames.getInstance(extension.getParsedValue()), uris));
            }
        }
        return names;
    }

    static List<String> words(List<Extension> extensions) {
        List<String> words = new ArrayList<>();
        for (Extension extension : extensions) {
            if (!extension.getExtnId().equals(Extension.subjectAlternativeName)) {
                words.add(words(extension));
            }
        }
        return words;
    }

    private static String words(Extension extension) {
        ASN1ObjectIdentifier type = extension.getExtnId();
        if (type.equals(Extension.basicConstraints)) {
            BasicConstraints constraints = BasicConstraints.getInstance(extension.getParsedValue());
            return "basicConstraints: "
                    + (constraints.isCA() ? "CA" : "no CA")
                    + (constraints.getPathLenConstraint() == null
                            ? ""
                            : ", path length " + constraints.getPathLenConstraint());
        }
        if (type.equals(Extension.keyUsage)) {
            return "keyUsage: "
                    + String.join(
                            " ", DerReader.words(KeyUsage.getInstance(extension.getParsedValue())));
        }
        if (type.equals(Extension.extendedKeyUsage)) {
            return "extendedKeyUsage: "
                    + String.join(
                            " ",
                            DerReader.words(
                                    ExtendedKeyUsage.getInstance(extension.getParsedValue())));
        }
        return EXTENSIONS.getOrDefault(type, type.getId());
    }
}
