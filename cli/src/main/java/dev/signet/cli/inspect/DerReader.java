package dev.signet.cli.inspect;

import dev.signet.ca.certificate.SigningRequest;
import dev.signet.ca.certificate.SigningRequestReader;
import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.refusal.Refusal;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.DefaultSignatureNameFinder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// From DER to words. Whatever is wrong with the encoding ends in [UnreadableFileException].
final class DerReader {

    private static final HexFormat HEX = HexFormat.of();

    private static final Pattern HASHED = Pattern.compile("SHA(\\d+)WITH([A-Z]+)");

    private DerReader() {}

    static Inspected.Certificate certificate(byte[] der, String where)
            throws UnreadableFileException {
        try {
            X509CertificateHolder certificate = new X509CertificateHolder(der);
            Extensions extensions = certificate.getExtensions();
            BasicConstraints constraints =
                    extensions == null ? null : BasicConstraints.fromExtensions(extensions);
            boolean ca = constraints != null && constraints.isCA();
            boolean selfIssued = certificate.getIssuer().equals(certificate.getSubject());
            return new Inspected.Certificate(
                    !ca
                            ? Inspected.Role.LEAF
                            : selfIssued ? Inspected.Role.ROOT : Inspected.Role.INTERMEDIATE,
                    certificate.getSubject().toString(),
                    certificate.getIssuer().toString(),
                    names(extensions, true),
                    names(extensions, false),
                    HEX.formatHex(certificate.getSerialNumber().toByteArray()),
                    certificate.getNotBefore().toInstant(),
                    certificate.getNotAfter().toInstant(),
                    Keys.words(certificate.getSubjectPublicKeyInfo()),
                    signature(certificate.getSignatureAlgorithm().getAlgorithm()),
                    keyUsage(extensions),
                    extendedKeyUsage(extensions),
                    subjectKeyId(extensions),
                    authorityKeyId(extensions),
                    HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(der)));
        } catch (IOException | RuntimeException e) {
            throw new UnreadableFileException(where + " is no certificate");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    static Inspected.Request request(byte[] der, String where) throws UnreadableFileException {
        try {
            PKCS10CertificationRequest request = new PKCS10CertificationRequest(der);
            List<Extension> extensions = RequestedExtensions.of(request);
            return new Inspected.Request(
                    request.getSubject().toString(),
                    RequestedExtensions.names(extensions, true),
                    RequestedExtensions.names(extensions, false),
                    RequestedExtensions.words(extensions),
                    RequestedExtensions.attributes(request),
                    Keys.words(request.getSubjectPublicKeyInfo()),
                    signature(request.getSignatureAlgorithm().getAlgorithm()),
                    proven(request),
                    refusal(der));
        } catch (IOException | RuntimeException e) {
            throw new UnreadableFileException(where + " is no certification request");
        }
    }

    /// By the reader that the server itself uses.
    private static String refusal(byte[] der) {
        return switch (new SigningRequestReader(CryptoProvider.detect()).read(der)) {
            case SigningRequest.Reading.Accepted _ -> "";
            case SigningRequest.Reading.Rejected(Refusal refusal) -> refusal.message();
        };
    }

    private static boolean proven(PKCS10CertificationRequest request) {
        try {
            SubjectPublicKeyInfo key = request.getSubjectPublicKeyInfo();
            return request.isSignatureValid(
                    new JcaContentVerifierProviderBuilder()
                            .setProvider(new BouncyCastleProvider())
                            .build(key));
        } catch (OperatorCreationException | PKCSException | RuntimeException e) {
            return false;
        }
    }

    private static List<String> names(@Nullable Extensions extensions, boolean uris) {
        GeneralNames names =
                extensions == null
                        ? null
                        : GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName);
        return names == null ? List.of() : words(names, uris);
    }

    static List<String> words(GeneralNames names, boolean uris) {
        List<String> words = new ArrayList<>();
        for (GeneralName name : names.getNames()) {
            if ((name.getTagNo() == GeneralName.uniformResourceIdentifier) == uris) {
                words.add(uris ? name.getName().toString() : otherName(name));
            }
        }
        return words;
    }

