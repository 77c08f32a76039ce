package dev.signet.cli;

import dev.signet.client.Pem;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// A CA for tests, with a server for `localhost` and clients.
public final class TestPki {

    private final KeyPair rootKeys = keys();
    private final X509Certificate root =
            sign(
                    "CN=Test root",
                    rootKeys,
                    "CN=Test root",
                    rootKeys,
                    true,
                    Duration.ofDays(1),
                    null);

    /// Trusts this CA, and shows a certificate for `localhost`; asks clients for theirs.
    public SSLContext server() throws Exception {
        KeyPair keys = keys();
        GeneralNames names =
                new GeneralNames(
                        new GeneralName[] {
                            new GeneralName(GeneralName.dNSName, "localhost"),
                            new GeneralName(
                                    GeneralName.uniformResourceIdentifier,
                                    "spiffe://test.signet/signet/server")
                        });
        X509Certificate leaf = leaf(keys, Duration.ofHours(1), names);
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry("own", keys.getPrivate(), new char[0], new X509Certificate[] {leaf, root});
        KeyManagerFactory keyManagers =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keyManagers.init(own, new char[0]);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("root", root);
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keyManagers.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    /// Writes the root.
    public Path bundle(Path file) throws IOException {
        return Files.writeString(file, Pem.encode(List.of(root)));
    }

    /// Writes key and certificate of a client to one file, 0600.
    public Path client(Path file, String spiffeId, Duration age, Duration life) throws Exception {
        KeyPair keys = keys();
        GeneralNames names =
                new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, spiffeId));
        X509Certificate leaf =
                sign(
                        "CN=client",
                        keys,
                        "CN=Test root",
                        rootKeys,
                        false,
                        life,
                        names,
                        Instant.now().minus(age));
        Files.writeString(file, Pem.encode(keys.getPrivate()) + Pem.encode(List.of(leaf)));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    private X509Certificate leaf(KeyPair keys, Duration life, GeneralNames names) {
        return sign("CN=leaf", keys, "CN=Test root", rootKeys, false, life, names);
    }

    private static X509Certificate sign(
            String subject,
            KeyPair keys,
            String issuer,
            KeyPair issuerKeys,
            boolean authority,
            Duration life,
            GeneralNames names) {
        return sign(
                subject,
                keys,
                issuer,
                issuerKeys,
                authority,
                life,
                names,
                Instant.now().minusSeconds(60));
    }

    private static X509Certificate sign(
            String subject,
            KeyPair keys,
            String issuer,
            KeyPair issuerKeys,
            boolean authority,
            Duration life,
            GeneralNames names,
            Instant begin) {
        try {
            JcaX509v3CertificateBuilder builder =
                    new JcaX509v3CertificateBuilder(
                            new X500Name(issuer),
                            new BigInteger(64, new java.security.SecureRandom()),
                            Date.from(begin),
                            Date.from(begin.plus(life)),
                            new X500Name(subject),
                            keys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            if (names != null) {
                builder.addExtension(Extension.subjectAlternativeName, false, names);
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(
                                    new JcaContentSignerBuilder("SHA256withECDSA")
                                            .build(issuerKeys.getPrivate())));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
