package dev.signet.ca.authority;

import dev.signet.ca.certificate.Issuer;
import dev.signet.ca.certificate.SignatureAlgorithm;
import dev.signet.ca.certificate.Validity;

import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;

import java.io.IOException;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;

/// A CA certificate, read: what its leaves and chain need to know of it. Immutable.
final class AuthorityCertificate {

    private final byte[] der;
    private final X509CertificateHolder holder;
    private final String id;
    private final Validity validity;

    /// @param sha256 of the DER; its lower-case hexadecimal form is the id
    /// @throws IllegalArgumentException when it is no certificate
    AuthorityCertificate(byte[] der, byte[] sha256) {
        this.der = der.clone();
        this.id = HexFormat.of().formatHex(sha256);
        try {
            this.holder = new X509CertificateHolder(this.der);
        } catch (IOException e) {
            throw new IllegalArgumentException("authority " + id + " is not a certificate", e);
        }
        // Asked at every issuance, and dear: BouncyCastle parses both dates anew each time.
        this.validity =
                new Validity(holder.getNotBefore().toInstant(), holder.getNotAfter().toInstant());
    }

    String id() {
        return id;
    }

    byte[] der() {
        return der;
    }

    String pem() {
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END CERTIFICATE-----\n";
    }

    X509CertificateHolder holder() {
        return holder;
    }

    Validity validity() {
        return validity;
    }

    byte[] subject() {
        try {
            return holder.getSubject().getEncoded(ASN1Encoding.DER);
        } catch (IOException e) {
            throw new IllegalStateException("subject of authority " + id + " has no encoding", e);
        }
    }

    byte[] subjectPublicKeyInfo() {
        try {
            return holder.getSubjectPublicKeyInfo().getEncoded(ASN1Encoding.DER);
        } catch (IOException e) {
            throw new IllegalStateException("key of authority " + id + " has no encoding", e);
        }
    }

    /// SHA-256 of [#subjectPublicKeyInfo()].
    byte[] subjectPublicKeySha256() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(subjectPublicKeyInfo());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    byte[] subjectKeyIdentifier() {
        SubjectKeyIdentifier identifier =
                SubjectKeyIdentifier.fromExtensions(holder.getExtensions());
        if (identifier == null) {
            throw new IllegalArgumentException("authority " + id + " has no subjectKeyIdentifier");
        }
        return identifier.getKeyIdentifier();
    }

    /// How many CA certificates may follow; as many as there can be for a CA without bound.
    private int pathLength() {
        BasicConstraints constraints = BasicConstraints.fromExtensions(holder.getExtensions());
        if (constraints == null || !constraints.isCA()) {
            throw new IllegalArgumentException("authority " + id + " is no CA");
        }
        BigInteger pathLength = constraints.getPathLenConstraint();
        return pathLength == null ? Integer.MAX_VALUE : pathLength.intValueExact();
    }

    Issuer issuer(SignatureAlgorithm algorithm) {
        return new Issuer(subject(), subjectKeyIdentifier(), validity(), algorithm, pathLength());
    }
}
