package dev.signet.issuer.request;

import static java.util.Map.entry;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;

import java.util.Map;

/// What people call the extensions that requests are refused for. Stateless.
///
/// @rfc 5280 4.2
final class RefusedExtensions {

    private static final Map<String, String> NAMES =
            Map.ofEntries(
                    entry("2.5.29.9", "subjectDirectoryAttributes"),
                    entry("2.5.29.14", "subjectKeyIdentifier"),
                    entry("2.5.29.16", "privateKeyUsagePeriod"),
                    entry("2.5.29.18", "issuerAltName"),
                    entry("2.5.29.30", "nameConstraints"),
                    entry("2.5.29.31", "cRLDistributionPoints"),
                    entry("2.5.29.32", "certificatePolicies"),
                    entry("2.5.29.33", "policyMappings"),
                    entry("2.5.29.35", "authorityKeyIdentifier"),
                    entry("2.5.29.36", "policyConstraints"),
                    entry("2.5.29.46", "freshestCRL"),
                    entry("2.5.29.54", "inhibitAnyPolicy"),
                    entry("2.5.29.56", "noRevAvail"),
                    entry("1.3.6.1.5.5.7.1.1", "authorityInfoAccess"),
                    entry("1.3.6.1.5.5.7.1.3", "qcStatements"),
                    entry("1.3.6.1.5.5.7.1.11", "subjectInfoAccess"),
                    entry("1.3.6.1.5.5.7.1.24", "TLS feature, must-staple"),
                    entry("1.3.6.1.5.5.7.48.1.5", "OCSP no check"),
                    entry("1.3.6.1.4.1.311.20.2", "Microsoft certificate template name"),
                    entry("1.3.6.1.4.1.311.21.7", "Microsoft certificate template"),
                    entry("2.16.840.1.113730.1.1", "Netscape certificate type"));

    private RefusedExtensions() {}

    /// The name with the object identifier, or the object identifier alone.
    static String name(ASN1ObjectIdentifier type) {
        String name = NAMES.get(type.getId());
        return name == null ? type.getId() : name + " (" + type.getId() + ")";
    }
}
