package dev.signet.ca.status;

import dev.signet.ca.authority.StatusAuthority;
import dev.signet.ca.certificate.Issuer;
import dev.signet.ca.certificate.SignatureAlgorithm;
import dev.signet.ca.certificate.Validity;
import dev.signet.ca.crypto.CryptoProvider;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;

/// A P-256 authority in memory.
final class MeasuredAuthority implements StatusAuthority {

    private final CryptoProvider crypto;
    private final KeyPair keys;
    private final byte[] certificate;
    private final Issuer issuer;

    MeasuredAuthority(CryptoProvider crypto, Validity validity) throws Exception {
        this.crypto = crypto;
        KeyPairGenerator generator = crypto.newKeyPairGenerator("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        this.keys = generator.generateKeyPair();
        X500Name name = new X500Name("CN=Benchmark Issuing CA");
        Instant from = validity.notBefore();
        this.certificate =
                new JcaX509v3CertificateBuilder(
                                name,
                                BigInteger.ONE,
                                Date.from(from),
                                Date.from(validity.notAfter()),
                                name,
                                keys.getPublic())
                        .build(
                                new JcaContentSignerBuilder("SHA256withECDSA")
                                        .build(keys.getPrivate()))
                        .getEncoded();
        this.issuer =
                new Issuer(
                        name.getEncoded("DER"),
                        new byte[20],
                        validity,
                        SignatureAlgorithm.ECDSA_P256_SHA256,
                        0);
    }

    @Override
    public String id() {
        return "ab".repeat(32);
    }

    @Override
    public byte[] certificate() {
        return certificate;
    }

    @Override
    public Issuer issuer() {
        return issuer;
    }

    @Override
    public boolean mayBlock() {
        return false;
    }

    @Override
    public byte[] signCertificateList(byte[] toBeSigned) {
        try {
            Signature signature = crypto.newSignature("SHA256withECDSA");
            signature.initSign(keys.getPrivate());
            signature.update(toBeSigned);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public byte[] signResponderCertificate(byte[] toBeSigned) {
        return signCertificateList(toBeSigned);
    }
}
