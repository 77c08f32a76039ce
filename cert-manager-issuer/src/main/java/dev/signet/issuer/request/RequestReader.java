package dev.signet.issuer.request;

import dev.signet.client.SubjectRequest.KeyUsage;
import dev.signet.client.SubjectRequest.Names;
import dev.signet.client.SubjectRequest.OtherName;
import dev.signet.issuer.request.CertificationRequest.KeyKind;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.ASN1UTF8String;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads PKCS#10 requests, PEM or DER, of at most 16 KiB. What it asks for and cannot be passed on
/// to the CA is refused by name, never dropped. Stateless.
///
/// @rfc 2986 4
/// @rfc 5280 4.2.1
public final class RequestReader {

    /// As the CA accepts them.
    public static final int MAX_DER_OCTETS = 16 * 1024;

    private static final int MAX_PEM_OCTETS = 32 * 1024;
    private static final int MAX_NAMES = 100;
    private static final int MAX_EXTENSIONS = 32;

    /// All that a request may ask for: an extension that were dropped in silence could leave a
    /// certificate that permits more than was asked for.
    private static final Set<ASN1ObjectIdentifier> CARRIED =
            Set.of(
                    Extension.subjectAlternativeName,
                    Extension.keyUsage,
                    Extension.extendedKeyUsage,
                    Extension.basicConstraints);

    /// szOID_CERT_EXTENSIONS.
    private static final ASN1ObjectIdentifier MICROSOFT_EXTENSION_REQUEST =
            new ASN1ObjectIdentifier("1.3.6.1.4.1.311.2.1.14");

    private static final Pattern PEM =
            Pattern.compile(
                    "\\s*-----BEGIN (NEW )?CERTIFICATE REQUEST-----\\r?\\n"
                            + "([A-Za-z0-9+/=\\r\\n]+)"
                            + "-----END (NEW )?CERTIFICATE REQUEST-----\\s*");

    private RequestReader() {}

    /// Reads one PEM request, and nothing beside it.
    public static CertificationRequest readPem(byte[] text) throws MalformedRequestException {
        if (text.length > MAX_PEM_OCTETS) {
            throw new MalformedRequestException(
                    "certification request has " + text.length + " bytes (expected: <= 32 KiB)");
        }
        Matcher pem = PEM.matcher(new String(text, StandardCharsets.US_ASCII));
        if (!pem.matches()) {
            throw new MalformedRequestException(
                    "certification request is not one PEM block CERTIFICATE REQUEST");
        }
        try {
            return readDer(
                    Base64.getDecoder().decode(pem.group(2).replace("\n", "").replace("\r", "")));
        } catch (IllegalArgumentException e) {
            throw new MalformedRequestException("certification request is not base64");
        }
    }

    /// Reads one DER request, and nothing behind it.
    public static CertificationRequest readDer(byte[] der) throws MalformedRequestException {
        if (der.length == 0 || der.length > MAX_DER_OCTETS) {
            throw new MalformedRequestException(
                    "certification request has " + der.length + " bytes (expected: 1 to 16384)");
        }
        try {
            return read(der.clone());
        } catch (IOException | RuntimeException e) {
            throw new MalformedRequestException("certification request is not PKCS#10");
        }
    }

    private static CertificationRequest read(byte[] der)
            throws IOException, MalformedRequestException {
        PKCS10CertificationRequest request = new PKCS10CertificationRequest(der);
        Extensions extensions = extensions(request);
        NameCollector names = new NameCollector();
        byte[] subject = Octets.subject(der);
        Optional<Set<KeyUsage>> usages = Optional.empty();
        Optional<List<String>> extended = Optional.empty();
        Optional<Boolean> certificateAuthority = Optional.empty();
        if (extensions != null) {
            names.add(extensions);
            usages = keyUsages(extensions);
            extended = extendedKeyUsages(extensions);
            BasicConstraints constraints = basicConstraints(extensions);
            certificateAuthority = Optional.ofNullable(constraints).map(BasicConstraints::isCA);
        }
        return new CertificationRequest(
                der,
                request.getSubjectPublicKeyInfo().getEncoded("DER"),
                keyKind(request.getSubjectPublicKeyInfo().getAlgorithm().getAlgorithm()),
                request.getSubject().getRDNs().length == 0 ? new byte[0] : subject,
                names.names(),
                Optional.ofNullable(names.spiffeId),
                usages,
                extended,
                certificateAuthority);
    }

