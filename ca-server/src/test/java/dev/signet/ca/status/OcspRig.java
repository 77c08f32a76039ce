package dev.signet.ca.status;

import dev.signet.ca.TestCertificates;
import dev.signet.ca.authority.AuthorityDescription;
import dev.signet.ca.authority.StatusAuthority;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.certificate.Validity;
import dev.signet.ca.ledger.CertificateRecords;
import dev.signet.ca.ledger.LedgerUnavailableException;
import dev.signet.ca.revocation.RevocationFeed;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

import java.math.BigInteger;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// An OCSP responder over a ledger in memory that the test can take away.
final class OcspRig implements CertificateRecords, ResponderCertificates {

    final Map<SerialNumber, CertificateRecord> ledger = new ConcurrentHashMap<>();
    final Map<SerialNumber, Entry> responderCertificates = new ConcurrentHashMap<>();
    final List<AuthorityDescription> described = new ArrayList<>();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final OcspResponders responders;
    final OcspAnswers answers;
    final OcspDocuments documents;
    final StatusAuthority authority;
    volatile boolean away;
    volatile int asked;

    OcspRig(
            StatusAuthority authority,
            RevocationFeed feed,
            StatusSettings settings,
            InstantSource clock) {
        this.authority = authority;
        this.responders =
                new OcspResponders(
                        () -> List.of(authority),
                        this,
                        settings.ocsp().responderLifetime(),
                        TestCertificates.CRYPTO,
                        clock);
        this.answers =
                new OcspAnswers(
                        () -> List.of(authority),
                        new StatusLookup(feed, this, this, () -> described, clock),
                        feed,
                        responders,
                        new OcspCache(settings.ocsp().cacheSize()),
                        settings.ocsp(),
                        TestCertificates.CRYPTO,
                        clock,
                        new StatusMetrics(meters));
        this.documents = new OcspDocuments(answers, settings.maxAge(), clock);
    }

    void issue(SerialNumber serialNumber, Validity validity) {
        ledger.put(
                serialNumber,
                new CertificateRecord(
                        serialNumber,
                        "spiffe://example.org/a",
                        "",
                        "",
                        validity.notBefore(),
                        validity,
                        "server",
                        "",
                        "{}",
                        "1",
                        "1",
                        "workload",
                        2,
                        authority.id(),
                        null,
                        "replica",
                        new byte[32],
                        new byte[1],
                        List.of()));
    }

    static final Extensions NO_EXTENSIONS = null;

    static Extensions nonce(byte[] octets) throws Exception {
        return new Extensions(
                new Extension(
                        org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers.id_pkix_ocsp_nonce,
                        false,
                        new org.bouncycastle.asn1.DEROctetString(octets).getEncoded()));
    }

    CertificateID id(SerialNumber serialNumber, boolean sha256) throws Exception {
        return new CertificateID(
                new JcaDigestCalculatorProviderBuilder()
                        .build()
                        .get(
                                sha256
                                        ? new org.bouncycastle.asn1.x509.AlgorithmIdentifier(
                                                org.bouncycastle.asn1.nist.NISTObjectIdentifiers
                                                        .id_sha256)
                                        : CertificateID.HASH_SHA1),
                new X509CertificateHolder(authority.certificate()),
                new BigInteger(1, serialNumber.octets()));
    }

    byte[] request(Extensions extensions, SerialNumber... serialNumbers) throws Exception {
        OCSPReqBuilder builder = new OCSPReqBuilder();
        for (SerialNumber serialNumber : serialNumbers) {
            builder.addRequest(id(serialNumber, false));
        }
        return (extensions == null ? builder : builder.setRequestExtensions(extensions))
                .build()
                .getEncoded();
    }

    /// Verified: signed by a responder that the authority has delegated to.
    BasicOCSPResp verified(byte[] der) throws Exception {
        OCSPResp response = new OCSPResp(der);
        if (response.getStatus() != OCSPResp.SUCCESSFUL) {
            throw new AssertionError("status " + response.getStatus());
        }
        BasicOCSPResp basic = (BasicOCSPResp) response.getResponseObject();
        X509CertificateHolder responder = basic.getCerts()[0];
        if (!basic.isSignatureValid(new JcaContentVerifierProviderBuilder().build(responder))
                || !responder.isSignatureValid(
                        new JcaContentVerifierProviderBuilder()
                                .build(new X509CertificateHolder(authority.certificate())))) {
            throw new AssertionError("signature");
        }
        return basic;
    }

    private void ask() {
        asked++;
        if (away) {
            throw new LedgerUnavailableException("away", new IllegalStateException());
        }
    }

    @Override
    public Optional<CertificateRecord> bySerialNumber(SerialNumber serialNumber) {
        ask();
        return Optional.ofNullable(ledger.get(serialNumber));
    }

    @Override
    public Page search(Criteria criteria, int limit, String pageToken) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void stream(Criteria criteria, Consumer<CertificateRecord> consumer) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void record(Entry entry) {
        ask();
        responderCertificates.put(entry.serialNumber(), entry);
    }

    @Override
    public Optional<Entry> find(SerialNumber serialNumber) {
        ask();
        return Optional.ofNullable(responderCertificates.get(serialNumber));
    }
}
