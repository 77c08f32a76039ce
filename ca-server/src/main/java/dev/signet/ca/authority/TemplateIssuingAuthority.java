package dev.signet.ca.authority;

import dev.signet.ca.certificate.CertificateContent;
import dev.signet.ca.certificate.CertificateEncoder;
import dev.signet.ca.certificate.CertificateLint;
import dev.signet.ca.certificate.Issuer;
import dev.signet.ca.certificate.SignedCertificate;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// Signs certificates written from a template, and lints each. Thread-safe.
final class TemplateIssuingAuthority implements IssuingAuthority {

    private final String id;
    private final Issuer issuer;
    private final List<byte[]> chain;
    private final Signer signer;
    private final CertificateEncoder encoder;

    /// @param chain the issuing certificate first, without the root
    TemplateIssuingAuthority(String id, Issuer issuer, List<byte[]> chain, Signer signer) {
        if (signer.algorithm() != issuer.algorithm()) {
            throw new IllegalArgumentException(
                    "signer signs with "
                            + signer.algorithm()
                            + " (expected: "
                            + issuer.algorithm()
                            + ")");
        }
        this.id = id;
        this.issuer = issuer;
        this.chain = List.copyOf(chain);
        this.signer = signer;
        this.encoder = new CertificateEncoder(issuer);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Issuer issuer() {
        return issuer;
    }

    @Override
    public List<byte[]> chain() {
        return chain;
    }

    @Override
    public boolean mayBlock() {
        return signer.mayBlock();
    }

    @Override
    public Optional<String> impediment() {
        return signer.impediment();
    }

    @Override
    public PreparedCertificate prepare(CertificateContent content) {
        if (!content.issuer().equals(issuer)) {
            throw new IllegalArgumentException("content names another issuer than authority " + id);
        }
        if (!issuer.mayIssue(content.profile())) {
            throw new IllegalArgumentException(
                    "profile "
                            + content.profile().name()
                            + " is of a CA for which the path length of authority "
                            + id
                            + ", "
                            + issuer.pathLength()
                            + ", leaves no room");
        }
        if (content.validity().notAfter().isAfter(issuer.validity().notAfter())) {
            throw new IllegalArgumentException(
                    "content is valid until "
                            + content.validity().notAfter()
                            + ", longer than its issuer (expected: at most "
                            + issuer.validity().notAfter()
                            + ")");
        }
        return new Prepared(content, encoder.toBeSigned(content));
    }

    @Override
    public String toString() {
        return "IssuingAuthority[" + id + "]";
    }

    private final class Prepared implements PreparedCertificate {

        private final CertificateContent content;
        private final byte[] toBeSigned;
        private final AtomicBoolean used = new AtomicBoolean();

        Prepared(CertificateContent content, byte[] toBeSigned) {
            this.content = content;
            this.toBeSigned = toBeSigned;
        }

        @Override
        public SignedCertificate sign() {
            if (!used.compareAndSet(false, true)) {
                throw new IllegalStateException(
                        "certificate " + content.serialNumber() + " was signed before");
            }
            byte[] der = encoder.certificate(toBeSigned, signer.sign(toBeSigned));
            Optional<String> defect = CertificateLint.firstDefect(der, content);
            if (defect.isPresent()) {
                throw new SigningException(
                        "certificate "
                                + content.serialNumber()
                                + " breaks its profile and is thrown away: "
                                + defect.get(),
                        null);
            }
            return new SignedCertificate(content, id, der);
        }
    }
}
