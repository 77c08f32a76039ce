package dev.signet.ca.authority;

import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.certificate.SignatureAlgorithm;
import dev.signet.ca.certificate.Validity;
import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.identity.TrustDomain;

import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Date;
import java.util.HexFormat;
import java.util.Optional;

/// Writes the certificates of roots and issuing CAs: basicConstraints critical CA:TRUE (with a path
/// length for an issuing CA, usually 0: it signs leaves only), keyUsage critical keyCertSign and
/// cRLSign, subject and authority key identifier, and below a root the address of its issuer's CRL
/// where there is one; no name constraints and no extKeyUsage, which some peers cannot read.
///
/// @rfc 5280 4.2.1
final class AuthorityCertificateWriter {

    /// RFC 7093 2, method 1: the leftmost 160 bits of SHA-256 over the key's bits.
    private static final int KEY_IDENTIFIER_LENGTH = 20;

    /// Upper bound of organizationName (RFC 5280 appendix A.1, ub-organization-name).
    private static final int MAX_ORGANIZATION = 64;

    private final CryptoProvider crypto;
    private final CrlAddresses crlAddresses;

    AuthorityCertificateWriter(CryptoProvider crypto, CrlAddresses crlAddresses) {
        this.crypto = crypto;
        this.crlAddresses = crlAddresses;
    }

    /// @param pathLength of an issuing CA; a root has none
    /// @param issuer null for a root, which signs itself
    /// @param signer the issuer's, or the root's own
    AuthorityCertificate write(
            AuthorityRole role,
            TrustDomain trustDomain,
            PublicKey key,
            Validity validity,
            int pathLength,
            @Nullable AuthorityCertificate issuer,
            Signer signer) {
        SubjectPublicKeyInfo keyInfo = SubjectPublicKeyInfo.getInstance(key.getEncoded());
        byte[] identifier =
                Arrays.copyOf(
                        crypto.sha256(keyInfo.getPublicKeyData().getOctets()),
                        KEY_IDENTIFIER_LENGTH);
        return write(
                subject(role, trustDomain, identifier),
                keyInfo,
                identifier,
                validity,
                switch (role) {
                    case ROOT, CROSS -> new BasicConstraints(true);
                    case ISSUING, INTERMEDIATE -> new BasicConstraints(pathLength);
                },
                issuer,
                signer);
    }

