package dev.signet.ca.authority;

import dev.signet.ca.certificate.SignatureAlgorithm;

import java.util.Optional;
import java.util.function.Supplier;

/// Opens a key for each signature and lets it go afterwards: for the keys of roots, which sign
/// seldom and are worth most. Thread-safe.
final class OpeningSigner implements Signer {

    private final SignatureAlgorithm algorithm;
    private final Supplier<Signer> opened;

    OpeningSigner(SignatureAlgorithm algorithm, Supplier<Signer> opened) {
        this.algorithm = algorithm;
        this.opened = opened;
    }

    @Override
    public SignatureAlgorithm algorithm() {
        return algorithm;
    }

    @Override
    public byte[] sign(byte[] toBeSigned) {
        try {
            return opened.get().sign(toBeSigned);
        } catch (IllegalStateException e) {
            throw new SigningException("the key of the authority could not be opened", e);
        }
    }

    /// What keeps the key may be asked over a network.
    @Override
    public boolean mayBlock() {
        return true;
    }

    /// Known only when it is opened.
    @Override
    public Optional<String> impediment() {
        return Optional.empty();
    }

    @Override
    public String toString() {
        return "OpeningSigner[" + algorithm + "]";
    }
}
