package dev.signet.ca.certificate;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.OtherName;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;

/// Writes the same contents with BouncyCastle, or contents with something wrong in them.
final class BouncyCastleEncoder {

    private BouncyCastleEncoder() {}

    static byte[] toBeSigned(CertificateContent content) throws Exception {
        return holder(content, _ -> {}).toASN1Structure().getTBSCertificate().getEncoded("DER");
    }

    /// @param change what to do to the extensions before they are signed
    static byte[] certificate(CertificateContent content, Change change) throws Exception {
        return holder(content, change).getEncoded();
    }

    interface Change {
        void to(ExtensionsGenerator extensions) throws Exception;
    }

    private static X509CertificateHolder holder(CertificateContent content, Change change)
            throws Exception {
        ContentSigner signer =
                new JcaContentSignerBuilder(content.issuer().algorithm().jcaName())
                        .build(
                                CertificateEncoderTest.issuerKeyType(content.issuer().algorithm())
                                        .keyPair()
                                        .getPrivate());
        X509v3CertificateBuilder builder =
                new X509v3CertificateBuilder(
                        X500Name.getInstance(content.issuer().subject()),
                        new BigInteger(1, content.serialNumber().octets()),
                        Date.from(content.validity().notBefore()),
                        Date.from(content.validity().notAfter()),
                        subject(content),
                        SubjectPublicKeyInfo.getInstance(content.key().subjectPublicKeyInfo()));
        ExtensionsGenerator extensions = extensions(content);
        change.to(extensions);
        var finished = extensions.generate();
        for (ASN1ObjectIdentifier type : finished.getExtensionOIDs()) {
            builder.addExtension(finished.getExtension(type));
        }
        return builder.build(signer);
    }

    private static X500Name subject(CertificateContent content) {
        return switch (content.subject()) {
            case SubjectName made -> made(made);
            case EncodedName given -> X500Name.getInstance(given.der());
        };
    }

    private static X500Name made(SubjectName subject) {
        List<RDN> relative = new ArrayList<>();
        for (SubjectName.Attribute attribute : subject.attributes()) {
            relative.add(
                    switch (attribute.type()) {
                        case COUNTRY ->
                                new RDN(BCStyle.C, new DERPrintableString(attribute.value()));
                        case STATE -> utf8(BCStyle.ST, attribute);
                        case LOCALITY -> utf8(BCStyle.L, attribute);
                        case ORGANIZATION -> utf8(BCStyle.O, attribute);
                        case ORGANIZATIONAL_UNIT -> utf8(BCStyle.OU, attribute);
                        case COMMON_NAME -> utf8(BCStyle.CN, attribute);
                    });
        }
        return new X500Name(relative.toArray(RDN[]::new));
    }

    private static RDN utf8(ASN1ObjectIdentifier type, SubjectName.Attribute attribute) {
        return new RDN(type, new DERUTF8String(attribute.value()));
    }

    private static ExtensionsGenerator extensions(CertificateContent content) throws Exception {
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        var authority = content.profile().authority();
        extensions.addExtension(Extension.keyUsage, true, new KeyUsage(usages(content)));
        if (!content.extendedKeyUsages().isEmpty()) {
            extensions.addExtension(
                    Extension.extendedKeyUsage,
                    content.extendedKeyUsages()
                            .contains(dev.signet.ca.certificate.ExtendedKeyUsage.TIME_STAMPING),
                    new ExtendedKeyUsage(
                            content.extendedKeyUsages().stream()
                                    .map(usage -> new ASN1ObjectIdentifier(usage.oid()))
                                    .map(KeyPurposeId::getInstance)
                                    .toArray(KeyPurposeId[]::new)));
        }
        extensions.addExtension(
                Extension.basicConstraints,
                true,
                authority == null
                        ? new BasicConstraints(false)
                        : new BasicConstraints(authority.pathLength()));
        extensions.addExtension(
                Extension.authorityKeyIdentifier,
                false,
                new AuthorityKeyIdentifier(content.issuer().subjectKeyIdentifier()));
        if (authority != null) {
            extensions.addExtension(
                    Extension.subjectKeyIdentifier,
                    false,
                    new SubjectKeyIdentifier(content.key().sha256()));
            if (!authority.unconstrained()) {
                extensions.addExtension(
                        Extension.nameConstraints,
                        true,
                        constraints(content, authority.permittedDnsDomains()));
            }
        }
        addStatus(extensions, content.status());
        List<GeneralName> names = names(content);
        if (!names.isEmpty()) {
            extensions.addExtension(
                    Extension.subjectAlternativeName,
                    content.subject().isEmpty(),
                    new GeneralNames(names.toArray(GeneralName[]::new)));
        }
        return extensions;
    }