    /// A certification request (PKCS#10, DER) for an issuing CA, with the extensions requested.
    ///
    /// @rfc 2986 4
    byte[] request(TrustDomain trustDomain, PublicKey key, int pathLength, Signer signer) {
        SubjectPublicKeyInfo keyInfo = SubjectPublicKeyInfo.getInstance(key.getEncoded());
        byte[] identifier =
                Arrays.copyOf(
                        crypto.sha256(keyInfo.getPublicKeyData().getOctets()),
                        KEY_IDENTIFIER_LENGTH);
        try {
            ExtensionsGenerator extensions = new ExtensionsGenerator();
            extensions.addExtension(
                    Extension.basicConstraints, true, new BasicConstraints(pathLength));
            extensions.addExtension(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            extensions.addExtension(
                    Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(identifier));
            return new PKCS10CertificationRequestBuilder(
                            subject(AuthorityRole.ISSUING, trustDomain, identifier), keyInfo)
                    .addAttribute(
                            PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
                    .build(new Adapter(signer))
                    .getEncoded();
        } catch (IOException e) {
            throw new IllegalStateException("certification request cannot be encoded", e);
        }
    }

    /// The root's name and key, signed by another root.
    AuthorityCertificate cross(
            AuthorityCertificate root,
            Validity validity,
            AuthorityCertificate issuer,
            Signer signer) {
        return write(
                root.holder().getSubject(),
                root.holder().getSubjectPublicKeyInfo(),
                root.subjectKeyIdentifier(),
                validity,
                new BasicConstraints(true),
                issuer,
                signer);
    }

    private AuthorityCertificate write(
            X500Name subject,
            SubjectPublicKeyInfo keyInfo,
            byte[] identifier,
            Validity validity,
            BasicConstraints constraints,
            @Nullable AuthorityCertificate issuer,
            Signer signer) {
        byte[] random = new byte[SerialNumber.RANDOM_LENGTH];
        crypto.secureRandom().nextBytes(random);
        BigInteger serial =
                new BigInteger(1, SerialNumber.of(validity.notAfter(), random).octets());
        byte[] issuerIdentifier = issuer == null ? identifier : issuer.subjectKeyIdentifier();
        try {
            X509v3CertificateBuilder certificate =
                    new X509v3CertificateBuilder(
                                    issuer == null ? subject : issuer.holder().getSubject(),
                                    serial,
                                    Date.from(validity.notBefore()),
                                    Date.from(validity.notAfter()),
                                    subject,
                                    keyInfo)
                            .addExtension(Extension.basicConstraints, true, constraints)
                            .addExtension(
                                    Extension.keyUsage,
                                    true,
                                    new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
                            .addExtension(
                                    Extension.subjectKeyIdentifier,
                                    false,
                                    new SubjectKeyIdentifier(identifier))
                            .addExtension(
                                    Extension.authorityKeyIdentifier,
                                    false,
                                    new AuthorityKeyIdentifier(issuerIdentifier));
            Optional<String> crl =
                    issuer == null ? Optional.empty() : crlAddresses.full(issuer.id());
            if (crl.isPresent()) {
                certificate.addExtension(
                        Extension.cRLDistributionPoints, false, distributionPoint(crl.get()));
            }
            byte[] der = certificate.build(new Adapter(signer)).getEncoded();
            return new AuthorityCertificate(der, crypto.sha256(der));
        } catch (IOException e) {
            throw new IllegalStateException("CA certificate cannot be encoded", e);
        }
    }

    private static CRLDistPoint distributionPoint(String url) {
        return new CRLDistPoint(
                new DistributionPoint[] {
                    new DistributionPoint(
                            new DistributionPointName(
                                    new GeneralNames(
                                            new GeneralName(
                                                    GeneralName.uniformResourceIdentifier, url))),
                            null,
                            null)
                });
    }

    /// Unlike for each key, so that chains are found by name even where several roots live.
    private static X500Name subject(
            AuthorityRole role, TrustDomain trustDomain, byte[] identifier) {
        String label =
                switch (role) {
                    case ROOT, CROSS -> "Signet Root CA ";
                    case ISSUING, INTERMEDIATE -> "Signet Issuing CA ";
                };
        X500NameBuilder name = new X500NameBuilder(BCStyle.INSTANCE);
        if (trustDomain.name().length() <= MAX_ORGANIZATION) {
            name.addRDN(BCStyle.O, trustDomain.name());
        }
        return name.addRDN(BCStyle.CN, label + HexFormat.of().formatHex(identifier, 0, 4)).build();
    }

    private static final class Adapter implements ContentSigner {

        private final Signer signer;
        private final ByteArrayOutputStream octets = new ByteArrayOutputStream();

        Adapter(Signer signer) {
            this.signer = signer;
        }

        @Override
        public AlgorithmIdentifier getAlgorithmIdentifier() {
            return identifier(signer.algorithm());
        }

        @Override
        public OutputStream getOutputStream() {
            return octets;
        }

        @Override
        public byte[] getSignature() {
            return signer.sign(octets.toByteArray());
        }
    }

    private static AlgorithmIdentifier identifier(SignatureAlgorithm algorithm) {
        return switch (algorithm) {
            case ECDSA_P256_SHA256 ->
                    new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
            case ECDSA_P384_SHA384 ->
                    new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA384);
            case ED25519 -> new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519);
            case RSA_SHA256 ->
                    new AlgorithmIdentifier(
                            PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE);
        };
    }
}