    private static String otherName(GeneralName name) {
        return switch (name.getTagNo()) {
            case GeneralName.dNSName -> "DNS:" + name.getName();
            case GeneralName.rfc822Name -> "email:" + name.getName();
            case GeneralName.directoryName -> "directory:" + name.getName();
            case GeneralName.iPAddress -> "IP:" + address(name);
            default -> "type " + name.getTagNo();
        };
    }

    private static String address(GeneralName name) {
        byte[] octets = ASN1OctetString.getInstance(name.getName()).getOctets();
        try {
            return java.net.InetAddress.getByAddress(octets).getHostAddress();
        } catch (java.net.UnknownHostException e) {
            return HEX.formatHex(octets);
        }
    }

    private static List<String> keyUsage(@Nullable Extensions extensions) {
        KeyUsage usage = extensions == null ? null : KeyUsage.fromExtensions(extensions);
        return usage == null ? List.of() : words(usage);
    }

    static List<String> words(KeyUsage usage) {
        List<String> words = new ArrayList<>();
        for (Usage named : Usage.values()) {
            if (usage.hasUsages(named.bit)) {
                words.add(named.words);
            }
        }
        return words;
    }

    private static List<String> extendedKeyUsage(@Nullable Extensions extensions) {
        ExtendedKeyUsage usage =
                extensions == null ? null : ExtendedKeyUsage.fromExtensions(extensions);
        return usage == null ? List.of() : words(usage);
    }

    static List<String> words(ExtendedKeyUsage usage) {
        List<String> words = new ArrayList<>();
        for (KeyPurposeId purpose : usage.getUsages()) {
            words.add(
                    purpose.equals(KeyPurposeId.id_kp_serverAuth)
                            ? "serverAuth"
                            : purpose.equals(KeyPurposeId.id_kp_clientAuth)
                                    ? "clientAuth"
                                    : purpose.getId());
        }
        return words;
    }

    private static String subjectKeyId(@Nullable Extensions extensions) {
        SubjectKeyIdentifier id =
                extensions == null ? null : SubjectKeyIdentifier.fromExtensions(extensions);
        return id == null ? "" : HEX.formatHex(id.getKeyIdentifier());
    }

    private static String authorityKeyId(@Nullable Extensions extensions) {
        AuthorityKeyIdentifier id =
                extensions == null ? null : AuthorityKeyIdentifier.fromExtensions(extensions);
        byte[] octets = id == null ? null : id.getKeyIdentifierOctets();
        return octets == null ? "" : HEX.formatHex(octets);
    }

    /// `ECDSA with SHA-256` for `SHA256WITHECDSA`.
    private static String signature(ASN1ObjectIdentifier algorithm) {
        if (algorithm.equals(PKCSObjectIdentifiers.id_RSASSA_PSS)) {
            return "RSASSA-PSS";
        }
        String name = new DefaultSignatureNameFinder().getAlgorithmName(algorithm);
        Matcher hashed = HASHED.matcher(name);
        return hashed.matches() ? hashed.group(2) + " with SHA-" + hashed.group(1) : name;
    }

    /// @rfc 5280 4.2.1.3
    private enum Usage {
        DIGITAL_SIGNATURE(KeyUsage.digitalSignature, "digitalSignature"),
        CONTENT_COMMITMENT(KeyUsage.nonRepudiation, "contentCommitment"),
        KEY_ENCIPHERMENT(KeyUsage.keyEncipherment, "keyEncipherment"),
        DATA_ENCIPHERMENT(KeyUsage.dataEncipherment, "dataEncipherment"),
        KEY_AGREEMENT(KeyUsage.keyAgreement, "keyAgreement"),
        KEY_CERT_SIGN(KeyUsage.keyCertSign, "keyCertSign"),
        CRL_SIGN(KeyUsage.cRLSign, "cRLSign"),
        ENCIPHER_ONLY(KeyUsage.encipherOnly, "encipherOnly"),
        DECIPHER_ONLY(KeyUsage.decipherOnly, "decipherOnly");

        private final int bit;
        private final String words;

        Usage(int bit, String words) {
            this.bit = bit;
            this.words = words;
        }
    }
}