    private static void addStatus(ExtensionsGenerator extensions, CertificateStatus status)
            throws Exception {
        if (status.isNoRevocationAvailable()) {
            extensions.addExtension(
                    Extension.noRevAvail, false, org.bouncycastle.asn1.DERNull.INSTANCE);
        }
        if (status.crlUri() != null) {
            extensions.addExtension(
                    Extension.cRLDistributionPoints,
                    false,
                    new CRLDistPoint(
                            new DistributionPoint[] {
                                new DistributionPoint(
                                        new DistributionPointName(
                                                new GeneralNames(uri(status.crlUri()))),
                                        null,
                                        null)
                            }));
            extensions.addExtension(
                    Extension.authorityInfoAccess,
                    false,
                    new AuthorityInformationAccess(
                            AccessDescription.id_ad_ocsp, uri(status.ocspUri())));
        }
    }

    static GeneralName uri(String text) {
        return new GeneralName(GeneralName.uniformResourceIdentifier, text);
    }

    private static int usages(CertificateContent content) {
        int bits = 0;
        for (dev.signet.ca.certificate.KeyUsage usage : content.keyUsages()) {
            bits |=
                    switch (usage) {
                        case DIGITAL_SIGNATURE -> KeyUsage.digitalSignature;
                        case CONTENT_COMMITMENT -> KeyUsage.nonRepudiation;
                        case KEY_ENCIPHERMENT -> KeyUsage.keyEncipherment;
                        case DATA_ENCIPHERMENT -> KeyUsage.dataEncipherment;
                        case KEY_AGREEMENT -> KeyUsage.keyAgreement;
                        case KEY_CERT_SIGN -> KeyUsage.keyCertSign;
                        case CRL_SIGN -> KeyUsage.cRLSign;
                        case ENCIPHER_ONLY -> KeyUsage.encipherOnly;
                        case DECIPHER_ONLY -> KeyUsage.decipherOnly;
                    };
        }
        return bits;
    }

    private static List<GeneralName> names(CertificateContent content) {
        List<GeneralName> names = new ArrayList<>();
        if (content.profile().identity() == CertificateProfile.Identity.WRITTEN) {
            names.add(
                    new GeneralName(
                            GeneralName.uniformResourceIdentifier,
                            content.profile().authority() == null
                                    ? content.spiffeId().toString()
                                    : "spiffe://" + content.spiffeId().trustDomain()));
        }
        for (String name : content.names().dnsNames()) {
            names.add(new GeneralName(GeneralName.dNSName, name));
        }
        for (InetAddress address : content.names().ipAddresses()) {
            names.add(address(address.getAddress()));
        }
        for (String name : content.names().emailAddresses()) {
            names.add(new GeneralName(GeneralName.rfc822Name, name));
        }
        for (String name : content.names().uris()) {
            names.add(new GeneralName(GeneralName.uniformResourceIdentifier, name));
        }
        for (dev.signet.ca.certificate.OtherName name : content.names().otherNames()) {
            names.add(
                    new GeneralName(
                            GeneralName.otherName,
                            new OtherName(
                                    new ASN1ObjectIdentifier(name.typeId()),
                                    new DERUTF8String(name.value()))));
        }
        return names;
    }

    private static NameConstraints constraints(CertificateContent content, List<String> domains) {
        List<GeneralName> permitted = new ArrayList<>();
        permitted.add(
                new GeneralName(
                        GeneralName.uniformResourceIdentifier,
                        content.spiffeId().trustDomain().name()));
        for (String domain : domains.isEmpty() ? List.of("invalid") : domains) {
            permitted.add(new GeneralName(GeneralName.dNSName, domain));
        }
        permitted.add(new GeneralName(GeneralName.rfc822Name, "invalid"));
        return new NameConstraints(
                subtrees(permitted),
                subtrees(List.of(address(new byte[8]), address(new byte[32]))));
    }

    private static GeneralName address(byte[] octets) {
        return new GeneralName(GeneralName.iPAddress, new DEROctetString(octets));
    }

    private static GeneralSubtree[] subtrees(List<GeneralName> names) {
        return names.stream().map(GeneralSubtree::new).toArray(GeneralSubtree[]::new);
    }
}
