package dev.signet.benchmarks.micro;

import dev.signet.ca.certificate.CertificateContent;
import dev.signet.ca.certificate.CertificateEncoder;
import dev.signet.ca.certificate.CertificateLint;
import dev.signet.ca.certificate.CertificateProfile;
import dev.signet.ca.certificate.Issuer;
import dev.signet.ca.certificate.SerialNumber;
import dev.signet.ca.certificate.SignatureAlgorithm;
import dev.signet.ca.certificate.SigningRequest;
import dev.signet.ca.certificate.SigningRequestReader;
import dev.signet.ca.certificate.Validity;
import dev.signet.ca.crypto.CryptoProvider;
import dev.signet.ca.identity.SpiffeId;

import org.bouncycastle.asn1.x500.X500Name;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A leaf certificate: written, signed, checked.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class LeafBenchmark {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    private final CryptoProvider crypto = CryptoProvider.detect();
    private final P256 authority = P256.generate(crypto);
    private final Issuer issuer =
            new Issuer(
                    name("CN=Benchmark Issuing CA"),
                    new byte[20],
                    Validity.of(NOW.minusSeconds(60), Duration.ofDays(365)),
                    SignatureAlgorithm.ECDSA_P256_SHA256,
                    0);
    private final CertificateEncoder encoder = new CertificateEncoder(issuer);
    private final CertificateContent content = content();
    private final byte[] toBeSigned = encoder.toBeSigned(content);
    private final byte[] leaf = encoder.certificate(toBeSigned, authority.sign(toBeSigned));

    @Benchmark
    public byte[] encode() {
        return encoder.toBeSigned(content);
    }

    @Benchmark
    public byte[] sign() {
        return authority.sign(toBeSigned);
    }

    @Benchmark
    public Optional<String> lint() {
        return CertificateLint.firstDefect(leaf, content);
    }

    private CertificateContent content() {
        Validity validity = Validity.of(NOW, Duration.ofHours(1));
        SigningRequest.Reading reading =
                new SigningRequestReader(crypto).read(P256.certificationRequest(crypto));
        if (!(reading instanceof SigningRequest.Reading.Accepted(SigningRequest request))) {
            throw new IllegalStateException("a good request was not accepted");
        }
        return CertificateContent.ofWorkload(
                SerialNumber.of(validity.notAfter(), new byte[SerialNumber.RANDOM_LENGTH]),
                issuer,
                validity,
                SpiffeId.parse("spiffe://benchmark.example/ns/shop/sa/orders").orElseThrow(),
                request.key(),
                CertificateProfile.WORKLOAD);
    }

    private static byte[] name(String text) {
        try {
            return new X500Name(text).getEncoded("DER");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
