package dev.signet.ca.certificate;

import dev.signet.ca.identity.SpiffeId;
import dev.signet.ca.identity.TrustDomain;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;

/// What a ledger needs to see of a certificate, without any cryptography behind it: for tests that
/// are about the record, not about what is recorded.
public final class UnsignedContent {

    private static final TrustDomain DOMAIN = new TrustDomain("example.org");

    private UnsignedContent() {}

    public static SigningRequest signingRequest(String name) {
        return new SigningRequest(key(name), sha256("csr " + name));
    }

    /// A leaf that is valid for an hour from `issuedAt` on; its DER is a text that holds its serial
    /// number.
    public static SignedCertificate certificate(
            SerialNumber serialNumber, String path, Instant notAfter) {
        return certificate(serialNumber, path, notAfter, AlternativeNames.NONE, SubjectName.EMPTY);
    }

    /// The same with further names and a subject.
    public static SignedCertificate certificate(
            SerialNumber serialNumber,
            String path,
            Instant notAfter,
            AlternativeNames names,
            SubjectName subject) {
        CertificateContent content =
                new CertificateContent(
                        serialNumber,
                        new Issuer(
                                new byte[1],
                                new byte[1],
                                Validity.of(notAfter.minusSeconds(86_400), Duration.ofDays(2)),
                                SignatureAlgorithm.ECDSA_P256_SHA256,
                                0),
                        new Validity(notAfter.minusSeconds(3_599), notAfter),
                        new SpiffeId(DOMAIN, path),
                        names,
                        subject,
                        key(path),
                        CertificateProfile.WORKLOAD,
                        CertificateProfile.WORKLOAD.extendedKeyUsages());
        byte[] der = new byte[500];
        byte[] text = ("der of " + serialNumber).getBytes(StandardCharsets.UTF_8);
        System.arraycopy(text, 0, der, 0, text.length);
        return new SignedCertificate(content, "authority-1", der);
    }

    private static SubjectKey key(String name) {
        return new SubjectKey(
                PublicKeyType.P256, name.getBytes(StandardCharsets.UTF_8), sha256("key " + name));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
