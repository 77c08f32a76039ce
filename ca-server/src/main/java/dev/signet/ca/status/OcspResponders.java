package dev.signet.ca.status;

import dev.signet.ca.authority.StatusAuthorities;
import dev.signet.ca.authority.StatusAuthority;
import dev.signet.ca.certificate.Issuer;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.certificate.Validity;
import dev.signet.ca.crypto.CryptoProvider;

import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// This replica's OCSP responder for each authority: a key that never leaves this memory, with a
/// short-lived certificate that is on record before its first use, made anew at half its life.
/// Thread-safe.
///
/// @rfc 6960 4.2.2.2
final class OcspResponders {

    private static final Logger LOG = LoggerFactory.getLogger(OcspResponders.class);

    private static final Duration BACKDATE = Duration.ofMinutes(5);

    private final StatusAuthorities authorities;
    private final ResponderCertificates records;
    private final Duration lifetime;
    private final CryptoProvider crypto;
    private final InstantSource clock;

    private volatile Map<String, OcspResponder> byAuthority = Map.of();
    private boolean failedBefore;

    OcspResponders(
            StatusAuthorities authorities,
            ResponderCertificates records,
            Duration lifetime,
            CryptoProvider crypto,
            InstantSource clock) {
        this.authorities = authorities;
        this.records = records;
        this.lifetime = lifetime;
        this.crypto = crypto;
        this.clock = clock;
    }

    /// One whose certificate is valid now; never blocks.
    Optional<OcspResponder> find(String authorityId) {
        return Optional.ofNullable(byAuthority.get(authorityId))
                .filter(responder -> responder.validity().contains(clock.instant()));
    }

    /// Makes those that are missing or past half of their life. Never throws: what failed is tried
    /// again at the next call.
    synchronized void renew() {
        Map<String, OcspResponder> next = new HashMap<>();
        for (StatusAuthority authority : authorities.statusAuthorities()) {
            OcspResponder known = byAuthority.get(authority.id());
            OcspResponder kept = known == null || isPastHalf(known) ? null : known;
            OcspResponder chosen = kept == null ? make(authority) : kept;
            if (chosen == null) {
                chosen = known;
            }
            if (chosen != null) {
                next.put(authority.id(), chosen);
            }
        }
        byAuthority = Map.copyOf(next);
    }

    private boolean isPastHalf(OcspResponder responder) {
        Validity validity = responder.validity();
        return validity.notBefore()
                .plus(BACKDATE)
                .plus(
                        Duration.between(validity.notBefore().plus(BACKDATE), validity.notAfter())
                                .dividedBy(2))
                .isBefore(clock.instant());
    }

    private @Nullable OcspResponder make(StatusAuthority authority) {
        Instant now = clock.instant();
        Validity issuer = authority.issuer().validity();
        if (!issuer.contains(now)) {
            return null;
        }
        try {
            OcspResponder made = sign(authority, validity(now, issuer));
            failedBefore = false;
            return made;
        } catch (GeneralSecurityException | RuntimeException e) {
            if (!failedBefore) {
                LOG.warn("No OCSP responder for authority {}; trying again", authority.id(), e);
            }
            failedBefore = true;
            return null;
        }
    }

    /// Within the issuer's.
    private Validity validity(Instant now, Validity issuer) {
        Validity wanted = Validity.of(now.minus(BACKDATE), lifetime.plus(BACKDATE));
        return new Validity(
                wanted.notBefore().isBefore(issuer.notBefore())
                        ? issuer.notBefore()
                        : wanted.notBefore(),
                wanted.notAfter().isAfter(issuer.notAfter())
                        ? issuer.notAfter()
                        : wanted.notAfter());
    }

    private OcspResponder sign(StatusAuthority authority, Validity validity)
            throws GeneralSecurityException {
        KeyPairGenerator generator = crypto.newKeyPairGenerator("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), crypto.secureRandom());
        KeyPair keys = generator.generateKeyPair();
        byte[] random = new byte[SerialNumber.RANDOM_LENGTH];
        crypto.secureRandom().nextBytes(random);
        SerialNumber serialNumber = SerialNumber.of(validity.notAfter(), random);
        SubjectPublicKeyInfo keyInfo =
                SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded());
        byte[] keyHash =
                crypto.newMessageDigest("SHA-1").digest(keyInfo.getPublicKeyData().getBytes());
        Issuer issuer = authority.issuer();
        byte[] toBeSigned = toBeSigned(issuer, serialNumber, validity, keyInfo, keyHash);
        byte[] der =
                DerOctets.signed(
                        toBeSigned,
                        DerOctets.of(DerOctets.identifier(issuer.algorithm())),
                        authority.signResponderCertificate(toBeSigned));
        requireSound(authority, der);
        // Promise 1: on record before anybody sees it.
        records.record(
                new ResponderCertificates.Entry(serialNumber, authority.id(), validity, der));
        return new OcspResponder(der, keyHash, validity, keys.getPrivate(), crypto);
    }

    private static byte[] toBeSigned(
            Issuer issuer,
            SerialNumber serialNumber,
            Validity validity,
            SubjectPublicKeyInfo keyInfo,
            byte[] keyHash) {
        V3TBSCertificateGenerator certificate = new V3TBSCertificateGenerator();
        certificate.setSerialNumber(new ASN1Integer(new BigInteger(1, serialNumber.octets())));
        certificate.setSignature(DerOctets.identifier(issuer.algorithm()));
        certificate.setIssuer(X500Name.getInstance(issuer.subject()));
        certificate.setStartDate(DerOctets.x509Time(validity.notBefore()));
        certificate.setEndDate(DerOctets.x509Time(validity.notAfter()));
        certificate.setSubject(new X500Name("CN=Signet OCSP responder"));
        certificate.setSubjectPublicKeyInfo(keyInfo);
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        try {
            extensions.addExtension(
                    Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            extensions.addExtension(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(KeyPurposeId.id_kp_OCSPSigning));
            extensions.addExtension(
                    OCSPObjectIdentifiers.id_pkix_ocsp_nocheck, false, DERNull.INSTANCE);
            extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            extensions.addExtension(
                    Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(keyHash));
            extensions.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    new AuthorityKeyIdentifier(issuer.subjectKeyIdentifier()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        certificate.setExtensions(extensions.generate());
        return DerOctets.of(certificate.generateTBSCertificate());
    }

    private void requireSound(StatusAuthority authority, byte[] der)
            throws GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        PublicKey key =
                crypto.keyFactory(CrlIssue.keyAlgorithm(authority))
                        .generatePublic(
                                new X509EncodedKeySpec(
                                        factory.generateCertificate(
                                                        new ByteArrayInputStream(
                                                                authority.certificate()))
                                                .getPublicKey()
                                                .getEncoded()));
        factory.generateCertificate(new ByteArrayInputStream(der)).verify(key);
    }
}
