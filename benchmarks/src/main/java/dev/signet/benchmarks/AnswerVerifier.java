package dev.signet.benchmarks;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;

import dev.signet.proto.v1.IssueCertificateResponse;
import dev.signet.proto.v1.IssuedCertificate;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Checks sampled answers with code that shares nothing with the server: the JDK's. One thread.
final class AnswerVerifier {

    private static final int URI = 6;

    private final CertificateFactory certificates;
    private final Set<TrustAnchor> anchors = new HashSet<>();
    private final String trustDomain;
    private final Set<BigInteger> serialNumbers = new HashSet<>();

    AnswerVerifier(Endpoint endpoint) throws CertificateException {
        certificates = CertificateFactory.getInstance("X.509");
        trustDomain = endpoint.trustDomain();
        for (byte[] root : endpoint.bundle()) {
            anchors.add(new TrustAnchor(certificate(root), null));
        }
    }

    /// @return what was wrong and how often; empty when every answer was right
    Map<String, Long> faults(Collection<AnswerSamples.Sample> samples) {
        Map<String, Long> faults = new TreeMap<>();
        for (AnswerSamples.Sample sample : samples) {
            for (String fault : faults(sample)) {
                faults.merge(fault, 1L, Long::sum);
            }
        }
        return faults;
    }

    private List<String> faults(AnswerSamples.Sample sample) {
        List<String> faults = new ArrayList<>();
        try {
            IssuedCertificate issued =
                    IssueCertificateResponse.parseFrom(sample.answer()).getCertificate();
            List<X509Certificate> chain = new ArrayList<>();
            for (ByteString der : issued.getCertificateChainList()) {
                chain.add(certificate(der.toByteArray()));
            }
            X509Certificate leaf = chain.getFirst();
            if (!Arrays.equals(
                    leaf.getPublicKey().getEncoded(), sample.request().subjectPublicKeyInfo())) {
                faults.add("another key than the request's");
            }
            String expected = Workloads.spiffeId(trustDomain, sample.workload());
            if (!List.of(expected).equals(uris(leaf)) || !expected.equals(issued.getSpiffeId())) {
                faults.add("another SPIFFE ID than the token's");
            }
            if (!new BigInteger(issued.getSerialNumber(), 16).equals(leaf.getSerialNumber())) {
                faults.add("another serial number than the certificate's");
            }
            if (!serialNumbers.add(leaf.getSerialNumber())) {
                faults.add("a serial number seen before");
            }
            if (leaf.getNotAfter().toInstant().getEpochSecond()
                    != issued.getNotAfter().getSeconds()) {
                faults.add("another not_after than the certificate's");
            }
            PKIXParameters parameters = new PKIXParameters(anchors);
            parameters.setRevocationEnabled(false);
            CertPathValidator.getInstance("PKIX")
                    .validate(certificates.generateCertPath(chain), parameters);
        } catch (InvalidProtocolBufferException e) {
            faults.add("no answer of the contract: " + e.getMessage());
        } catch (GeneralSecurityException e) {
            faults.add("not a chain to the bundle: " + e.getMessage());
        }
        return faults;
    }

    private static List<String> uris(X509Certificate leaf) throws CertificateException {
        Collection<List<?>> names = leaf.getSubjectAlternativeNames();
        return names == null
                ? List.of()
                : names.stream()
                        .filter(name -> Integer.valueOf(URI).equals(name.get(0)))
                        .map(name -> String.valueOf(name.get(1)))
                        .toList();
    }

    private X509Certificate certificate(byte[] der) throws CertificateException {
        return (X509Certificate) certificates.generateCertificate(new ByteArrayInputStream(der));
    }
}
