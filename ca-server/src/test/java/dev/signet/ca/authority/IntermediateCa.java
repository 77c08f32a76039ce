package dev.signet.ca.authority;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.TestCertificates.SubjectKeyType;
import dev.signet.ca.certificate.AlternativeNames;
import dev.signet.ca.certificate.CertificateContent;
import dev.signet.ca.certificate.CertificateProfile;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.certificate.SigningRequest;
import dev.signet.ca.certificate.SigningRequestReader;
import dev.signet.ca.certificate.SubjectName;
import dev.signet.ca.certificate.Validity;
import dev.signet.ca.identity.SpiffeId;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;

/// A CA that was given a certificate of a profile for intermediate CAs, and issues what it likes.
public final class IntermediateCa {

    private final Instant now;
    private final KeyPair key = SubjectKeyType.P256.newKeyPair();
    private final List<X509Certificate> chain = new ArrayList<>();

    /// @param ca has room for CA certificates below it
    public IntermediateCa(TestAuthority ca, CertificateProfile profile, Instant now) {
        this.now = now;
        IssuingAuthority authority = ca.issuing();
        byte[] csr = TestCertificates.request(key, "SHA256withECDSA", new X500Name(""), null);
        SigningRequest request =
                switch (new SigningRequestReader(TestCertificates.CRYPTO).read(csr)) {
                    case SigningRequest.Reading.Accepted(SigningRequest accepted) -> accepted;
                    case SigningRequest.Reading.Rejected(var refusal) ->
                            throw new AssertionError(refusal);
                };
        Validity validity = Validity.of(now.minusSeconds(15), Duration.ofHours(10));
        byte[] der =
                authority
                        .prepare(
                                new CertificateContent(
                                        SerialNumber.of(validity.notAfter(), new byte[16]),
                                        authority.issuer(),
                                        validity,
                                        new SpiffeId(TestAuthority.TRUST_DOMAIN, "/ca"),
                                        AlternativeNames.NONE,
                                        new SubjectName(
                                                List.of(
                                                        new SubjectName.Attribute(
                                                                SubjectName.Type.COMMON_NAME,
                                                                "Department CA"))),
                                        request.key(),
                                        profile,
                                        List.of()))
                        .sign()
                        .der();
        chain.add(TestCertificates.parse(der));
        authority.chain().forEach(above -> chain.add(TestCertificates.parse(above)));
    }

    /// Its own certificate first, then those above, without the root.
    public List<X509Certificate> chain() {
        return List.copyOf(chain);
    }

    /// A leaf like ours with these names, and the chain above it.
    public List<X509Certificate> issue(GeneralName... names) throws Exception {
        return issue(false, names);
    }

    /// A CA certificate, and the chain above it.
    public List<X509Certificate> issueAuthority(GeneralName... names) throws Exception {
        return issue(true, names);
    }

    private List<X509Certificate> issue(boolean authority, GeneralName... names) throws Exception {
        X509Certificate issuer = chain.getFirst();
        List<X509Certificate> issued = new ArrayList<>(chain);
        issued.addFirst(
                TestCertificates.parse(
                        new JcaX509v3CertificateBuilder(
                                        issuer.getSubjectX500Principal(),
                                        BigInteger.TEN,
                                        Date.from(now.minusSeconds(10)),
                                        Date.from(now.plusSeconds(1_000)),
                                        new javax.security.auth.x500.X500Principal(""),
                                        SubjectKeyType.P256.keyPair().getPublic())
                                .addExtension(
                                        Extension.basicConstraints,
                                        true,
                                        new BasicConstraints(authority))
                                .addExtension(
                                        Extension.keyUsage,
                                        true,
                                        new KeyUsage(
                                                authority
                                                        ? KeyUsage.keyCertSign
                                                        : KeyUsage.digitalSignature))
                                .addExtension(
                                        Extension.extendedKeyUsage,
                                        false,
                                        new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth))
                                .addExtension(
                                        Extension.subjectAlternativeName,
                                        true,
                                        new GeneralNames(names))
                                .build(
                                        new JcaContentSignerBuilder("SHA256withECDSA")
                                                .build(key.getPrivate()))
                                .getEncoded()));
        return issued;
    }
}