    private static KeyKind keyKind(ASN1ObjectIdentifier algorithm) {
        if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            return KeyKind.RSA;
        }
        if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            return KeyKind.EC;
        }
        return algorithm.equals(EdECObjectIdentifiers.id_Ed25519) ? KeyKind.ED25519 : KeyKind.OTHER;
    }

    private static @Nullable Extensions extensions(PKCS10CertificationRequest request)
            throws MalformedRequestException {
        Attribute[] attributes =
                request.getAttributes(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest);
        if (request.getAttributes(MICROSOFT_EXTENSION_REQUEST).length > 0) {
            throw new MalformedRequestException(
                    "certification request asks for extensions by Microsoft's attribute "
                            + MICROSOFT_EXTENSION_REQUEST.getId()
                            + " (expected: extensionRequest, RFC 2985 5.4.2)");
        }
        if (attributes.length == 0) {
            return null;
        }
        if (attributes.length > 1 || attributes[0].getAttrValues().size() != 1) {
            throw new MalformedRequestException(
                    "certification request asks for extensions more than once");
        }
        Extensions extensions =
                Extensions.getInstance(attributes[0].getAttrValues().getObjectAt(0));
        if (extensions.getExtensionOIDs().length > MAX_EXTENSIONS) {
            throw new MalformedRequestException("certification request asks for many extensions");
        }
        for (ASN1ObjectIdentifier type : extensions.getExtensionOIDs()) {
            if (!CARRIED.contains(type)) {
                throw new MalformedRequestException(
                        "certification request asks for the extension "
                                + RefusedExtensions.name(type)
                                + ", which this issuer does not pass on; leave it out, or have the"
                                + " certificate profile of the CA's policy set it");
            }
        }
        return extensions;
    }

    /// A path length is refused: the certificate of a CA must not be wider than its request, and
    /// the profile alone says how long a path may be.
    private static @Nullable BasicConstraints basicConstraints(Extensions extensions)
            throws MalformedRequestException {
        BasicConstraints constraints = BasicConstraints.fromExtensions(extensions);
        if (constraints != null && constraints.getPathLenConstraint() != null) {
            throw new MalformedRequestException(
                    "certification request asks for a path length in basicConstraints, which this"
                            + " issuer does not pass on; leave it out, or have the certificate"
                            + " profile of the CA's policy set it");
        }
        return constraints;
    }

    private static Optional<Set<KeyUsage>> keyUsages(Extensions extensions) {
        org.bouncycastle.asn1.x509.KeyUsage bits =
                org.bouncycastle.asn1.x509.KeyUsage.fromExtensions(extensions);
        if (bits == null) {
            return Optional.empty();
        }
        Set<KeyUsage> usages = EnumSet.noneOf(KeyUsage.class);
        for (KeyUsage usage : KeyUsage.values()) {
            if (bits.hasUsages(bit(usage))) {
                usages.add(usage);
            }
        }
        return Optional.of(usages);
    }

    private static int bit(KeyUsage usage) {
        return switch (usage) {
            case DIGITAL_SIGNATURE -> org.bouncycastle.asn1.x509.KeyUsage.digitalSignature;
            case CONTENT_COMMITMENT -> org.bouncycastle.asn1.x509.KeyUsage.nonRepudiation;
            case KEY_ENCIPHERMENT -> org.bouncycastle.asn1.x509.KeyUsage.keyEncipherment;
            case DATA_ENCIPHERMENT -> org.bouncycastle.asn1.x509.KeyUsage.dataEncipherment;
            case KEY_AGREEMENT -> org.bouncycastle.asn1.x509.KeyUsage.keyAgreement;
            case KEY_CERT_SIGN -> org.bouncycastle.asn1.x509.KeyUsage.keyCertSign;
            case CRL_SIGN -> org.bouncycastle.asn1.x509.KeyUsage.cRLSign;
            case ENCIPHER_ONLY -> org.bouncycastle.asn1.x509.KeyUsage.encipherOnly;
            case DECIPHER_ONLY -> org.bouncycastle.asn1.x509.KeyUsage.decipherOnly;
        };
    }

    private static Optional<List<String>> extendedKeyUsages(Extensions extensions) {
        ExtendedKeyUsage usage = ExtendedKeyUsage.fromExtensions(extensions);
        return usage == null
                ? Optional.empty()
                : Optional.of(
                        Arrays.stream(usage.getUsages())
                                .map(KeyPurposeId::toOID)
                                .map(ASN1ObjectIdentifier::getId)
                                .toList());
    }

    /// Subject alternative names, sorted by kind.
    private static final class NameCollector {
        private final List<String> dns = new ArrayList<>();
        private final List<String> ips = new ArrayList<>();
        private final List<String> emails = new ArrayList<>();
        private final List<String> uris = new ArrayList<>();
        private final List<OtherName> others = new ArrayList<>();
        private @Nullable String spiffeId;

        void add(Extensions extensions) throws MalformedRequestException {
            GeneralNames names =
                    GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName);
            if (names == null) {
                return;
            }
            if (names.getNames().length > MAX_NAMES) {
                throw new MalformedRequestException(
                        "certification request has "
                                + names.getNames().length
                                + " subject alternative names (expected: <= "
                                + MAX_NAMES
                                + ")");
            }
            for (GeneralName name : names.getNames()) {
                add(name);
            }
        }

        private void add(GeneralName name) throws MalformedRequestException {
            switch (name.getTagNo()) {
                case GeneralName.dNSName ->
                        once(dns, name.getName().toString().toLowerCase(Locale.ROOT));
                case GeneralName.iPAddress -> once(ips, address(name.getName()));
                case GeneralName.rfc822Name -> once(emails, name.getName().toString());
                case GeneralName.uniformResourceIdentifier -> uri(name.getName().toString());
                case GeneralName.otherName -> others.add(other(name.getName()));
                default ->
                        throw new MalformedRequestException(
                                "certification request has a subject alternative name of a kind"
                                        + " that cannot be issued (expected: DNS name, IP address,"
                                        + " e-mail address, URI, otherName)");
            }
        }

        /// A name that is there twice says no more than once.
        private static void once(List<String> names, String name) {
            if (!names.contains(name)) {
                names.add(name);
            }
        }

        private void uri(String uri) throws MalformedRequestException {
            if (!uri.regionMatches(true, 0, "spiffe:", 0, "spiffe:".length())) {
                once(uris, uri);
            } else if (spiffeId == null || spiffeId.equals(uri)) {
                spiffeId = uri;
            } else {
                throw new MalformedRequestException(
                        "certification request has several SPIFFE IDs (expected: at most one)");
            }
        }

        private static String address(ASN1Encodable value) throws MalformedRequestException {
            byte[] octets = ASN1OctetString.getInstance(value).getOctets();
            if (octets.length != 4 && octets.length != 16) {
                throw new MalformedRequestException(
                        "certification request has an IP address of " + octets.length + " bytes");
            }
            try {
                return InetAddress.getByAddress(octets).getHostAddress();
            } catch (UnknownHostException e) {
                throw new MalformedRequestException("certification request has no IP address");
            }
        }

        private static OtherName other(ASN1Encodable value) throws MalformedRequestException {
            ASN1Sequence sequence = ASN1Sequence.getInstance(value);
            if (sequence.size() == 2
                    && sequence.getObjectAt(0) instanceof ASN1ObjectIdentifier type
                    && sequence.getObjectAt(1) instanceof ASN1TaggedObject tagged
                    && tagged.hasContextTag(0)
                    && tagged.getExplicitBaseObject() instanceof ASN1UTF8String text) {
                return new OtherName(type.getId(), text.getString());
            }
            throw new MalformedRequestException(
                    "certification request has an otherName that is no UTF8String");
        }

        Names names() {
            return dns.isEmpty()
                            && ips.isEmpty()
                            && emails.isEmpty()
                            && uris.isEmpty()
                            && others.isEmpty()
                    ? Names.NONE
                    : new Names(dns, ips, emails, uris, others);
        }
    }
}
