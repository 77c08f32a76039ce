package dev.signet.benchmarks.micro;

import dev.signet.ca.certificate.SigningRequest;
import dev.signet.ca.certificate.SigningRequestReader;
import dev.signet.ca.crypto.CryptoProvider;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

import java.util.concurrent.TimeUnit;

/// Reading a P-256 certification request: the parse, the rules, one verification.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SigningRequestBenchmark {

    private final CryptoProvider crypto = CryptoProvider.detect();
    private final SigningRequestReader reader = new SigningRequestReader(crypto);
    private final byte[] request = P256.certificationRequest(crypto);

    @Benchmark
    public SigningRequest.Reading read() {
        return reader.read(request);
    }
}
