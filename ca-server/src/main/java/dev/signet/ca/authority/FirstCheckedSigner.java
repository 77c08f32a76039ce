package dev.signet.ca.authority;

import dev.signet.ca.certificate.SignatureAlgorithm;

import java.util.Optional;
import java.util.function.Consumer;

/// A signer whose key could not be compared with its certificate yet, because what keeps the key
/// was away: compared before the first signature. Thread-safe.
final class FirstCheckedSigner implements Signer {

    private final Signer signer;
    private final Consumer<Signer> check;
    private volatile boolean checked;

    /// @param check throws when the key is not the certificate's
    FirstCheckedSigner(Signer signer, Consumer<Signer> check) {
        this.signer = signer;
        this.check = check;
    }

    @Override
    public SignatureAlgorithm algorithm() {
        return signer.algorithm();
    }

    @Override
    public byte[] sign(byte[] toBeSigned) {
        if (!checked) {
            check.accept(signer);
            checked = true;
        }
        return signer.sign(toBeSigned);
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
    public String toString() {
        return signer.toString();
    }
}
